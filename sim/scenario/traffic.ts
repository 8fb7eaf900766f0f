/** Traffic of the scenario → options of the generators. */
import { distribution, START } from '../engine/index.ts';
import type { ClosedLoop, OpenLoop, Sampler, TrafficOptions } from '../network/index.ts';
import { distributionOf } from './distributions.ts';
import type { DistributionInput } from './schema/distributions.ts';
import type { TrafficSpec } from './schema/traffic.ts';
import { durationOf, instantOf } from './units.ts';

export function trafficOptions(spec: TrafficSpec, index: number): TrafficOptions {
  return {
    name: spec.name ?? `traffic-${index}`,
    service: spec.service,
    port: spec.port,
    load: loadOf(spec),
    from: spec.clientsAt,
    serviceTime: sampler(spec.serviceTime),
    concurrency: spec.concurrency,
    connectTimeoutUs: spec.connectTimeout === undefined ? undefined : durationOf(spec.connectTimeout),
    requestsPerConnection: spec.requestsPerConnection,
    start: spec.from === undefined ? undefined : instantOf(spec.from),
    until: spec.until === undefined ? undefined : instantOf(spec.until),
  };
}

function loadOf(spec: TrafficSpec): OpenLoop | ClosedLoop {
  if (spec.rate === undefined)
    return { kind: 'closed', clients: spec.clients ?? 1, thinkTime: sampler(spec.thinkTime) };
  if (typeof spec.rate !== 'number') {
    const rate = spec.rate.map(({ from, perSecond }) => ({ from: instantOf(from), perSecond }));
    return { kind: 'open', rate, clients: spec.clients };
  }
  const from = spec.from === undefined ? START : instantOf(spec.from);
  return { kind: 'open', rate: [{ from, perSecond: spec.rate }], clients: spec.clients };
}

function sampler(input: DistributionInput): Sampler {
  const sampled = distribution(distributionOf(input));
  return (random) => sampled.sample(random);
}
