/** Workload of the scenario → sources of pods. */
import { bytesOf, cpuMilli } from '../api/index.ts';
import { type DistributionSpec, distribution, type RandomStreams, START } from '../engine/index.ts';
import type { NodeSpec } from '../node/index.ts';
import {
  type Amount,
  type ArrivalProcess,
  type ArrivalSource,
  cpuDemand,
  GeneratedArrivals,
  gpuDemand,
  memoryDemand,
  type Selection,
  type SizeClass,
  selectRows,
  type Trace,
  TraceArrivals,
} from '../workload/index.ts';
import { distributionOf } from './distributions.ts';
import type { LoadedScenario } from './load.ts';
import { shapeOf } from './pod-shapes.ts';
import type { DrawnQuantity } from './schema/distributions.ts';
import type { GeneratedWorkload, SizeClassSpec, TracedWorkload } from './schema/workload.ts';
import { durationOf, instantOf } from './units.ts';

/** Throws RangeError for a trace that cannot be inflated as asked. */
export function sourcesOf(
  loaded: LoadedScenario,
  random: RandomStreams,
  nodes: readonly NodeSpec[],
): ArrivalSource[] {
  return (loaded.scenario.workload ?? []).flatMap((source, index): ArrivalSource[] => {
    if (!('trace' in source)) return [generatorOf(source, random)];
    const traces = loaded.traces.get(index);
    if (traces === undefined) return [];
    const order = traces.orders.get(loaded.seed);
    const spec = order === undefined ? source : asItIs(source);
    return [replayOf(`trace-${index}`, spec, order ?? traces.trace, random, nodes)];
  });
}

const asItIs = ({ inflate: _, ...source }: TracedWorkload): TracedWorkload => ({
  ...source,
  order: 'recorded',
});

function replayOf(
  name: string,
  spec: TracedWorkload,
  trace: Trace,
  random: RandomStreams,
  nodes: readonly NodeSpec[],
): TraceArrivals {
  const { namespace, timeScale, sharedGpus } = spec;
  const every = spec.spacing === undefined ? undefined : distribution(distributionOf(spec.spacing));
  return new TraceArrivals(trace, {
    name,
    namespace,
    timeScale,
    sharedGpus,
    from: spec.from === undefined ? START : instantOf(spec.from),
    spacing: every && { every, gaps: random.stream('arrivals', name) },
    runTimes: spec.runTimes === 'recorded',
    selection: selectionOf(name, spec, trace, random, nodes),
  });
}

const INFLATION = {
  gpu: {
    demandOf: gpuDemand,
    capacityOf: (node: NodeSpec) => 1000 * Number(node.capacity['nvidia.com/gpu'] ?? 0),
  },
  cpu: { demandOf: cpuDemand, capacityOf: (node: NodeSpec) => cpuMilli(node.capacity['cpu'] ?? '0') },
  memory: { demandOf: memoryDemand, capacityOf: (node: NodeSpec) => bytesOf(node.capacity['memory'] ?? '0') },
} as const;

/** Undefined: all pods as recorded. */
function selectionOf(
  name: string,
  { order, inflate }: TracedWorkload,
  trace: Trace,
  random: RandomStreams,
  nodes: readonly NodeSpec[],
): Selection | undefined {
  const shuffled = order === 'shuffled';
  const stream = random.stream('selection', name);
  if (inflate === undefined) return shuffled ? selectRows(trace, { shuffled }, stream) : undefined;
  const { demandOf, capacityOf } = INFLATION[inflate.resource];
  const target = inflate.to * nodes.reduce((sum, node) => sum + capacityOf(node), 0);
  return selectRows(trace, { shuffled, target, demandOf }, stream);
}

function generatorOf(spec: GeneratedWorkload, random: RandomStreams): GeneratedArrivals {
  return new GeneratedArrivals(random, {
    name: spec.name,
    namespace: spec.namespace,
    process: processOf(spec.arrival),
    count: spec.count,
    from: spec.from === undefined ? START : instantOf(spec.from),
    until: spec.until === undefined ? undefined : instantOf(spec.until),
    runTime: spec.runTime === undefined ? undefined : distribution(distributionOf(spec.runTime)),
    shape: shapeOf(spec.pod),
    sizes: spec.sizes?.map(sizeClassOf),
  });
}

function processOf(arrival: GeneratedWorkload['arrival']): ArrivalProcess {
  if ('every' in arrival) return { every: distribution(distributionOf(arrival.every)) };
  if ('poisson' in arrival) return { poissonPerSecond: arrival.poisson.perSecond };
  if ('at' in arrival) return { at: instantOf(arrival.at) };
  if ('bursty' in arrival) {
    const state = ({ perSecond, stay }: { perSecond: number; stay: string }) => ({
      perSecond,
      meanStayUs: durationOf(stay),
    });
    return { bursty: { quiet: state(arrival.bursty.quiet), burst: state(arrival.bursty.burst) } };
  }
  const { diurnal } = arrival;
  const periodUs = durationOf(diurnal.period);
  if ('rates' in diurnal) {
    const pieces = diurnal.rates.map(({ from, perSecond }) => ({ fromUs: durationOf(from), perSecond }));
    return { piecewise: { periodUs, pieces } };
  }
  const { perSecond, amplitude, peak } = diurnal;
  return { sinusoidal: { perSecond, amplitude, periodUs, peakUs: durationOf(peak) } };
}

const sizeClassOf = ({ weight, requests, limits, runTime, priorityClassName }: SizeClassSpec): SizeClass => ({
  weight,
  requests: new Map(
    Object.entries(requests).map(([resource, value]) => [resource, amountOf(resource, value)]),
  ),
  limitsAsRequests: limits !== undefined,
  runTime: runTime === undefined ? undefined : distribution(distributionOf(runTime)),
  priorityClassName,
});

/** Amounts are drawn in steps, so that pods of equal size can share what is derived from it. */
const DEFAULT_STEP: Readonly<Record<string, number>> = { cpu: 10, memory: 16 * 1048576 };

function amountOf(resource: string, value: DrawnQuantity): Amount {
  if (typeof value !== 'object') return String(value);
  const read = (quantity: string | number) => (resource === 'cpu' ? cpuMilli : bytesOf)(String(quantity));
  const { step, most } = value;
  return {
    of: distribution(amountDistribution(value, read)),
    step: step === undefined ? (DEFAULT_STEP[resource] ?? 1) : read(step),
    most: most === undefined ? Number.MAX_SAFE_INTEGER : read(most),
  };
}

function amountDistribution(
  value: Exclude<DrawnQuantity, string | number>,
  read: (quantity: string | number) => number,
): DistributionSpec {
  if ('uniform' in value) return { uniform: { min: read(value.uniform.min), max: read(value.uniform.max) } };
  if ('exponential' in value) return { exponential: { mean: read(value.exponential.mean) } };
  if ('lognormal' in value)
    return { lognormal: { median: read(value.lognormal.median), sigma: value.lognormal.sigma } };
  if ('weibull' in value)
    return { weibull: { shape: value.weibull.shape, scale: read(value.weibull.scale) } };
  if ('gamma' in value) return { gamma: { shape: value.gamma.shape, scale: read(value.gamma.scale) } };
  return { pareto: { shape: value.pareto.shape, scale: read(value.pareto.scale) } };
}
