/**
 * The compactor of a kube-apiserver: every five minutes it forgets the history up to where the store stood five minutes ago
 * (k8s.io/apiserver/pkg/storage/etcd3/compact.go, flag etcd-compaction-interval, Kubernetes v1.36).
 * DEVIATION: a watch can resume from anywhere in the history; upstream's watch cache may answer 410 earlier. In scenarios, where
 * no client resumes one, the history is some hundred revisions instead of five minutes.
 */
import {
  type Component,
  minutes,
  Phase,
  type Port,
  type SimEvent,
  type Simulation,
} from '../engine/index.ts';
import type { Store } from '../store/store.ts';
import type { StoredObject } from './stored-object.ts';

/** Documented: flag etcd-compaction-interval. */
export const compactionInterval = minutes(5);

/**
 * `interval`: five minutes and more. `short`: a few hundred revisions, for servers whose clients do not resume watches, as in
 * scenarios: what was overwritten dies young instead of being kept for minutes. The compactor's events are the same.
 */
export type HistoryLength = 'interval' | 'short';

/** Revisions that a short history reaches back, at least. Assumed. */
const shortHistory = 256;

interface CompactEvent extends SimEvent {
  readonly kind: 'compact';
}

/** Has an event in the calendar only while there is history to forget. */
export class Compactor implements Component<CompactEvent> {
  readonly name = 'etcd-compactor';
  readonly #store: Store<StoredObject>;
  readonly #port: Port<CompactEvent>;
  readonly #short: boolean;
  /** Where the store stood at the last tick. */
  #lastTick = 0;
  /** Where the last compaction of the interval stood. */
  #compacted = -1;
  #scheduled = false;

  constructor(simulation: Simulation, store: Store<StoredObject>, history: HistoryLength) {
    this.#store = store;
    this.#short = history === 'short';
    this.#port = simulation.port<CompactEvent>(this, Phase.commit);
  }

  /** Something was written. O(1) amortised. */
  written(): void {
    if (!this.#scheduled) this.#schedule();
    const { revision, compactRevision } = this.#store;
    if (this.#short && revision - compactRevision >= 2 * shortHistory) this.#forget(revision - shortHistory);
  }

  handle(event: CompactEvent): void {
    this.#scheduled = false;
    if (event.n !== undefined && event.n > this.#compacted) {
      this.#compacted = event.n;
      this.#forget(event.n);
    }
    this.#lastTick = this.#store.revision;
    if (this.#lastTick > this.#compacted) this.#schedule();
  }

  #forget(revision: number): void {
    if (revision > this.#store.compactRevision) this.#store.compact({ revision });
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#port.after(compactionInterval, { kind: 'compact', key: '', n: this.#lastTick });
  }
}
