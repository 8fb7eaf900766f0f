/** One sentence per metric: what can be said, with which certainty. */
import { LEAST_REPLICATIONS } from '../statistics/index.ts';
import type { Analysis, CellResult, MetricResult } from './analysis.ts';

/** A value with its unit, as the reader wants it. */
export type Format = (value: number, unit: string, difference?: boolean) => string;

/** Metrics in which nothing is told apart, or of which there is too little, share one sentence. */
export function verdicts(analysis: Analysis, format: Format): string[] {
  const [first, ...others] = analysis.metrics[0]?.cells ?? [];
  if (first === undefined || others.length === 0) return [];
  const [few, enough] = [true, false].map((wanted) =>
    analysis.metrics.filter((result) => pairsOf(result) < LEAST_REPLICATIONS === wanted),
  ) as [MetricResult[], MetricResult[]];
  const even = enough.filter((result) => toldApart(result).length === 0);
  const sentences = enough
    .filter((result) => !even.includes(result))
    .map((result) => verdictOf(result, analysis, format));
  if (even.length > 0) {
    const what = `no difference from ${first.label} is shown by ${fewestPairs(even)} of runs`;
    sentences.push(`${namesOf(even)}: ${what} (${suretyOf(analysis)}).`);
  }
  if (few.length > 0) {
    const what = `${fewestPairs(few)} of runs are too few for an interval or a verdict`;
    sentences.push(`${namesOf(few)}: ${what}; at least ${LEAST_REPLICATIONS} seeds are needed.`);
  }
  return sentences;
}

const namesOf = (results: readonly MetricResult[]): string => results.map(({ metric }) => metric).join(', ');

function fewestPairs(results: readonly MetricResult[]): string {
  const pairs = Math.min(...results.map(pairsOf));
  return `${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`;
}

const pairsOf = ({ cells }: MetricResult): number =>
  Math.min(...cells.slice(1).map(({ difference }) => difference?.count ?? 0));

const toldApart = ({ cells }: MetricResult): CellResult[] =>
  cells.filter(({ difference }) => difference?.significant === true);

const suretyOf = ({ level, comparisons }: Analysis): string =>
  `${Math.round(level * 100)} %, Holm over ${comparisons}`;

function verdictOf(result: MetricResult, analysis: Analysis, format: Format): string {
  const first = result.cells[0]!;
  const told = toldApart(result);
  const lead = leadOf(result, first, told);
  const rest = told.filter((cell) => cell !== lead).map((cell) => change(cell, first, result, format));
  const same = result.cells
    .slice(1)
    .filter((cell) => !told.includes(cell))
    .map(({ label }) => label);
  return [
    `${result.metric}: ${headline(result, lead, first, format)} (${suretyOf(analysis)}, ${pairsOf(result)} pairs)`,
    ...(rest.length > 0 ? [`; ${rest.join(', ')}`] : []),
    ...(same.length > 0 ? [`; not told apart from ${first.label}: ${same.join(', ')}`] : []),
    '.',
  ].join('');
}

/** The best of those told apart from the first, if it is better than the first; else the first. Others are not told apart from it. */
function leadOf({ better }: MetricResult, first: CellResult, told: readonly CellResult[]): CellResult {
  const sign = better === 'lower' ? 1 : -1;
  return [first, ...told].reduce((best, cell) =>
    sign * (cell.estimate.mean - best.estimate.mean) < 0 ? cell : best,
  );
}

function headline(result: MetricResult, lead: CellResult, first: CellResult, format: Format): string {
  const word = result.better === undefined ? 'higher' : 'better';
  const mean = format(lead.estimate.mean, result.unit);
  if (lead === first) return `none is shown to be ${word} than ${first.label} with ${mean}`;
  return `${lead.label} is ${word} than ${first.label}: ${mean}, ${change(lead, first, result, format, false)}`;
}

function change(
  cell: CellResult,
  first: CellResult,
  { unit }: MetricResult,
  format: Format,
  named = true,
): string {
  const { mean, halfWidth } = cell.difference!;
  const size = `${format(Math.abs(mean), unit, true)} ± ${format(halfWidth ?? 0, unit, true)}`;
  const share = first.estimate.mean === 0 ? '' : ` (${percent(mean / first.estimate.mean)})`;
  return `${named ? `${cell.label} is ` : ''}${size}${share} ${mean < 0 ? 'below' : 'above'} ${first.label}`;
}

function percent(share: number): string {
  const value = Math.abs(share * 100);
  return `${value >= 10 ? Math.round(value) : value.toPrecision(2)} %`;
}

/** By which test differences are told apart, and how much common random numbers helped. */
export function suretyNotes({ metrics, comparisons }: Analysis): string[] {
  const ratios = metrics
    .flatMap(({ cells }) => cells.flatMap(({ difference }) => difference?.varianceRatio ?? []))
    .sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)];
  return [
    `p < 0.05 in a paired t test, adjusted by Holm for ${comparisons} comparisons.`,
    'Each ± is a 95 % interval of its own, not adjusted: it may leave out 0 where nothing is told apart. ± 0: the same difference under every seed, taken as certain.',
    ...(middle === undefined
      ? []
      : [
          `Common random numbers: the variance of paired differences is ${middle.toPrecision(2)} times that of unpaired ones (median).`,
        ]),
  ];
}
