/**
 * What happens on nodes, as events of one component. Each holds the record it is about; `n` is the `life` of that record when
 * the event was planned: if it has another by now, the event is void. A pull's is the node's count of pulls.
 */
import type { ReplyEvent } from '../apiserver/index.ts';
import type { SimEvent } from '../engine/index.ts';
import type { ContainerState } from './container-state.ts';
import type { NodeState, PodState } from './pod-state.ts';

/** `key` is the pod's. */
interface PodEvent extends SimEvent {
  readonly kind: /** Its sandbox is up. */
    | 'sandbox-started'
    /** The containers that had to go before others start are dead. */
    | 'containers-killed'
    /** All containers have ended after SIGTERM or SIGKILL. */
    | 'pod-stopped'
    /** Sandbox, volumes and cgroup are gone. */
    | 'pod-torn-down'
    /** Its worker looks again after a back-off. */
    | 'pod-requeued';
  readonly n: number;
  readonly state: PodState;
}

/** `instance` counts the container's restarts. */
export interface ContainerEvent extends SimEvent {
  readonly kind: 'container-started' | 'container-probed' | 'container-exited';
  readonly n: number;
  readonly state: PodState;
  readonly container: ContainerState;
  readonly instance: number;
  /** Of one that exits. */
  readonly exitCode: number;
}

/** `key` is the node's; for `pull-ended`, `n` counts the pulls. */
interface NodeEvent extends SimEvent {
  readonly kind: 'relist' | 'kubelet-started' | 'node-status-due' | 'lease-due' | 'pull-ended';
  readonly n: number;
  readonly node: NodeState;
}

interface StatusWritten extends ReplyEvent {
  readonly kind: 'status-written';
  readonly n: number;
  readonly state: PodState;
}

/** `key` is the node's. */
interface NodeAnswered extends ReplyEvent {
  readonly kind: 'node-read' | 'node-written';
  readonly n: number;
  readonly node: NodeState;
}

export type KubeletReply = StatusWritten | NodeAnswered;
export type PodRelatedEvent = PodEvent | ContainerEvent | StatusWritten;
export type NodeRelatedEvent = NodeEvent | NodeAnswered;
export type KubeletEvent = PodRelatedEvent | NodeRelatedEvent;

export const podEvent = (kind: PodEvent['kind'], state: PodState): PodEvent => ({
  kind,
  key: state.key,
  n: state.life,
  state,
});

export const containerEvent = (
  kind: ContainerEvent['kind'],
  state: PodState,
  container: ContainerState,
  instance: number,
  exitCode = 0,
): ContainerEvent => ({ kind, key: state.key, n: state.life, state, container, instance, exitCode });

export const nodeEvent = (kind: NodeEvent['kind'], node: NodeState, n = node.life): NodeEvent => ({
  kind,
  key: node.name,
  n,
  node,
});
