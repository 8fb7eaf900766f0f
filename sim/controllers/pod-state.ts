/** Readings of a Pod that several controllers share. Kubernetes v1.36.3, pkg/controller/controller_utils.go and pkg/api/v1/pod. */
import type { Condition, Pod } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/index.ts';

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  if (conditions !== undefined) for (const c of conditions) if (c.type === type) return c;
  return undefined;
}

export const isPodReady = (pod: Pod): boolean =>
  conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';

/** Its containers have stopped for good. */
export const isPodTerminal = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Counts as a replica: neither finished nor being deleted. */
export const isPodActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);

/** Being deleted while its containers may still run. */
export const isPodTerminating = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod);

/** Restarts of its containers, the most of any one: main containers and restartable init containers apart. */
export function mostRestarts(pod: Pod): { readonly regular: number; readonly sidecar: number } {
  let regular = 0;
  for (const status of pod.status?.containerStatuses ?? [])
    regular = Math.max(regular, status.restartCount ?? 0);
  let sidecar = 0;
  const initStatuses = pod.status?.initContainerStatuses;
  if (initStatuses !== undefined) {
    const sidecars = new Set<string>();
    for (const c of pod.spec.initContainers ?? []) if (c.restartPolicy === 'Always') sidecars.add(c.name);
    for (const s of initStatuses) if (sidecars.has(s.name)) sidecar = Math.max(sidecar, s.restartCount ?? 0);
  }
  return { regular, sidecar };
}

/** The pod's conditions with this one added or in the place of its predecessor. */
export function withPodCondition(pod: Pod, next: Condition): readonly Condition[] {
  const conditions = pod.status?.conditions ?? [];
  const known = conditionOf(conditions, next.type);
  if (known === undefined) return [...conditions, next];
  return conditions.map((condition) => (condition === known ? next : condition));
}

/** A patch of its status that says why it is about to be deleted; `phase`, if it ends with that. */
export function disruption(
  pod: Pod,
  { reason, message, now, phase }: { reason: string; message: string; now: string; phase?: 'Failed' },
): ApiRequest {
  const type = 'DisruptionTarget';
  const conditions = withPodCondition(pod, {
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime: now,
  });
  const { namespace = '', name } = pod.metadata;
  const patch = { status: { ...(phase !== undefined && { phase }), conditions } };
  return {
    verb: 'patch',
    resource: 'pods',
    namespace,
    name,
    patchType: 'merge',
    patch,
    subresource: 'status',
  };
}
