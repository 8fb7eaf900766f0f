/** A fitted trace as a generator of a scenario's workload, with what was found as comments. */
import { stringify } from 'yaml';
import { bytesQuantity, milliQuantity } from '../../api/index.ts';
import { type DistributionSpec, distribution } from '../../engine/index.ts';
import { type ArrivalPattern, DISPERSION_WINDOWS } from './arrival-pattern.ts';
import { type Fit, quantilesOf } from './families.ts';
import { type FittedRest, type FittedTimes, QUANTILES, type TraceFit } from './fit-trace.ts';
import type { FittedState } from './modulated.ts';

/** As under `workload` in a scenario. */
export interface GeneratorSpec {
  readonly name: string;
  readonly arrival: object;
  readonly count: number;
  readonly runTime?: object | string;
  readonly sizes: readonly object[];
}

export function generatorSpec(name: string, { pods, arrivals, runTimes, sizes }: TraceFit): GeneratorSpec {
  const runTime = runTimes && (durations(runTimes.chosen?.spec) ?? seconds(runTimes.mean));
  return {
    name,
    arrival: arrivalOf(arrivals),
    count: pods,
    ...(runTime !== undefined && { runTime }),
    sizes: [
      ...sizes.classes.map(({ weight, shape }) => ({
        weight,
        requests: {
          cpu: milliQuantity(shape.cpuMilli),
          memory: bytesQuantity(shape.memoryBytes),
          ...(shape.gpus > 0 && { 'nvidia.com/gpu': shape.gpus }),
        },
        ...(shape.gpus > 0 && { limits: 'as-requests' }),
        ...(shape.priorityClassName !== '' && { priorityClassName: shape.priorityClassName }),
      })),
      ...sizes.rest.map(restClass),
    ],
  };
}

/** Gaps that are all the same have no fit: pods come at once, or at a fixed distance. */
function arrivalOf({ pattern, chosen, perSecond, mean }: TraceFit['arrivals']): object {
  if (pattern.process !== undefined) return patternOf(pattern.process);
  if (chosen === undefined) return mean === 0 ? { at: '0s' } : { every: seconds(mean) };
  return chosen.family === 'exponential'
    ? { poisson: { perSecond: rounded(perSecond) } }
    : { every: durations(chosen.spec) };
}

function patternOf(process: NonNullable<ArrivalPattern['process']>): object {
  if ('bursty' in process) {
    const state = ({ perSecond, staySeconds }: FittedState): object => ({
      perSecond: rounded(perSecond),
      stay: seconds(staySeconds),
    });
    return { bursty: { quiet: state(process.bursty.quiet), burst: state(process.bursty.burst) } };
  }
  const { perSecond, amplitude, peakUs } = process.diurnal;
  return {
    diurnal: {
      perSecond: rounded(perSecond),
      amplitude: rounded(amplitude),
      period: '24h',
      peak: seconds(peakUs / 1e6),
    },
  };
}

const restClass = ({
  weight,
  gpus,
  cpuMilli,
  memoryBytes,
  mostCpuMilli,
  mostMemoryBytes,
}: FittedRest): object => ({
  weight,
  requests: {
    cpu: amounts(cpuMilli, mostCpuMilli, milliQuantity),
    memory: amounts(memoryBytes, mostMemoryBytes, mebibytes),
    ...(gpus > 0 && { 'nvidia.com/gpu': gpus }),
  },
  ...(gpus > 0 && { limits: 'as-requests' }),
});

const MEBIBYTE = 1048576;
const mebibytes = (bytes: number): string => bytesQuantity(Math.ceil(bytes / MEBIBYTE) * MEBIBYTE);
const DIGITS = 6;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
const seconds = (value: number): string => `${Number(rounded(value).toFixed(DIGITS))}s`;

/** Parameters that are in the unit of the values; the others are plain numbers. */
const SCALES = new Set(['value', 'mean', 'median', 'scale', 'min', 'max']);

/** The fitted families have one level of plain numbers. */
function parametersOf(spec: DistributionSpec, print: (value: number) => string): object | string {
  const [family = '', parameters] = Object.entries(spec)[0] ?? [];
  if (family === 'deterministic') return print((parameters as { value: number }).value);
  const printed = Object.entries(parameters as Record<string, number>).map(([name, value]) => [
    name,
    SCALES.has(name) ? print(value) : rounded(value),
  ]);
  return { [family]: Object.fromEntries(printed) };
}

const durations = (spec: DistributionSpec | undefined): object | string | undefined =>
  spec && parametersOf(spec, seconds);

/** Not above the most that was seen: a heavier tail than the trace's would ask for what no node has. */
function amounts(spec: DistributionSpec, most: number, print: (value: number) => string): object | string {
  const printed = parametersOf(spec, (value) => print(Math.max(1, Math.round(value))));
  return typeof printed === 'string' ? printed : { ...printed, most: print(most) };
}

/** YAML to be put into a scenario. */
export function generatorYaml(source: string, spec: GeneratorSpec, fit: TraceFit): string {
  const comments = describe(source, fit).map((line) => `# ${line}`.trimEnd());
  return `${comments.join('\n')}\n${stringify({ workload: [spec] }, { lineWidth: 110, flowCollectionPadding: true })}`;
}

function describe(
  source: string,
  { pods, spanSeconds, arrivals, runTimes, endless, sizes }: TraceFit,
): string[] {
  const exact = sizes.classes.reduce((sum, { weight }) => sum + weight, 0);
  return [
    `Fitted to ${source}: ${pods} pods in ${rounded(spanSeconds)} s.`,
    `Arrivals: ${rounded(arrivals.perSecond)} per second; gaps have a coefficient of variation of ${arrivals.variation.toPrecision(3)},`,
    `correlate with the next one by ${arrivals.autocorrelation.toFixed(3)}, and counts in ${DISPERSION_WINDOWS} windows have variance/mean ${arrivals.dispersion.toPrecision(3)} (Poisson: 1).`,
    ...arrivalChoice(arrivals.pattern),
    ...timesTable(
      'gap',
      arrivals.pattern.process === undefined ? arrivals : { ...arrivals, chosen: undefined },
    ),
    ...(runTimes === undefined ? ['Run times: none in the trace.'] : timesTable('run time', runTimes)),
    ...(runTimes !== undefined && endless > 0
      ? [`${endless} pods have no run time in the trace; here all pods end.`]
      : []),
    `Requests: ${sizes.classes.length} exact classes for ${((100 * exact) / pods).toFixed(1)} % of the pods${sizes.rest.length > 0 ? '; the rest drawn from fitted amounts' : ''}.`,
    '→ is used: the smallest AIC of those that keep the mean within a tenth, the exponential where it is as good.',
    'Run times are drawn apart from requests and arrivals: correlations between them are not kept.',
  ];
}

/** Which arrival process is used, and why. */
function arrivalChoice({ process, reasons }: ArrivalPattern): string[] {
  const used =
    process === undefined
      ? 'Arrivals have independent gaps.'
      : `Arrivals are \`${'bursty' in process ? 'bursty' : 'diurnal'}\`; the gaps' families are not used.`;
  return [...reasons, used];
}

function timesTable(what: string, { mean, zeros, fits, chosen, quantiles, count }: FittedTimes): string[] {
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(14))).join('');
  const numbers = (values: readonly number[]) =>
    values.map((value) => String(rounded(Number(value.toPrecision(4)))));
  return [
    line([what, 'AIC', 'mean s', ...QUANTILES.map((p) => `p${Math.round(p * 100)} s`)]),
    line(['  trace', '', ...numbers([mean, ...quantiles])]),
    ...fits.map((fit) =>
      line([`${fit === chosen ? '→' : ' '} ${fit.family}`, fit.aic.toFixed(0), ...numbers(fitNumbers(fit))]),
    ),
    ...(zeros > 0 ? [`(${zeros} of ${count} are 0, taken as half of the smallest other one)`] : []),
    ...(fits.length === 0 ? ['(all the same, or too few: no fit)'] : []),
  ];
}

const fitNumbers = ({ spec }: Fit): number[] => [distribution(spec).mean, ...quantilesOf(spec, QUANTILES)];
