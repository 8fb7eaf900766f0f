/** Plays recorded operations on a store and gives its answers the recorder's form. */
import type { SimTime } from '../../../../sim/engine/time.ts';
import { after, milliseconds, START } from '../../../../sim/engine/time.ts';
import type { Result } from '../../../../sim/store/errors.ts';
import { Store } from '../../../../sim/store/store.ts';
import type {
  DeleteRangeResponse,
  KeyValue,
  PutResponse,
  RangeResponse,
  TxnResponse,
  ValueSemantics,
  WatchCreateRequest,
  WatchEvent,
  WatchResponse,
} from '../../../../sim/store/types.ts';
import type { WatchStream } from '../../../../sim/store/watch-stream.ts';
import type { Operation, Streamed } from './recorded.ts';

/** What was delivered to one watcher, in the recorder's form. */
interface Delivered {
  readonly stream: number;
  readonly watchId: number;
  readonly createdByOp: number;
  readonly request: object;
  readonly responses: object[];
}

export const bytes: ValueSemantics<string> = { empty: '', compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0) };

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
export class Player {
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
