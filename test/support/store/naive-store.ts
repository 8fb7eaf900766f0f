/**
 * Naive twin of the store, its oracle in property tests: a copy of the whole state for every revision, a list of all
 * changes, and every answer worked out from these anew. Takes only well-formed requests.
 */
import type { KeyInterval } from '../../../sim/store/interval.ts';
import { keyInterval } from '../../../sim/store/interval.ts';
import type {
  Compare,
  DeleteRangeRequest,
  KeyValue,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  WatchCreateRequest,
} from '../../../sim/store/types.ts';

export type State = ReadonlyMap<string, KeyValue<string>>;

export interface NaiveEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly key: string;
  readonly modRevision: number;
  readonly kv: KeyValue<string> | undefined;
  readonly prevKv: KeyValue<string> | undefined;
}

export interface NaiveWatcher {
  readonly request: WatchCreateRequest;
  next: number;
  live: boolean;
  readonly received: (NaiveEvent | 'compacted')[];
}

/** Messages of failures, undefined for success. */
export type Failure = string;

const FUTURE = 'etcdserver: mvcc: required revision is a future revision';
const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
const NO_LEASE = 'etcdserver: requested lease not found';
const NO_KEY = 'etcdserver: key not found';

function within({ from, end }: KeyInterval, key: string): boolean {
  if (end === undefined) return key === from;
  return key >= from && (end === '' || key < end);
}

export class NaiveStore {
  /** By revision; 0 is unused. */
  readonly states: State[] = [new Map(), new Map()];
  readonly changes: {
    readonly revision: number;
    readonly key: string;
    readonly kv: KeyValue<string> | undefined;
  }[] = [];
  readonly leases = new Set<number>();
  readonly watchers: NaiveWatcher[] = [];
  compactRevision = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  put(request: PutRequest<string>): Failure | undefined {
    return this.#leaseFailure(request) ?? this.#keyFailure(request) ?? this.#commit([{ put: request }]);
  }

  deleteRange(request: DeleteRangeRequest): number {
    const found = this.live(request).length;
    this.#commit([{ deleteRange: request }]);
    return found;
  }

  /** Ends a lease: its keys go in key order. */
  revoke(id: number): Failure | undefined {
    if (!this.leases.delete(id)) return NO_LEASE;
    const keys = [...this.#now.values()].filter((kv) => kv.lease === id).map((kv) => kv.key);
    return this.#commit(keys.sort().map((key) => ({ deleteRange: { key } })));
  }

  compact(revision: number): Failure | undefined {
    if (revision <= this.compactRevision) return COMPACTED;
    if (revision > this.revision) return FUTURE;
    this.compactRevision = revision;
    return undefined;
  }

  live(request: DeleteRangeRequest): KeyValue<string>[] {
    return this.#in(this.#now, keyInterval(request.key, request.rangeEnd));
  }

  range(request: RangeRequest): Failure | { kvs: KeyValue<string>[]; more: boolean; count: number } {
    const asked = request.revision ?? 0;
    if (asked > this.revision) return FUTURE;
    const revision = asked > 0 ? asked : this.revision;
    if (revision < this.compactRevision) return COMPACTED;
    const all = this.#in(this.states[revision]!, keyInterval(request.key, request.rangeEnd));
    if (request.countOnly) return { kvs: [], more: false, count: all.length };
    const limit = request.limit && request.limit > 0 ? request.limit : Number.POSITIVE_INFINITY;
    const unordered = (request.sortOrder ?? 'NONE') === 'NONE' && !hasFilter(request);
    const kvs = (unordered ? all.slice(0, limit + 1) : all).filter((kv) => passes(request, kv));
    sortNaively(kvs, request);
    const cut = kvs.slice(0, limit).map((kv) => (request.keysOnly ? { ...kv, value: '' } : kv));
    return { kvs: cut, more: kvs.length > cut.length, count: all.length };
  }

  txn(request: TxnRequest<string>): Failure | boolean {
    const ops = this.#flatten(request);
    for (const op of ops) {
      const failure = 'put' in op ? (this.#keyFailure(op.put) ?? this.#leaseFailure(op.put)) : undefined;
      if (failure !== undefined) return failure;
    }
    const succeeded = this.#holds(request);
    this.#commit(ops);
    return succeeded;
  }

  watch(request: WatchCreateRequest): NaiveWatcher {
    const next = request.startRevision ? request.startRevision : this.revision + 1;
    const watcher = { request, next, live: true, received: [] };
    this.watchers.push(watcher);
    return watcher;
  }

  /** Everybody who is still live gets what was missed. */
  catchUp(): void {
    for (const watcher of this.watchers) {
      if (!watcher.live || watcher.next > this.revision) continue;
      if (watcher.next < this.compactRevision) {
        watcher.received.push('compacted');
        watcher.live = false;
        continue;
      }
      for (const [index, change] of this.changes.entries()) {
        if (change.revision >= watcher.next && this.#retained(index)) this.#receive(watcher, change);
      }
      watcher.next = this.revision + 1;
    }
  }

  get #now(): State {
    return this.states[this.revision]!;
  }

  /** Of the compacted revision itself, only the last change of each key is left. */
  #retained(index: number): boolean {
    const { revision, key } = this.changes[index]!;
    if (revision !== this.compactRevision) return true;
    return !this.changes.slice(index + 1).some((later) => later.revision === revision && later.key === key);
  }

  #receive(watcher: NaiveWatcher, { revision, key, kv }: NaiveStore['changes'][number]): void {
    const { request } = watcher;
    const type = kv === undefined ? 'DELETE' : 'PUT';
    if (!within(keyInterval(request.key || '\0', request.rangeEnd), key)) return;
    if (request.filters?.includes(type === 'PUT' ? 'NOPUT' : 'NODELETE')) return;
    const known = request.prevKv && revision - 1 >= this.compactRevision && kv?.createRevision !== revision;
    const prevKv = known ? this.states[revision - 1]?.get(key) : undefined;
    watcher.received.push({ type, key, modRevision: revision, kv, prevKv });
  }

  #in(state: State, interval: KeyInterval): KeyValue<string>[] {
    const kvs = [...state.values()].filter((kv) => within(interval, kv.key));
    return kvs.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #leaseFailure({ lease = 0 }: PutRequest<string>): Failure | undefined {
    return lease !== 0 && !this.leases.has(lease) ? NO_LEASE : undefined;
  }

  #keyFailure({ key = '', ignoreValue, ignoreLease }: PutRequest<string>): Failure | undefined {
    return (ignoreValue || ignoreLease) && !this.#now.has(key) ? NO_KEY : undefined;
  }

  /** The operations taken, those of nested transactions in place. */
  #flatten(request: TxnRequest<string>): RequestOp<string>[] {
    const ops = (this.#holds(request) ? request.success : request.failure) ?? [];
    return ops.flatMap((op) => ('txn' in op ? this.#flatten(op.txn) : [op]));
  }

  #holds(request: TxnRequest<string>): boolean {
    return (request.compare ?? []).every((compare) => {
      const kvs = this.live(compare.rangeEnd === undefined ? { key: compare.key! } : { ...compare });
      if (kvs.length > 0) return kvs.every((kv) => compareNaively(compare, kv));
      return compare.target !== 'VALUE' && compareNaively(compare, undefined);
    });
  }

  #commit(ops: readonly RequestOp<string>[]): undefined {
    const revision = this.revision + 1;
    const state = new Map(this.#now);
    const before = this.changes.length;
    for (const op of ops) {
      if ('put' in op) this.#write(state, op.put, revision);
      else if ('deleteRange' in op) {
        const { key, rangeEnd } = op.deleteRange;
        for (const kv of this.#in(state, keyInterval(key, rangeEnd))) {
          state.delete(kv.key);
          this.changes.push({ revision, key: kv.key, kv: undefined });
        }
      }
    }
    if (this.changes.length === before) return;
    const upToDate = this.watchers.filter((watcher) => watcher.live && watcher.next === revision);
    this.states.push(state);
    for (const watcher of upToDate) {
      for (const change of this.changes.slice(before)) this.#receive(watcher, change);
      watcher.next = revision + 1;
    }
  }

  #write(state: Map<string, KeyValue<string>>, request: PutRequest<string>, revision: number): void {
    const key = request.key ?? '';
    const old = state.get(key);
    const kv = {
      key,
      value: request.ignoreValue ? old!.value : (request.value ?? ''),
      createRevision: old?.createRevision ?? revision,
      modRevision: revision,
      version: (old?.version ?? 0) + 1,
      lease: request.ignoreLease ? old!.lease : (request.lease ?? 0),
    };
    state.set(key, kv);
    this.changes.push({ revision, key, kv });
  }
}

function compareNaively(compare: Compare<string>, kv: KeyValue<string> | undefined): boolean {
  const [found, given] = {
    VERSION: [kv?.version ?? 0, compare.version ?? 0],
    CREATE: [kv?.createRevision ?? 0, compare.createRevision ?? 0],
    MOD: [kv?.modRevision ?? 0, compare.modRevision ?? 0],
    LEASE: [kv?.lease ?? 0, compare.lease ?? 0],
    VALUE: [kv?.value ?? '', compare.value ?? ''],
  }[compare.target] as [number | string, number | string];
  return {
    '=': found === given,
    '!=': found !== given,
    '<': found < given,
    '>': found > given,
  }[compare.result];
}

function hasFilter(request: RangeRequest): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision].some(Boolean);
}

function passes(request: RangeRequest, { modRevision, createRevision }: KeyValue<string>): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  if (minModRevision && modRevision < minModRevision) return false;
  if (maxModRevision && modRevision > maxModRevision) return false;
  if (minCreateRevision && createRevision < minCreateRevision) return false;
  return !(maxCreateRevision && createRevision > maxCreateRevision);
}

function sortNaively(kvs: KeyValue<string>[], { sortTarget = 'KEY', sortOrder }: RangeRequest): void {
  const field = (
    { VERSION: 'version', CREATE: 'createRevision', MOD: 'modRevision', VALUE: 'value' } as const
  )[sortTarget as 'VALUE'];
  const sign = sortOrder === 'DESCEND' ? -1 : 1;
  const by = field ?? 'key';
  if (sortTarget === 'KEY' && sortOrder !== 'DESCEND') return;
  kvs.sort((a, b) => sign * (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0));
}
