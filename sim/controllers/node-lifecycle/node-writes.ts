/** What the node lifecycle controller writes. Kubernetes v1.36.3, pkg/controller/util/node/controller_utils.go. */
import type { Node, Pod, Taint } from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import { DONE, type EventDraft, type Plan, RETRY, withEvents, write } from '../controller.ts';
import { conditionOf } from '../pod-state.ts';

/** Reads the node, and writes its taints if they are to be others; `written` is called at the end. */
export function writeTaints(
  name: string,
  taintsFor: (node: Node) => readonly Taint[] | undefined,
  written: () => void = () => undefined,
): Plan {
  const target = { resource: 'nodes', namespace: '', name } as const;
  const done = (): Plan => {
    written();
    return DONE;
  };
  return write({ verb: 'get', ...target }, (result) => {
    if (!result.ok) return result.error.code === 404 ? done() : RETRY;
    const fresh = result.object as Node;
    const taints = taintsFor(fresh);
    if (taints === undefined) return done();
    const { resourceVersion } = fresh.metadata;
    const patch = { metadata: { resourceVersion }, spec: { taints } };
    return write({ verb: 'patch', ...target, patchType: 'merge', patch }, (patched) =>
      patched.ok ? done() : RETRY,
    );
  });
}

/** Their node does not answer: the pods are not ready, whatever their kubelet last said. */
export function markNotReady(all: Iterable<Pod>, timestamp: string): Plan {
  const pods = [...all].filter((pod) => conditionOf(pod.status?.conditions, 'Ready')?.status === 'True');
  const events = pods.map(
    (object): EventDraft => ({
      object,
      type: 'Warning',
      reason: 'NodeNotReady',
      message: 'Node is not ready',
    }),
  );
  return withEvents({ writes: pods.map((pod) => notReady(pod, timestamp)) }, events);
}

function notReady(pod: Pod, timestamp: string): ApiRequest {
  const conditions = (pod.status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready'
      ? { ...condition, status: 'False' as const, lastTransitionTime: timestamp }
      : condition,
  );
  const object: Pod = { ...pod, status: { ...pod.status, conditions } };
  return { verb: 'update', resource: 'pods', subresource: 'status', object };
}
