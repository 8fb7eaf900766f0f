/**
 * Every pod from its creation to its deletion, followed once for all recorders that tell of pods. What is known of it stands
 * in arrays at its slot, so that none of the many pods of a run has objects of its own here.
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
  halted: undefined,
  resumed: undefined,
  finished: Instant.finished,
  removed: undefined,
};

/** Told of a pod by its slot, of each thing the first time it happens. */
export interface PodFollower {
  created?(slot: number, time: SimTime): void;
  /** It was given a node; not told of one that was created with a node. */
  bound?(slot: number, time: SimTime): void;
  /** All containers ran. */
  started?(slot: number, time: SimTime): void;
  /** It reached a terminal phase on its node. */
  finished?(slot: number, time: SimTime): void;
  /** The API knows that it ended well, without having been told to. */
  succeeded?(slot: number): void;
  /** Its deletion was requested. */
  deleting?(slot: number): void;
  /** It is gone; its slot may be another pod's after this. */
  deleted?(slot: number): void;
}

export class PodLedger {
  /** By slot, as the following ones. It hears of all pods, and slots are given in turn: no array has holes. */
  readonly instants = new InstantTable(Object.keys(Instant).length);
  /** Scheduling attempts. */
  readonly attempts: number[] = [];
  /** Container restarts. */
  readonly restarts: number[] = [];
  /** Of all pods. */
  totalCreated = 0;
  totalFailed = 0;
  /** Without those that were told to stop. */
  totalSucceeded = 0;
  totalRestarts = 0;
  /** The newest version; undefined if no pod has the slot. */
  readonly #pods: (Pod | undefined)[] = [];
  /** Empty if no pod has the slot. */
  readonly #uids: string[] = [];
  /** How many had been created when it was. */
  readonly #serials: number[] = [];
  readonly #followers: PodFollower[] = [];

  constructor(bus: ObservationBus) {
    bus.on('pod-changed', (seen) => this.#changed(seen));
    bus.on('scheduling-attempt', (seen) => this.#attempted(seen));
    bus.on('pod-lifecycle', (seen) => this.#stepped(seen));
    bus.on('container-restarted', (seen) => this.#restarted(seen));
  }

  follow(follower: PodFollower): void {
    this.#followers.push(follower);
  }

  /** Slots of the pods that are there, in the order of creation. */
  live(): readonly number[] {
    const slots = [...this.#uids.keys()].filter((slot) => this.#pods[slot] !== undefined);
    return slots.sort((a, b) => this.#serials[a]! - this.#serials[b]!);
  }

  /** The newest version of the pod that is there. */
  pod(slot: number): Pod {
    return this.#pods[slot]!;
  }

  #changed({ time, pod, slot, previous, deleted }: ObservationMap['pod-changed']): void {
    const { metadata, spec, status } = pod;
    const known = this.#uids[slot] === metadata.uid;
    this.#pods[slot] = pod;
    if (!known) this.#create(slot, metadata.uid, time);
    if (spec !== previous?.spec && spec.nodeName && this.instants.setOnce(slot, Instant.bound, time))
      if (previous !== undefined) for (const follower of this.#followers) follower.bound?.(slot, time);
    const phase = status?.phase;
    if (previous !== undefined && status !== previous.status && phase !== previous.status?.phase) {
      this.totalFailed += Number(phase === 'Failed');
      if (phase === 'Succeeded' && metadata.deletionTimestamp === undefined) this.#succeeded(slot);
    }
    if (metadata.deletionTimestamp !== undefined && this.instants.setOnce(slot, Instant.deleting, time))
      for (const follower of this.#followers) follower.deleting?.(slot);
    if (deleted) this.#delete(slot, time);
  }

  #create(slot: number, uid: string, time: SimTime): void {
    this.instants.clear(slot);
    this.instants.setOnce(slot, Instant.created, time);
    this.attempts[slot] = 0;
    this.restarts[slot] = 0;
    this.#uids[slot] = uid;
    this.#serials[slot] = this.totalCreated++;
    for (const follower of this.#followers) follower.created?.(slot, time);
  }

  #succeeded(slot: number): void {
    this.totalSucceeded++;
    for (const follower of this.#followers) follower.succeeded?.(slot);
  }

  #delete(slot: number, time: SimTime): void {
    this.instants.setOnce(slot, Instant.deleted, time);
    for (const follower of this.#followers) follower.deleted?.(slot);
    this.#pods[slot] = undefined;
    this.#uids[slot] = '';
  }

  #attempted({ time, pod, slot }: ObservationMap['scheduling-attempt']): void {
    if (this.#uids[slot] !== pod.metadata.uid) return;
    this.instants.setOnce(slot, Instant.firstAttempt, time);
    this.attempts[slot]!++;
  }

  #stepped({ time, pod, slot, step }: ObservationMap['pod-lifecycle']): void {
    const instant = INSTANT_OF[step];
    // The node may still have a pod that the API has no more.
    if (instant === undefined || this.#uids[slot] !== pod.metadata.uid) return;
    if (!this.instants.setOnce(slot, instant, time)) return;
    if (instant === Instant.started) for (const follower of this.#followers) follower.started?.(slot, time);
    else if (instant === Instant.finished)
      for (const follower of this.#followers) follower.finished?.(slot, time);
  }

  #restarted({ pod, slot }: ObservationMap['container-restarted']): void {
    this.totalRestarts++;
    if (this.#uids[slot] === pod.metadata.uid) this.restarts[slot]!++;
  }
}
