/** Which closed forms are simulated, and how precisely: the same rule for every case, seen or not. */

export const RULE = [
  'Simulated: cases of a family with an event model, load at most 0.9 (any load where room is limited).',
  'Left out as too rare to be seen in a run: probabilities below 1e-4 or above 1 − 1e-4, mean waits and queues below 1e-3',
  'of the time and number in the system, and exact zeros.',
  'Precision: half-width of the 99 % interval at most 1 % of the value, 3 % above load 0.85, for variances, for quantiles',
  'from 95 % on, for probabilities below 0.05, and for waits and queues below 0.05 of the time and number in the system.',
  'Probabilities above 1/2 are judged by their complement.',
  'Agreement: no metric of all cases together rejected at 1 % by two-sided t-tests with Holm’s correction.',
].join('\n');

export const MAX_LOAD = 0.9;
export const FAMILY_WISE_ERROR = 0.01;
export const INTERVAL_ERROR = 0.01;

const RARE_PROBABILITY = 1e-4;
const RARE_QUEUE = 1e-3;
const TAIL = 0.05;
const HIGH_LOAD = 0.85;
const FINE = 0.01;
const COARSE = 0.03;

const PROBABILITY = /^(?:P\d|P_|frac_|zero_wait|service_level|(?:un)?availability|rho|U\d)/;
/** Means of waiting, and what they are part of. */
const WHOLE: Readonly<Record<string, string>> = {
  Lq: 'L',
  Wq: 'W',
  mean_repair_queue: 'mean_down',
  repair_wait: 'mean_downtime',
};
const VARIANCE = /variance/i;
const QUANTILE = /(?:^|_)p(?:9[5-9])$/;

export interface Target {
  /** Judge 1 − value instead of value. */
  readonly complement: boolean;
  /** What the simulation must agree with: the value or its complement. */
  readonly exact: number;
  /** Half-width wanted, relative to `exact`. */
  readonly precision: number;
}

/** Undefined if the metric is left out. `all` are the case's expected values. */
export function targetOf(
  metric: string,
  value: number,
  load: number,
  all: Readonly<Record<string, unknown>> = {},
): Target | undefined {
  const probability = PROBABILITY.test(metric) && value <= 1;
  const complement = probability && value > 0.5;
  const exact = complement ? 1 - value : value;
  const whole = all[WHOLE[metric] ?? ''];
  const share = typeof whole === 'number' ? exact / whole : probability ? exact : 1;
  if (!(exact > 0) || share < (probability ? RARE_PROBABILITY : RARE_QUEUE)) return undefined;
  const tail = VARIANCE.test(metric) || QUANTILE.test(metric) || share < TAIL;
  return { complement, exact, precision: tail || load > HIGH_LOAD ? COARSE : FINE };
}
