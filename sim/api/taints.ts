/** Taints and tolerations (Kubernetes v1.36, component-helpers/scheduling/corev1). */
import type { Taint, TaintEffect, Toleration } from './types/scheduling.ts';

export const NO_EXECUTE: TaintEffect = 'NoExecute';

/** An empty key with `Exists` tolerates every key; an empty effect every effect; an absent operator is `Equal`. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, effect, operator } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  if (operator !== undefined && operator !== 'Equal') return false;
  return (toleration.value ?? '') === (taint.value ?? '');
}

export function toleratesTaint(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  if (tolerations !== undefined) for (const t of tolerations) if (tolerates(t, taint)) return true;
  return false;
}

/** The first taint with one of the effects that nothing tolerates, in the order of the node's list. */
export function firstUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  ...effects: readonly TaintEffect[]
): Taint | undefined {
  if (taints === undefined) return undefined;
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !toleratesTaint(tolerations, taint)) return taint;
  }
  return undefined;
}
