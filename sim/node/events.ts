/** What happens on nodes, as events of one component. `n` is the serial number of the pod's state unless a kind says otherwise. */
import type { ReplyEvent } from '../apiserver/index.ts';
import type { SimEvent } from '../engine/index.ts';

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
}

/** `container` is its place among init containers and regular ones, in that order; `instance` counts its restarts. */
interface ContainerEvent extends SimEvent {
  readonly kind: 'container-started' | 'container-probed';
  readonly n: number;
  readonly container: number;
  readonly instance: number;
}

interface ContainerExited extends SimEvent {
  readonly kind: 'container-exited';
  readonly n: number;
  readonly container: number;
  readonly instance: number;
  readonly exitCode: number;
}

/** `key` is the node's; `n` counts the kubelet's starts (for pulls: the pulls), so that what a dead kubelet planned is passed over. */
export interface NodeEvent extends SimEvent {
  readonly kind: 'relist' | 'kubelet-started' | 'node-status-due' | 'lease-due' | 'pull-ended';
  readonly n: number;
}

interface StatusWritten extends ReplyEvent {
  readonly kind: 'status-written';
  readonly n: number;
}

/** `key` is the node's. */
interface NodeAnswered extends ReplyEvent {
  readonly kind: 'node-read' | 'node-written';
  readonly n: number;
}

export type KubeletReply = StatusWritten | NodeAnswered;
/** About a pod's state, named by `n`. */
export type PodRelatedEvent = PodEvent | ContainerEvent | ContainerExited | StatusWritten;
export type KubeletEvent = PodRelatedEvent | NodeEvent | NodeAnswered;
