/**
 * The store against recorded answers of etcd 3.6.8: sequences of operations on one member (`etcd.jsonl`), and fault
 * scenarios of three (`cluster.jsonl`). Format and rules of comparison: README.md beside the data.
 */
import type { SimTime } from '../../../sim/engine/time.ts';
import { after, milliseconds, START } from '../../../sim/engine/time.ts';
import type { Result } from '../../../sim/store/errors.ts';
import { Store } from '../../../sim/store/store.ts';
import type {
  CompactRequest,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  LeaseGrantRequest,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  ValueSemantics,
  WatchCreateRequest,
  WatchEvent,
  WatchResponse,
} from '../../../sim/store/types.ts';
import type { WatchStream } from '../../../sim/store/watch.ts';
import { firstDifference } from '../difference.ts';
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';

type Operation =
  | { readonly op: 'put'; readonly request: PutRequest<string> }
  | { readonly op: 'range'; readonly request: RangeRequest }
  | { readonly op: 'deleteRange'; readonly request: DeleteRangeRequest }
  | { readonly op: 'txn'; readonly request: TxnRequest<string> }
  | { readonly op: 'compact'; readonly request: CompactRequest }
  | { readonly op: 'leaseGrant'; readonly request: LeaseGrantRequest }
  | { readonly op: 'leaseRevoke' | 'leaseKeepAlive'; readonly request: { readonly id?: number } }
  | { readonly op: 'leaseTimeToLive'; readonly request: { readonly id?: number; readonly keys?: boolean } }
  | { readonly op: 'leaseLeases'; readonly request: object }
  | { readonly op: 'watchCreate'; readonly request: WatchCreateRequest & Streamed }
  | { readonly op: 'watchCancel'; readonly request: { readonly watchId?: number } & Streamed }
  | { readonly op: 'watchProgress'; readonly request: Streamed }
  | { readonly op: 'sleep'; readonly request: { readonly ms?: number } };

interface Streamed {
  readonly stream?: number;
}

interface Sequence {
  readonly id: string;
  readonly tags: readonly string[];
  readonly ops: readonly (Operation & { readonly response: unknown })[];
  readonly watches: readonly unknown[];
}

/** What a recorded line or response may have, before it is known which it is. */
interface Recorded {
  readonly ops?: unknown;
  readonly watches?: unknown;
  readonly facts?: unknown;
  readonly kvs?: unknown;
  readonly ttl?: unknown;
}

interface ClusterScenario {
  readonly id: string;
  readonly facts: object;
}

/** What was delivered to one watcher, in the recorder's form. */
interface Delivered {
  readonly stream: number;
  readonly watchId: number;
  readonly createdByOp: number;
  readonly request: object;
  readonly responses: object[];
}

const bytes: ValueSemantics<string> = { empty: '', compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0) };

const plainKv = ({ key, value, createRevision, modRevision, version, lease }: KeyValue<string>) => ({
  key,
  value,
  createRevision,
  modRevision,
  version,
  lease,
});

function plainEvent({ type, kv, prevKv }: WatchEvent<string>): object {
  const { key, modRevision } = kv;
  const nothing = { createRevision: 0, version: 0, value: '', lease: 0 };
  const plain = type === 'PUT' ? plainKv(kv) : { ...nothing, key, modRevision };
  return prevKv === undefined ? { type, kv: plain } : { type, kv: plain, prevKv: plainKv(prevKv) };
}

function plainMessage({ revision, events, compactRevision }: WatchResponse<string>, afterOp: number): object {
  const message = { afterOp, revision, events: events.map(plainEvent) };
  return compactRevision === 0 ? message : { ...message, canceled: true, compactRevision };
}

const plainPut = ({ prevKv, ...rest }: PutResponse<string>): object =>
  prevKv === undefined ? rest : { ...rest, prevKv: plainKv(prevKv) };

const plainRange = ({ kvs, ...rest }: RangeResponse<string>) => ({ ...rest, kvs: kvs.map(plainKv) });

const plainDelete = ({ prevKvs, ...rest }: DeleteRangeResponse<string>): object =>
  prevKvs === undefined ? rest : { ...rest, prevKvs: prevKvs.map(plainKv) };

function plainTxn({ responses, ...rest }: TxnResponse<string>): object {
  return {
    ...rest,
    responses: responses.map((response) => {
      if ('put' in response) return { put: plainPut(response.put) };
      if ('range' in response) return { range: plainRange(response.range) };
      if ('deleteRange' in response) return { deleteRange: plainDelete(response.deleteRange) };
      return { txn: plainTxn(response.txn) };
    }),
  };
}

function plain<T>(result: Result<T>, form: (response: T) => object): object {
  return result.ok ? form(result.response) : { error: result.error };
}

const revisionOnly = (revision: number): object => ({ revision });

/** Plays one sequence on a store of its own. */
class Player {
  readonly #store = new Store<string>(bytes);
  readonly #streams = new Map<number, WatchStream<string>>();
  /** By stream and watch id: ids are used again after a cancellation. */
  readonly #open = new Map<string, Delivered>();
  readonly delivered: Delivered[] = [];
  #now: SimTime = START;
  #index = 0;

  play(operation: Operation, index: number): object {
    this.#index = index;
    const response = this.#perform(operation);
    while (this.#store.catchUp());
    return response;
  }

  #perform({ op, request }: Operation): object {
    const store = this.#store;
    switch (op) {
      case 'put':
        return plain(store.putRequest(request), plainPut);
      case 'range':
        return plain(store.range(request), plainRange);
      case 'deleteRange':
        return plain(store.deleteRange(request), plainDelete);
      case 'txn':
        return plain(store.txn(request), plainTxn);
      case 'compact':
        return plain(store.compact(request), revisionOnly);
      case 'leaseGrant':
        return plain(store.leaseGrant(request, this.#now), (response) => response);
      case 'leaseRevoke':
        return plain(store.leaseRevoke(request.id ?? 0), revisionOnly);
      case 'leaseKeepAlive':
        return store.leaseKeepAlive(request.id ?? 0, this.#now);
      case 'leaseTimeToLive':
        return store.leaseTimeToLive(request.id ?? 0, request.keys ?? false, this.#now);
      case 'leaseLeases':
        return { ids: store.leaseLeases().sort((a, b) => a - b), revision: store.revision };
      case 'watchCreate':
        return this.#create(request);
      case 'watchCancel':
        return this.#cancel(request);
      case 'watchProgress':
        return this.#progress(request);
      case 'sleep':
        return this.#sleep(request.ms ?? 0);
    }
  }

  #stream(id: number): WatchStream<string> {
    const existing = this.#streams.get(id);
    if (existing !== undefined) return existing;
    const stream = this.#store.watchStream({
      receive: (watchId, response) => {
        this.#open.get(`${id}/${watchId}`)?.responses.push(plainMessage(response, this.#index));
      },
    });
    this.#streams.set(id, stream);
    return stream;
  }

  #create(request: WatchCreateRequest & Streamed): object {
    const stream = request.stream ?? 0;
    const created = this.#stream(stream).create(request);
    if (created.canceled) return created;
    const { watchId } = created;
    const delivered = { stream, watchId, createdByOp: this.#index, request, responses: [] };
    this.#open.set(`${stream}/${watchId}`, delivered);
    this.delivered.push(delivered);
    return created;
  }

  #cancel({ stream = 0, watchId = 0 }: { readonly watchId?: number } & Streamed): object {
    const revision = this.#stream(stream).cancel(watchId);
    return revision === undefined ? { noReply: true } : { watchId, canceled: true, revision };
  }

  #progress({ stream = 0 }: Streamed): object {
    const revision = this.#stream(stream).progress();
    return revision === undefined ? { noReply: true } : { watchId: -1, revision };
  }

  #sleep(ms: number): object {
    const end = after(this.#now, milliseconds(ms));
    for (let at = this.#store.nextExpiry(); at <= end; at = this.#store.nextExpiry()) this.#store.expire(at);
    this.#now = end;
    return {};
  }
}

/** First difference between a sequence and its replay, undefined if there is none. */
export function replay(sequence: Sequence): string | undefined {
  const player = new Player();
  const unstable = sequence.tags.includes('sort-unstable');
  for (const [index, operation] of sequence.ops.entries()) {
    const got = player.play(operation, index);
    const difference = responseDifference(operation, operation.response, got, unstable);
    if (difference !== undefined) return `op ${index} ${operation.op}: ${difference}`;
  }
  return firstDifference(sequence.watches, player.delivered, 'watches');
}

function responseDifference(
  operation: Operation,
  expected: unknown,
  got: object,
  unstable: boolean,
): string | undefined {
  if (operation.op === 'leaseTimeToLive') return timeToLiveDifference(expected, got);
  if (operation.op === 'range' && unstable) return unstableDifference(operation.request, expected, got);
  return firstDifference(expected, got);
}

/** The time left depends on how fast the recorder was: -1 exactly, otherwise anything from 0 to what was granted. */
function timeToLiveDifference(expected: unknown, got: object): string | undefined {
  if (!('ttl' in got && 'grantedTtl' in got) || !isRecord(expected)) return firstDifference(expected, got);
  const { ttl, grantedTtl } = got;
  if (typeof ttl !== 'number' || typeof grantedTtl !== 'number') return 'ttl: not a number';
  const plausible = expected.ttl !== -1 && ttl >= 0 && ttl <= grantedTtl;
  return firstDifference(expected, plausible ? { ...got, ttl: expected.ttl } : got);
}

/** Of results whose ties the server left in no particular order: equal as sets within ties; with a limit, equal in sort keys. */
function unstableDifference(request: RangeRequest, expected: unknown, got: object): string | undefined {
  if (!isRecord(expected) || !isKvs(expected.kvs) || !('kvs' in got) || !isKvs(got.kvs)) {
    return firstDifference(expected, got);
  }
  const key = sortKey(request);
  const keysOf = (kvs: readonly KeyValue<string>[]) => kvs.map((kv) => key?.(kv));
  const inKeys = firstDifference(keysOf(expected.kvs), keysOf(got.kvs), 'sort keys');
  if (inKeys !== undefined) return inKeys;
  const limited = (request.limit ?? 0) > 0;
  const comparable = (kvs: readonly KeyValue<string>[]) =>
    limited ? kvs.length : [...kvs].sort((a, b) => bytes.compare(a.key, b.key));
  return firstDifference(
    { ...expected, kvs: comparable(expected.kvs) },
    { ...got, kvs: comparable(got.kvs) },
  );
}

function sortKey({
  sortTarget = 'KEY',
  keysOnly,
}: RangeRequest): ((kv: KeyValue<string>) => unknown) | undefined {
  switch (sortTarget) {
    case 'VERSION':
      return (kv) => kv.version;
    case 'CREATE':
      return (kv) => kv.createRevision;
    case 'MOD':
      return (kv) => kv.modRevision;
    case 'VALUE':
      return keysOnly ? undefined : (kv) => kv.value;
    case 'KEY':
    case 'INVALID':
      return (kv) => kv.key;
  }
}

function isKvs(value: unknown): value is readonly KeyValue<string>[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Recorded {
  return typeof value === 'object' && value !== null;
}

function isSequence(value: unknown): value is Sequence {
  return isRecord(value) && Array.isArray(value.ops) && Array.isArray(value.watches);
}

function isClusterScenario(value: unknown): value is ClusterScenario {
  return isRecord(value) && isRecord(value.facts);
}

function categoryOf({ tags }: Sequence): string {
  const profile = tags.find((tag) => tag.startsWith('profile:'));
  return profile === undefined ? (tags[0] ?? 'untagged') : `${tags[0]} ${profile.slice('profile:'.length)}`;
}

function sequenceResult(sequence: Sequence): CaseResult {
  const { id } = sequence;
  const category = categoryOf(sequence);
  const difference = replay(sequence);
  return difference === undefined
    ? { id, category, passed: true }
    : { id, category, passed: false, difference };
}

function* run(files: readonly GoldenFile[]): Generator<CaseResult> {
  for (const file of files) {
    if (!file.path.endsWith('.jsonl')) continue;
    const lines = file.read();
    for (const line of Array.isArray(lines) ? lines : []) {
      if (isSequence(line)) yield sequenceResult(line);
      else if (isClusterScenario(line)) {
        yield {
          id: line.id,
          category: 'cluster',
          passed: false,
          difference: 'facts: Raft members are not modelled',
        };
      }
    }
  }
}

export const suite: ConformanceSuite = { name: 'etcd', run };
