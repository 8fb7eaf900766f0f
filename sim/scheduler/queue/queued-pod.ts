/** A pod waiting to be scheduled: `framework.QueuedPodInfo`, Kubernetes v1.36. */
import { keyOf, type Pod } from '../../api/index.ts';
import type { SimTime } from '../../engine/index.ts';
import type { SortablePod } from '../framework/interface.ts';

/** Which queue a pod is in; `in-flight` from its pop until its attempt, binding included, is over. */
export type QueueName = 'none' | 'active' | 'backoff' | 'error-backoff' | 'unschedulable' | 'in-flight';

export const NOT_YET = -1;

const NOBODY: ReadonlySet<string> = new Set();

export class QueuedPod {
  pod: Pod;
  readonly key: string;
  /** The `slot` of its WatchEvent, for observers; negative: it came without one, or was gone when the watch told of it. */
  readonly slot: number;
  queue: QueueName = 'none';
  /** When it entered the queue this time round: on creation, and after each failed attempt. */
  timestamp: SimTime;
  /** When it was first ready to be tried; NOT_YET before. */
  initialAttempt = NOT_YET;
  /** Attempts begun. */
  attempts = 0;
  /** Attempts that a plugin ended. */
  unschedulableCount = 0;
  /** Attempts in a row that ended in an error. */
  consecutiveErrors = 0;
  /** Cached end of the back-off; NOT_YET if it has to be computed. */
  backoffExpiration = NOT_YET;
  /** Who rejected it, in the last attempt or at the gate. */
  unschedulablePlugins: ReadonlySet<string> = NOBODY;
  /** Who asked it to wait for something. */
  pendingPlugins: ReadonlySet<string> = NOBODY;
  /** The PreEnqueue plugin that keeps it out; empty if none. */
  gatingPlugin = '';
  /** Its entry in the heap it is in. */
  entry: HeapEntry | undefined;

  constructor(pod: Pod, timestamp: SimTime, key = keyOf(pod), slot = -1) {
    this.pod = pod;
    this.key = key;
    this.slot = slot;
    this.timestamp = timestamp;
  }

  rejectedBy(plugin: string): void {
    this.unschedulablePlugins = new Set(this.unschedulablePlugins).add(plugin);
  }

  pendingFor(plugin: string): void {
    this.pendingPlugins = new Set(this.pendingPlugins).add(plugin);
  }

  /** A new attempt begins. */
  forgetRejections(): void {
    this.unschedulablePlugins = NOBODY;
    this.pendingPlugins = NOBODY;
    this.gatingPlugin = '';
  }

  /** True if plugins ended the last attempt, or keep the pod at the gate; false after an error. */
  get rejected(): boolean {
    return this.unschedulablePlugins.size > 0 || this.pendingPlugins.size > 0;
  }

  get gated(): boolean {
    return this.gatingPlugin !== '';
  }
}

/** A queued pod in a heap. What orders it does not change; an entry whose pod left the heap is dead and skipped. */
export class HeapEntry implements SortablePod {
  readonly queued: QueuedPod;
  readonly pod: Pod;
  readonly timestamp: SimTime;
  /** End of the back-off, for the back-off heaps. */
  readonly expiration: number;
  /** Order of arrival: the last tie-break. */
  readonly sequence: number;
  alive = true;

  constructor(queued: QueuedPod, expiration: number, sequence: number) {
    this.queued = queued;
    this.pod = queued.pod;
    this.timestamp = queued.timestamp;
    this.expiration = expiration;
    this.sequence = sequence;
  }
}
