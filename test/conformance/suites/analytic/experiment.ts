/** Replications of one case until every metric is precise enough, and what they say of the closed form. */

import { studentQuantile, twoSidedP } from '../../../../sim/experiment/statistics/student-t.ts';
import { type Experiment, type Family, type Observed, Unfit } from './model.ts';
import { INTERVAL_ERROR, type Target } from './rule.ts';

export interface Verdict {
  readonly metric: string;
  readonly exact: number;
  readonly estimate: number;
  /** Relative to `exact`. */
  readonly halfWidth: number;
  readonly target: Target;
  readonly p: number;
}

const PILOT = 12;
/** Planning rounds after the pilot: each extends the run to what the variances so far ask for, at most so many times. */
const ROUNDS = 6;
const GROWTH = 3;
const MARGIN = 1.1;

/** Runs each experiment of the family for its metrics, each for at most `maxEvents` events. */
export function estimate(
  family: Family,
  id: string,
  targets: ReadonlyMap<string, Target>,
  maxEvents: number,
): readonly Verdict[] {
  const named = new Set(family.experiments.flatMap((experiment) => experiment.metrics ?? []));
  return family.experiments.flatMap((experiment) => {
    const mine = [...targets.keys()].filter(
      (metric) => experiment.metrics?.includes(metric) ?? !named.has(metric),
    );
    if (mine.length === 0) return [];
    const own = new Map(mine.map((metric) => [metric, targets.get(metric)!]));
    return new Sampling(experiment, id, own, maxEvents).run();
  });
}

/** Replications of one experiment, and the readings of its metrics. */
class Sampling {
  readonly #experiment: Experiment;
  readonly #id: string;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #maxEvents: number;
  readonly #samples: ReadonlyMap<string, Observed[]>;
  #count = 0;
  #events = 0;

  constructor(experiment: Experiment, id: string, targets: ReadonlyMap<string, Target>, maxEvents: number) {
    this.#experiment = experiment;
    this.#id = id;
    this.#targets = targets;
    this.#maxEvents = maxEvents;
    this.#samples = new Map(Array.from(targets.keys(), (metric) => [metric, []]));
  }

  /** Runs the pilot, plans the number of replications from its variances, and extends. */
  run(): readonly Verdict[] {
    this.#extendTo(PILOT);
    let verdicts = judgeAll(this.#samples, this.#targets);
    for (let round = 0; round < ROUNDS && this.#events < this.#maxEvents; round++) {
      const excess = Math.max(...verdicts.map((v) => v.halfWidth / v.target.precision));
      if (excess <= 1) break;
      this.#extendTo(Math.ceil(this.#count * Math.min(GROWTH, excess * excess * MARGIN)));
      verdicts = judgeAll(this.#samples, this.#targets);
    }
    return verdicts;
  }

  #extendTo(total: number): void {
    for (; this.#count < total && (this.#count < PILOT || this.#events < this.#maxEvents); this.#count++) {
      const { readings, events } = this.#experiment.replicate(`analytic/${this.#id}/${this.#count}`);
      this.#events += events;
      for (const [metric, seen] of this.#samples) {
        const reading = readings[metric];
        if (reading === undefined) throw new Unfit(`the model has no ${metric}`);
        seen.push(reading());
      }
    }
  }
}

function judgeAll(
  samples: ReadonlyMap<string, readonly Observed[]>,
  targets: ReadonlyMap<string, Target>,
): readonly Verdict[] {
  return Array.from(samples, ([metric, seen]) => judge(metric, valuesOf(seen), targets.get(metric)!));
}

/**
 * One value per replication. A variance is linearised around the mean of all replications, m₂ − 2 m̄ m₁ + m̄², so that the
 * values average to the pooled variance and none is biased by its own mean.
 */
function valuesOf(seen: readonly Observed[]): readonly number[] {
  const firsts = seen.map((x) => (typeof x === 'number' ? x : x.first));
  const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length;
  return seen.map((x) => (typeof x === 'number' ? x : x.second - 2 * mean * x.first + mean * mean));
}

function judge(metric: string, raw: readonly number[], target: Target): Verdict {
  const values = target.complement ? raw.map((x) => 1 - x) : raw;
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const error = Math.sqrt(variance / n);
  const { exact } = target;
  const rounding = 1e-9 * exact;
  const off = Math.max(0, Math.abs(mean - exact) - rounding);
  return {
    metric,
    exact,
    estimate: mean,
    halfWidth: (studentQuantile(1 - INTERVAL_ERROR / 2, n - 1) * error) / exact,
    target,
    p: off === 0 ? 1 : twoSidedP(off / error, n - 1),
  };
}

/** Holm's step-down procedure: the smallest p-values that are rejected with family-wise error `alpha`. */
export function holmRejected(ps: readonly number[], alpha: number): ReadonlySet<number> {
  const order = [...ps.keys()].sort((a, b) => ps[a]! - ps[b]! || a - b);
  const rejected = new Set<number>();
  for (const [rank, i] of order.entries()) {
    if (ps[i]! > alpha / (ps.length - rank)) break;
    rejected.add(i);
  }
  return rejected;
}
