/**
 * The kubelet's status manager: one write per pod under way at a time, the newest status wins, the final delete comes
 * after the final status. Source: kubelet `status_manager.go`, Kubernetes v1.36.3.
 * DEVIATION: upstream reads the pod and sends a patch; here the write is an update conditional on the resourceVersion known,
 * repeated after a conflict: one request instead of two.
 */
import type { Pod, PodStatus } from '../api/index.ts';
import type { ApiResult } from '../apiserver/index.ts';
import type { KubeletContext } from './context.ts';
import { READY } from './pod-conditions.ts';
import { type PodState, reach } from './pod-state.ts';
import { ownConditions, podStatus, sameStatus, withOthers } from './pod-status.ts';

export class StatusWriter {
  readonly #context: KubeletContext;

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  /** Posts what the pod's state amounts to now, if the API does not know it yet. */
  publish(state: PodState, podIsTerminal: boolean): PodStatus {
    const now = this.#context.simulation.now;
    const status = podStatus(state, this.#context.clock.timestamp(now), podIsTerminal);
    if (sameStatus(state.status, status)) return state.status!;
    state.status = status;
    if (isReady(status) && reach(state, 'ready')) {
      this.#context.lifecycle.emit({
        time: now,
        pod: state.pod,
        slot: state.slot,
        node: state.node.name,
        step: 'ready',
      });
    }
    if (state.sent !== undefined) state.writePending = true;
    else this.#send(state, status);
    return status;
  }

  /** The object may go: nothing of the pod is left on the node. */
  publishDelete(state: PodState): void {
    if (state.finalDelete === 'no') state.finalDelete = 'pending';
    if (state.sent === undefined && !state.writePending) this.#delete(state);
  }

  /** The answer to a write of this state. */
  written(state: PodState, result: ApiResult): void {
    const { sent } = state;
    state.sent = undefined;
    if (result.ok) this.known(state, result.object as Pod);
    else if (result.error.code === 409) {
      // The newer object is on its way through the watch, or has come already.
      state.writePending = true;
      if (state.pod.metadata.resourceVersion !== sent?.metadata.resourceVersion) this.#write(state);
      return;
    } else if (result.error.code === 404) return;
    if (state.writePending) this.#write(state);
    else if (state.finalDelete === 'pending') this.#delete(state);
  }

  /** A version of the object came; older ones than the known are passed over. */
  known(state: PodState, pod: Pod): void {
    const before = state.pod;
    if (pod === before || isOlder(pod, before)) return;
    state.pod = pod;
    if (state.sent !== undefined) return;
    if (state.writePending || hasDrifted(state, pod)) this.#write(state);
  }

  /** Sends the status as it is now on top of the object as it is now; no write may be under way. */
  #write(state: PodState): void {
    const status = withOthers(state.status ?? {}, state.pod.status?.conditions);
    state.status = status;
    this.#send(state, status);
  }

  #send(state: PodState, status: PodStatus): void {
    const { pod, key, life, node } = state;
    state.sent = pod;
    state.writePending = false;
    const object: Pod = {
      apiVersion: pod.apiVersion,
      kind: pod.kind,
      metadata: pod.metadata,
      spec: pod.spec,
      status,
    };
    node.client.send(
      { verb: 'update', resource: 'pods', subresource: 'status', object },
      {
        port: this.#context.replies,
        event: { kind: 'status-written', key, n: life, state, result: undefined },
      },
      key,
    );
  }

  #delete(state: PodState): void {
    if (state.finalDelete === 'sent') return;
    state.finalDelete = 'sent';
    const { namespace = '', name, uid } = state.pod.metadata;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    state.node.client.send(
      { verb: 'delete', resource: 'pods', namespace, name, options },
      undefined,
      state.key,
    );
  }
}

const isReady = (status: PodStatus): boolean => status.conditions?.[READY]?.status === 'True';

/** Somebody else changed a condition that is the kubelet's to tell. Source: status manager `needsReconcile`. */
function hasDrifted({ status }: PodState, pod: Pod): boolean {
  const { conditions } = pod.status ?? {};
  if (status === undefined || pod.status === status || conditions === status.conditions) return false;
  return ownConditions(status.conditions).some(
    (own) => conditions?.find(({ type }) => type === own.type)?.status !== own.status,
  );
}

/** Versions are revisions of the store: decimal text, so a shorter one is older. */
function isOlder(
  { metadata: { resourceVersion: a } }: Pod,
  { metadata: { resourceVersion: b } }: Pod,
): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
