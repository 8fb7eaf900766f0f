/**
 * Remembers what follows from a pod spec. Pods of one template share the parts of their spec by reference, also after
 * binding (which makes a new spec with the same parts), so the memory is keyed by the parts and not by the spec.
 */
import type { PodSpec } from './types/pod.ts';

interface Entry<T> {
  readonly spec: PodSpec;
  readonly value: T;
}

/**
 * `compute` may depend on containers, initContainers, overhead, resources, nodeSelector, affinity and
 * hostNetwork. O(1) when seen before.
 */
export function memoiseBySpec<T>(compute: (spec: PodSpec) => T): (spec: PodSpec) => T {
  const cache = new WeakMap<PodSpec['containers'], Entry<T>>();
  return (spec) => {
    const known = cache.get(spec.containers);
    if (known !== undefined && sameParts(known.spec, spec)) return known.value;
    const value = compute(spec);
    cache.set(spec.containers, { spec, value });
    return value;
  };
}

const sameParts = (a: PodSpec, b: PodSpec): boolean =>
  a === b ||
  (a.initContainers === b.initContainers &&
    a.overhead === b.overhead &&
    a.resources === b.resources &&
    a.nodeSelector === b.nodeSelector &&
    a.affinity === b.affinity &&
    a.hostNetwork === b.hostNetwork);
