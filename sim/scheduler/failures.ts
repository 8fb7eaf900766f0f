/** What becomes of a pod that got no node: `handleSchedulingFailure` of schedule_one.go, Kubernetes v1.36. */
import type { Pod } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/request.ts';
import { refusedOnNode } from './framework/diagnosis.ts';
import { isRejection, type Status } from './framework/status.ts';
import { changedCondition, patchStatus } from './pod-status.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

export interface FailureServices {
  readonly queue: SchedulingQueue;
  /** The pod as the informer has it. */
  pod(key: string): Pod | undefined;
  warn(pod: Pod, message: string): void;
  timestamp(): string;
}

/** Upstream cuts the message of an Event here. */
const MAX_EVENT_MESSAGE = 1024;
const CUT = ' ...';

/**
 * The pod waits again, unless it is gone or bound meanwhile. `nominate` empty clears the nomination, undefined leaves it.
 * Returns what the API is to be told, if it is anything new.
 */
export function podFailed(
  { queue, pod: podOf, warn, timestamp }: FailureServices,
  queued: QueuedPod,
  status: Status,
  nominate: string | undefined,
): ApiRequest | undefined {
  const live = podOf(queued.key);
  const { uid } = queued.pod.metadata;
  if (live === undefined || (live.spec.nodeName ?? '') !== '') queue.done(uid);
  else if (live.metadata.uid !== uid) {
    queue.done(uid);
    return undefined;
  } else {
    queued.pod = live;
    queue.addUnschedulable(queued);
  }
  const { pod } = queued;
  if (live !== undefined) queue.nominator.set(pod, nominate ?? pod.status?.nominatedNodeName ?? '');
  warn(pod, shortened(status.message));
  return report(pod, status, nominate, timestamp());
}

const shortened = (message: string): string =>
  message.length <= MAX_EVENT_MESSAGE ? message : message.slice(0, MAX_EVENT_MESSAGE - CUT.length) + CUT;

/** Undefined if the pod's status says so already. */
function report(
  pod: Pod,
  status: Status,
  nominate: string | undefined,
  timestamp: string,
): ApiRequest | undefined {
  const condition = changedCondition(
    pod,
    {
      type: 'PodScheduled',
      status: 'False',
      reason: isRejection(status) ? 'Unschedulable' : 'SchedulerError',
      message: status.message,
    },
    timestamp,
  );
  const nominated = pod.status?.nominatedNodeName ?? '';
  const nominatedNodeName = nominate === undefined || nominate === nominated ? undefined : nominate;
  if (condition === undefined && nominatedNodeName === undefined) return undefined;
  return patchStatus(pod, { condition, nominatedNodeName });
}

/** Notes who refused the node that had been chosen for the pod; what the pod is told of it. */
export function refused(queued: QueuedPod, status: Status): Status {
  if (!isRejection(status)) return status;
  if (status.code === 'Pending') queued.pendingFor(status.plugin);
  else queued.rejectedBy(status.plugin);
  return refusedOnNode(status);
}
