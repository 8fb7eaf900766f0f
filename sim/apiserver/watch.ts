/**
 * HOT PATH: one watch: a list, then the changes after it, seen through its selectors. An object that starts to match is ADDED,
 * one that ceases to match is DELETED with its former state (k8s.io/apiserver/pkg/storage/cacher, v1.36).
 */
import type { ResourceName, ResourceTypes } from '../api/index.ts';
import { withVersion } from './object-meta.ts';
import type { WatchEvent, WatchHandle, WatchSink } from './request.ts';
import type { Selection } from './selection.ts';
import type { Change, StoredObject } from './stored-object.ts';

/** What a change did about a watch's trigger value: the object has it (or had it last), now has it, or has it no more. */
export type Passage = 'stays' | 'enters' | 'leaves';

/** The watches of a resource. */
interface Watches {
  add(watch: Watch): void;
  remove(watch: Watch): void;
}

export class Watch implements WatchHandle {
  /** Changes up to here are in the list. */
  #since = 0;
  /** Its trigger value says all: no change needs a look at the selectors. */
  #unfiltered = false;
  /** Behind it, among the watches for the same trigger value. */
  next: Watch | undefined;
  readonly #sink: WatchSink;
  #listed = false;
  #stopped = false;
  #backlog: Change[] = [];
  readonly selection: Selection;
  /** Where it has been added; undefined until the server takes it up. */
  #index: Watches | undefined;

  constructor(selection: Selection, sink: WatchSink) {
    this.selection = selection;
    this.#sink = sink;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unfiltered = false;
    this.#backlog = [];
    this.#index?.remove(this);
  }

  /** The server ends the watch: the client has to list again. */
  expire(): void {
    if (this.#stopped) return;
    this.stop();
    this.#sink.onExpired?.();
  }

  /** The server takes up the watch at `revision`; what comes after waits until the client knows, behind what it missed. */
  startAt(revision: number, missed: readonly Change[] | undefined, index: Watches): void {
    this.#since = revision;
    if (missed !== undefined) this.#backlog.push(...missed);
    this.#index = index;
    index.add(this);
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
    for (const change of backlog) this.#deliver(change);
    this.#unfiltered = this.selection.triggerDecides && !this.#stopped;
  }

  /** A change of this watch's resource has arrived. */
  offer(change: Change, passage: Passage): void {
    if (change.n <= this.#since) return;
    if (this.#unfiltered) this.#pass(change, passage);
    else if (this.#listed) this.#deliver(change);
    else if (!this.#stopped) this.#backlog.push(change);
  }

  #pass(change: Change, passage: Passage): void {
    if (passage === 'stays') this.#tell(change);
    else this.#tell(passage === 'enters' ? entering(change) : leaving(change, change.previous!));
  }

  #deliver(change: Change): void {
    if (this.#stopped) return;
    const { type, object, previous } = change;
    const now = type !== 'DELETED' && this.selection.covers(object);
    const before = previous !== undefined && this.selection.covers(previous);
    if (now) this.#tell(before || type === 'ADDED' ? change : entering(change));
    else if (before) this.#tell(type === 'DELETED' ? change : leaving(change, previous));
  }

  #tell(change: Change): void {
    this.#sink.onEvent(change as WatchEvent);
  }
}

/** The object has come into the selection. */
const entering = ({ kind, key, n, resource, slot, object }: Change): Change => ({
  kind,
  key,
  n,
  resource,
  type: 'ADDED',
  slot,
  object,
  previous: undefined,
});

/** It has left: the former state, under the resourceVersion of the change that took it out. */
const leaving = ({ kind, key, n, resource, slot, object }: Change, previous: StoredObject): Change => ({
  kind,
  key,
  n,
  resource,
  type: 'DELETED',
  slot,
  object: withVersion(previous, object.metadata.resourceVersion),
  previous,
});
