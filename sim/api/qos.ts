/** Quality-of-service class of a pod (Kubernetes v1.36, pkg/apis/core/v1/helper/qos). */
import type { Amount } from './amount.ts';
import { addAmounts, compareAmounts } from './amount.ts';
import { amountOf } from './quantity.ts';
import { CPU, isPodLevelResource, MEMORY } from './resource-names.ts';
import { memoiseBySpec } from './spec-memo.ts';
import type { ResourceList } from './types/meta.ts';
import type { PodSpec, QosClass } from './types/pod.ts';

type Amounts = Map<string, Amount>;
interface Sides {
  readonly requests?: ResourceList | undefined;
  readonly limits?: ResourceList | undefined;
}

/** O(1) for a spec seen before. */
export const qosClass = memoiseBySpec(classify);

const isSet = (list: ResourceList | undefined): boolean =>
  list !== undefined && Object.keys(list).some(isPodLevelResource);

function classify(spec: PodSpec): QosClass {
  const podLevel = isSet(spec.resources?.requests) || isSet(spec.resources?.limits);
  const parts: readonly (Sides | undefined)[] = podLevel
    ? [spec.resources]
    : [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.resources);
  const requests: Amounts = new Map();
  const limits: Amounts = new Map();
  let everyPartLimited = true;
  for (const part of parts) {
    addPositive(requests, part?.requests);
    if (addPositive(limits, part?.limits) < 2) everyPartLimited = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  return everyPartLimited && requests.size === limits.size && equal(requests, limits)
    ? 'Guaranteed'
    : 'Burstable';
}

/** Adds the positive cpu and memory amounts; returns how many there were. */
function addPositive(into: Amounts, list: ResourceList | undefined): number {
  let found = 0;
  for (const name of [CPU, MEMORY]) {
    const text = list?.[name];
    const amount = text === undefined ? undefined : amountOf(text);
    if (amount === undefined || amount.unscaled <= 0n) continue;
    const sum = into.get(name);
    into.set(name, sum === undefined ? amount : addAmounts(sum, amount));
    found++;
  }
  return found;
}

function equal(requests: Amounts, limits: Amounts): boolean {
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (limit === undefined || compareAmounts(limit, request) !== 0) return false;
  }
  return true;
}
