/**
 * One watch: a list, then the changes after it, seen through its selectors. An object that starts to match is ADDED,
 * one that ceases to match is DELETED with its former state (k8s.io/apiserver/pkg/storage/cacher, v1.36).
 */
import type { ResourceName, ResourceTypes } from '../api/index.ts';
import { withVersion } from './object-meta.ts';
import type { WatchEventType, WatchHandle, WatchSink } from './request.ts';
import type { Selection } from './selection.ts';
import type { Change, StoredObject } from './stored-object.ts';

export class Watch implements WatchHandle {
  readonly selection: Selection;
  readonly #sink: WatchSink;
  readonly #removeFrom: { remove(watch: Watch): void };
  /** Changes up to here are in the list. */
  #since = Number.MAX_SAFE_INTEGER;
  #listed = false;
  #stopped = false;
  #backlog: Change[] = [];

  constructor(selection: Selection, sink: WatchSink, index: { remove(watch: Watch): void }) {
    this.selection = selection;
    this.#sink = sink;
    this.#removeFrom = index;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#backlog = [];
    this.#removeFrom.remove(this);
  }

  /** The server ends the watch: the client has to list again. */
  expire(): void {
    if (this.#stopped) return;
    this.stop();
    this.#sink.onExpired?.();
  }

  /** The server has taken up the watch at `revision`; what comes after waits until the client knows, behind what it missed. */
  startAt(revision: number, missed: readonly Change[] | undefined): void {
    this.#since = revision;
    if (missed !== undefined) this.#backlog.push(...missed);
  }

  /** The client has the list. */
  list(items: readonly StoredObject[], revision: number, slots: readonly number[]): void {
    if (this.#stopped) return;
    this.#sink.onList(items as readonly ResourceTypes[ResourceName][], revision, slots);
    this.resume();
  }

  /** The client has everything up to the start revision. */
  resume(): void {
    this.#listed = true;
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const change of backlog) if (!this.#stopped) this.#deliver(change);
  }

  /** A change of this watch's resource has arrived. */
  offer(change: Change): void {
    if (change.n <= this.#since || this.#stopped) return;
    if (this.#listed) this.#deliver(change);
    else this.#backlog.push(change);
  }

  #deliver(change: Change): void {
    if (this.selection.everything) this.#emit(change.type, change.object, change.previous, change);
    else this.#deliverSelected(change);
  }

  #deliverSelected(change: Change): void {
    const { type, object, previous } = change;
    const now = type !== 'DELETED' && this.selection.covers(object);
    const before = previous !== undefined && this.selection.covers(previous);
    if (now) this.#emit(before ? 'MODIFIED' : 'ADDED', object, before ? previous : undefined, change);
    else if (before)
      this.#emit('DELETED', type === 'DELETED' ? object : left(previous, object), previous, change);
  }

  #emit(
    type: WatchEventType,
    object: StoredObject,
    previous: StoredObject | undefined,
    { key, slot }: Change,
  ): void {
    this.#sink.onEvent(
      type,
      object as ResourceTypes[ResourceName],
      previous as ResourceTypes[ResourceName] | undefined,
      key,
      slot,
    );
  }
}

/** The former state under the resourceVersion of the change that took it out of the selection. */
function left(previous: StoredObject, object: StoredObject): StoredObject {
  return withVersion(previous, object.metadata.resourceVersion);
}
