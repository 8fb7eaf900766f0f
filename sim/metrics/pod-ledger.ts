/**
 * Every pod from its creation to its deletion, followed once for all recorders that tell of pods. A pod is a row: what is
 * known of it stands in arrays, so that none of the many pods of a run has objects of its own here.
 */
import type { ObservationBus, ObservationMap, Pod } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import { InstantTable } from './instant-table.ts';

type Step = ObservationMap['pod-lifecycle']['step'];

/** Columns of the instants of a pod. */
export const Instant = {
  created: 0,
  firstAttempt: 1,
  bound: 2,
  admitted: 3,
  rejected: 4,
  sandboxReady: 5,
  imagesPulled: 6,
  initialized: 7,
  started: 8,
  ready: 9,
  finished: 10,
  deleting: 11,
  deleted: 12,
} as const;

const INSTANT_OF: Readonly<Record<Step, number | undefined>> = {
  admitted: Instant.admitted,
  rejected: Instant.rejected,
  'sandbox-ready': Instant.sandboxReady,
  'images-pulled': Instant.imagesPulled,
  initialized: Instant.initialized,
  started: Instant.started,
  ready: Instant.ready,
  finished: Instant.finished,
  removed: undefined,
};

/** Told of a pod's row, of each thing the first time it happens. */
export interface PodFollower {
  created?(row: number, time: SimTime): void;
  /** The pod has a node. */
  bound?(row: number, time: SimTime): void;
  /** All containers ran. */
  started?(row: number, time: SimTime): void;
  /** It reached a terminal phase on its node. */
  finished?(row: number, time: SimTime): void;
  /** Its deletion was requested. */
  deleting?(row: number): void;
  /** It is gone, and its row is another pod's after this. */
  deleted?(row: number): void;
}

export class PodLedger {
  readonly instants = new InstantTable(Object.keys(Instant).length);
  /** By row, as the following ones: scheduling attempts. */
  readonly attempts: number[] = [];
  /** Container restarts. */
  readonly restarts: number[] = [];
  /** Why the last scheduling attempt failed; empty if it did not. */
  readonly failures: string[] = [];
  /** Of all pods. */
  totalFailed = 0;
  totalRestarts = 0;
  /** The newest version, by row. */
  readonly #pods: (Pod | undefined)[] = [];
  /** By UID, in the order of creation. */
  readonly #rows = new Map<string, number>();
  readonly #followers: PodFollower[] = [];
  /** Of the pod seen last: several things often happen to one at a time. */
  #lastUid = '';
  #lastRow = 0;

  constructor(bus: ObservationBus) {
    bus.on('pod-changed', (seen) => this.#changed(seen));
    bus.on('scheduling-attempt', (seen) => this.#attempted(seen));
    bus.on('pod-lifecycle', (seen) => this.#stepped(seen));
    bus.on('container-restarted', (seen) => this.#restarted(seen.pod));
  }

  follow(follower: PodFollower): void {
    this.#followers.push(follower);
  }

  /** Rows of the pods that are there, in the order of creation. */
  live(): IterableIterator<number> {
    return this.#rows.values();
  }

  /** The newest version of the pod in a row. */
  pod(row: number): Pod {
    return this.#pods[row]!;
  }

  #changed({ time, pod, previous, deleted }: ObservationMap['pod-changed']): void {
    const { metadata, spec, status } = pod;
    const known = this.#rowOf(metadata.uid);
    const row = known ?? this.#create(metadata.uid, time);
    this.#pods[row] = pod;
    if (known === undefined) for (const follower of this.#followers) follower.created?.(row, time);
    if (spec !== previous?.spec && spec.nodeName && this.instants.setOnce(row, Instant.bound, time))
      for (const follower of this.#followers) follower.bound?.(row, time);
    if (previous !== undefined && status !== previous.status && status?.phase === 'Failed')
      this.totalFailed += Number(previous.status?.phase !== 'Failed');
    if (metadata.deletionTimestamp !== undefined && this.instants.setOnce(row, Instant.deleting, time))
      for (const follower of this.#followers) follower.deleting?.(row);
    if (deleted) this.#delete(row, metadata.uid, time);
  }

  #create(uid: string, time: SimTime): number {
    const row = this.instants.take();
    this.instants.setOnce(row, Instant.created, time);
    this.attempts[row] = 0;
    this.restarts[row] = 0;
    this.failures[row] = '';
    this.#rows.set(uid, row);
    this.#lastUid = uid;
    this.#lastRow = row;
    return row;
  }

  #delete(row: number, uid: string, time: SimTime): void {
    this.instants.setOnce(row, Instant.deleted, time);
    for (const follower of this.#followers) follower.deleted?.(row);
    this.#pods[row] = undefined;
    this.#rows.delete(uid);
    this.#lastUid = '';
    this.instants.release(row);
  }

  #rowOf(uid: string): number | undefined {
    if (uid === this.#lastUid) return this.#lastRow;
    const row = this.#rows.get(uid);
    if (row === undefined) return undefined;
    this.#lastUid = uid;
    this.#lastRow = row;
    return row;
  }

  #attempted({ time, pod, message }: ObservationMap['scheduling-attempt']): void {
    const row = this.#rowOf(pod.metadata.uid);
    if (row === undefined) return;
    this.instants.setOnce(row, Instant.firstAttempt, time);
    this.attempts[row]!++;
    this.failures[row] = message;
  }

  #stepped({ time, pod, step }: ObservationMap['pod-lifecycle']): void {
    const instant = INSTANT_OF[step];
    if (instant === undefined) return;
    const row = this.#rowOf(pod.metadata.uid);
    if (row === undefined || !this.instants.setOnce(row, instant, time)) return;
    if (instant === Instant.started) for (const follower of this.#followers) follower.started?.(row, time);
    else if (instant === Instant.finished)
      for (const follower of this.#followers) follower.finished?.(row, time);
  }

  #restarted({ metadata }: Pod): void {
    this.totalRestarts++;
    const row = this.#rowOf(metadata.uid);
    if (row !== undefined) this.restarts[row]!++;
  }
}
