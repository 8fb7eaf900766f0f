/**
 * The compactor of a kube-apiserver: every five minutes it forgets the history up to where the store stood five minutes ago
 * (k8s.io/apiserver/pkg/storage/etcd3/compact.go, flag etcd-compaction-interval, Kubernetes v1.36).
 * DEVIATION: a watch can resume from anywhere in that history; upstream's watch cache may answer 410 earlier.
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

interface CompactEvent extends SimEvent {
  readonly kind: 'compact';
}

/** Has an event in the calendar only while there is history to forget. */
export class Compactor implements Component<CompactEvent> {
  readonly name = 'etcd-compactor';
  readonly #store: Store<StoredObject>;
  readonly #port: Port<CompactEvent>;
  /** Where the store stood at the last tick. */
  #lastTick = 0;
  #scheduled = false;

  constructor(simulation: Simulation, store: Store<StoredObject>) {
    this.#store = store;
    this.#port = simulation.port<CompactEvent>(this, Phase.commit);
  }

  /** Something was written. O(1). */
  written(): void {
    if (!this.#scheduled) this.#schedule();
  }

  handle(event: CompactEvent): void {
    this.#scheduled = false;
    if (event.n !== undefined && event.n > this.#store.compactRevision)
      this.#store.compact({ revision: event.n });
    this.#lastTick = this.#store.revision;
    if (this.#lastTick > this.#store.compactRevision) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#port.after(compactionInterval, { kind: 'compact', key: '', n: this.#lastTick });
  }
}
