/** Workload of the scenario → sources of pods. */
import type { PodSpec } from '../api/index.ts';
import { distribution, type RandomStreams, START } from '../engine/index.ts';
import { type ArrivalProcess, type ArrivalSource, GeneratedArrivals, type PodShape, TraceArrivals } from '../workload/index.ts';
import type { LoadedScenario } from './load.ts';
import type { GeneratedWorkload } from './schema.ts';
import { distributionOf, instantOf } from './units.ts';

export function sourcesOf(loaded: LoadedScenario, random: RandomStreams): ArrivalSource[] {
  return (loaded.scenario.workload ?? []).map((source, index) => {
    if ('trace' in source) return new TraceArrivals(`trace-${index}`, source.namespace, loaded.traces.get(source.trace) ?? []);
    return generatorOf(source, random);
  });
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
  });
}

function processOf(arrival: GeneratedWorkload['arrival']): ArrivalProcess {
  if ('every' in arrival) return { every: distribution(distributionOf(arrival.every)) };
  if ('poisson' in arrival) return { poissonPerSecond: arrival.poisson.perSecond };
  return { at: instantOf(arrival.at) };
}

const shapeOf = ({ requests, limits, spec, ...rest }: GeneratedWorkload['pod']): PodShape => ({
  ...rest,
  requests: quantities(requests),
  limits: quantities(limits),
  spec: spec as Partial<PodSpec> | undefined,
});

const quantities = (list: Readonly<Record<string, string | number>> | undefined) =>
  list && Object.fromEntries(Object.entries(list).map(([name, value]) => [name, String(value)]));
