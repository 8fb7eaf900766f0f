/**
 * What a pod counts for: requests, limits and the non-zero requests that scoring uses (Kubernetes v1.36,
 * component-helpers/resource and scheduler/framework). DEVIATION: in-place resize is not simulated, so resources reported in
 * container statuses are not considered.
 */
import type { Amount } from './amount.ts';
import { addAmounts, compareAmounts, printQuantity, quantityMilliValue, quantityValue } from './amount.ts';
import { amountOf } from './quantity.ts';
import { CPU, EPHEMERAL_STORAGE, isPodLevelResource, isScalarResource, MEMORY } from './resource-names.ts';
import { memoiseBySpec } from './spec-memo.ts';
import type { Container } from './types/container.ts';
import type { ResourceList } from './types/meta.ts';
import type { PodSpec } from './types/pod.ts';

type Amounts = Map<string, Amount>;

/** Counted for a container that requests no CPU when nodes are scored: 0.1 core. */
export const DEFAULT_MILLI_CPU_REQUEST = 100;
/** Counted for a container that requests no memory when nodes are scored: 200 MiB. */
export const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024;

/** All figures of one pod; whole numbers, fractions rounded up. */
export interface PodResources {
  readonly requests: ResourceList;
  /** As if `spec.resources` were absent. */
  readonly requestsSkipPodLevel: ResourceList;
  readonly limits: ResourceList;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  /** Extended, huge page and attachable-volume resources in whole units. */
  readonly scalars: ReadonlyMap<string, number>;
  /** What the pod adds to a node's non-zero requests once it is there. */
  readonly nonZeroCpuMilli: number;
  readonly nonZeroMemoryBytes: number;
  /** What an incoming pod counts for when nodes are scored by allocation. */
  readonly scoreCpuMilli: number;
  readonly scoreMemoryBytes: number;
}

/** The figures of a pod spec; O(1) for a spec seen before. */
export const podResources = memoiseBySpec(compute);

const defaults: ReadonlyMap<string, Amount> = new Map([
  [CPU, amountOf(`${DEFAULT_MILLI_CPU_REQUEST}m`)],
  [MEMORY, amountOf(String(DEFAULT_MEMORY_REQUEST))],
]);

function compute(spec: PodSpec): PodResources {
  const containers = requestsOf(spec, new Map());
  const requests = withPodLevel(containers, spec, 'requests');
  const podLevel = hasPodLevel(spec.resources?.requests);
  const missing = new Map([...defaults].filter(([name]) => !podLevel || !requests.has(name)));
  const nonZero = withPodLevel(requestsOf(spec, missing), spec, 'requests');
  const score = withPodLevel(requestsOf(spec, defaults), spec, 'requests');
  for (const amounts of [containers, requests, nonZero, score]) addAll(amounts, spec.overhead);
  return {
    requests: print(requests),
    requestsSkipPodLevel: print(containers),
    limits: print(limitsOf(spec)),
    cpuMilli: milli(requests),
    memoryBytes: whole(requests, MEMORY),
    ephemeralStorageBytes: whole(requests, EPHEMERAL_STORAGE),
    scalars: scalarsOf(requests),
    nonZeroCpuMilli: milli(nonZero),
    nonZeroMemoryBytes: whole(nonZero, MEMORY),
    scoreCpuMilli: milli(score),
    scoreMemoryBytes: whole(score, MEMORY),
  };
}

const requestsOf = (spec: PodSpec, missing: ReadonlyMap<string, Amount>): Amounts =>
  aggregate(spec, (container) => {
    const amounts = read(container.resources?.requests);
    for (const [name, amount] of missing) if (!amounts.has(name)) amounts.set(name, amount);
    return amounts;
  });

/** Requests of containers, sidecars and init containers together, without overhead and pod-level resources. */
export const aggregateRequests = (spec: PodSpec): ResourceList => print(requestsOf(spec, new Map()));
/** Likewise limits. */
export const aggregateLimits = (spec: PodSpec): ResourceList =>
  print(aggregate(spec, (container) => read(container.resources?.limits)));

function limitsOf(spec: PodSpec): Amounts {
  const limits = withPodLevel(
    aggregate(spec, (container) => read(container.resources?.limits)),
    spec,
    'limits',
  );
  for (const [name, amount] of read(spec.overhead)) {
    const limit = limits.get(name);
    if (limit !== undefined && limit.unscaled !== 0n) limits.set(name, addAmounts(limit, amount));
  }
  return limits;
}

/** Containers and sidecars run together; a plain init container runs beside the sidecars started before it. */
function aggregate(spec: PodSpec, amountsOf: (container: Container) => Amounts): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers) mergeSum(total, amountsOf(container));
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container);
    if (container.restartPolicy === 'Always') {
      mergeSum(total, own);
      mergeSum(sidecars, own);
      mergeMax(peak, sidecars);
    } else {
      const together = new Map(own);
      mergeSum(together, sidecars);
      mergeMax(peak, together);
    }
  }
  mergeMax(total, peak);
  return total;
}

function read(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  if (list !== undefined)
    for (const name of Object.keys(list)) amounts.set(name, amountOf(list[name] ?? '0'));
  return amounts;
}

function mergeSum(into: Amounts, from: ReadonlyMap<string, Amount>): void {
  for (const [name, amount] of from) {
    const sum = into.get(name);
    into.set(name, sum === undefined ? amount : addAmounts(sum, amount));
  }
}

function mergeMax(into: Amounts, from: ReadonlyMap<string, Amount>): void {
  for (const [name, amount] of from) {
    const max = into.get(name);
    if (max === undefined || compareAmounts(amount, max) > 0) into.set(name, amount);
  }
}

const addAll = (into: Amounts, list: ResourceList | undefined): void => mergeSum(into, read(list));

const hasPodLevel = (list: ResourceList | undefined): boolean =>
  list !== undefined && Object.keys(list).some(isPodLevelResource);

function withPodLevel(containers: Amounts, spec: PodSpec, side: 'requests' | 'limits'): Amounts {
  const result = new Map(containers);
  for (const [name, amount] of read(spec.resources?.[side]))
    if (isPodLevelResource(name)) result.set(name, amount);
  return result;
}

const print = (amounts: Amounts): ResourceList =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, printQuantity(amount)]));

function milli(amounts: Amounts): number {
  const amount = amounts.get(CPU);
  return amount === undefined ? 0 : Number(quantityMilliValue(amount));
}

function whole(amounts: Amounts, name: string): number {
  const amount = amounts.get(name);
  return amount === undefined ? 0 : Number(quantityValue(amount));
}

function scalarsOf(amounts: Amounts): ReadonlyMap<string, number> {
  const scalars = new Map<string, number>();
  for (const name of [...amounts.keys()].sort())
    if (isScalarResource(name)) scalars.set(name, whole(amounts, name));
  return scalars;
}
