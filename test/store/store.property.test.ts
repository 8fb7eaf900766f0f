/** The store against its naive twin under random commands: every answer, every state, every watch event. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START } from '../../sim/engine/time.ts';
import type { Result } from '../../sim/store/errors.ts';
import { Store } from '../../sim/store/store.ts';
import type {
  DeleteRangeRequest,
  KeyValue,
  RangeRequest,
  TxnRequest,
  WatchEvent,
  WatchResponse,
} from '../../sim/store/types.ts';
import type { WatchStream } from '../../sim/store/watch-stream.ts';
import type { NaiveEvent } from '../support/store/naive-store.ts';
import { NaiveStore } from '../support/store/naive-store.ts';
import type { Command } from './arbitraries.ts';
import { command } from './arbitraries.ts';

const values = { empty: '', compare: (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) };

const plain = (kv: KeyValue<string> | undefined) => (kv === undefined ? undefined : { ...kv });
const messageOf = <T>(result: Result<T>) => (result.ok ? undefined : result.error.message);

function naiveForm({ type, kv, prevKv }: WatchEvent<string>): NaiveEvent {
  const put = type === 'PUT' ? { ...kv } : undefined;
  return { type, key: kv.key, modRevision: kv.modRevision, kv: put, prevKv: plain(prevKv) };
}

/** Plays commands on both and compares the answers. */
class Duel {
  readonly store = new Store<string>(values);
  readonly naive = new NaiveStore();
  readonly received: (NaiveEvent | 'compacted')[][] = [];
  readonly messages: WatchResponse<string>[][] = [];
  readonly #streams: WatchStream<string>[] = [];

  play(step: Command): void {
    const { store, naive } = this;
    switch (step.kind) {
      case 'put':
        expect(messageOf(store.putRequest(step.request))).toBe(naive.put(step.request));
        break;
      case 'deleteRange':
        this.#deleteRange(step);
        break;
      case 'range':
        this.#range({ ...step.request, revision: Math.max(0, naive.revision - step.back) });
        break;
      case 'txn':
        this.#txn(step.request);
        break;
      case 'compact':
        this.#compact(naive.revision - step.back);
        break;
      case 'grant':
        store.leaseGrant({ id: step.id, ttl: 100 }, START);
        naive.leases.add(step.id);
        break;
      case 'revoke':
        expect(messageOf(store.leaseRevoke(step.id))).toBe(naive.revoke(step.id));
        break;
      case 'watch':
        this.#watch(step.request, step.back);
        break;
      case 'cancel':
        this.#cancel(step.index);
        break;
      case 'catchUp':
        while (store.catchUp());
        naive.catchUp();
    }
  }

  /** After every step: same revision, same keys now and at every readable revision. */
  compareStates(): void {
    const { store, naive } = this;
    expect(store.revision).toBe(naive.revision);
    expect(store.compactRevision).toBe(naive.compactRevision);
    for (let revision = Math.max(1, naive.compactRevision); revision <= naive.revision; revision++) {
      const range = store.range({ key: '\0', rangeEnd: '\0', revision });
      const expected = [...naive.states[revision]!.values()].sort((a, b) => values.compare(a.key, b.key));
      expect(range.ok && range.response.kvs.map(plain)).toEqual(expected);
    }
    for (const id of naive.leases) {
      const keys = [...naive.states[naive.revision]!.values()]
        .filter((kv) => kv.lease === id)
        .map((kv) => kv.key);
      expect(store.leaseTimeToLive(id, true, START).keys).toEqual(keys.sort());
    }
  }

  compareWatches(): void {
    expect(this.received).toEqual(this.naive.watchers.map(({ received }) => received));
  }

  #deleteRange(request: DeleteRangeRequest): void {
    const result = this.store.deleteRange(request);
    expect(result.ok && result.response.deleted).toBe(this.naive.deleteRange(request));
  }

  #txn(request: TxnRequest<string>): void {
    const result = this.store.txn(request);
    expect(result.ok ? result.response.succeeded : result.error.message).toBe(this.naive.txn(request));
  }

  #compact(revision: number): void {
    expect(messageOf(this.store.compact({ revision }))).toBe(this.naive.compact(revision));
  }

  #range(request: RangeRequest): void {
    const result = this.store.range(request);
    const { revision, kvs, more, count } = result.ok
      ? result.response
      : { revision: 0, kvs: [], more: false, count: 0 };
    const got = result.ok ? { kvs: kvs.map(plain), more, count } : result.error.message;
    expect(got).toEqual(this.naive.range(request));
    if (result.ok) expect(revision).toBe(this.naive.revision);
  }

  #watch(request: object, back: number | undefined): void {
    const startRevision = back === undefined ? 0 : Math.max(1, this.naive.revision - back);
    const received: (NaiveEvent | 'compacted')[] = [];
    const messages: WatchResponse<string>[] = [];
    const stream = this.store.watchStream({
      receive: (_, message) => {
        messages.push(message);
        received.push(
          ...(message.compactRevision > 0 ? ['compacted' as const] : message.events.map(naiveForm)),
        );
      },
    });
    stream.create({ ...request, startRevision });
    this.naive.watch({ ...request, startRevision });
    this.#streams.push(stream);
    this.received.push(received);
    this.messages.push(messages);
  }

  #cancel(index: number): void {
    const stream = this.#streams[index];
    const watcher = this.naive.watchers[index];
    if (stream === undefined || watcher === undefined) return;
    stream.close();
    watcher.live = false;
  }
}

describe('the store and its naive twin', () => {
  it('answer alike, hold the same states and tell watchers the same', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const duel = new Duel();
        for (const step of commands) {
          duel.play(step);
          duel.compareWatches();
        }
        duel.compareStates();
        duel.play({ kind: 'catchUp' });
        duel.compareWatches();
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('hold the same readable history after every single command', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25, size: 'max' }), (commands) => {
        const duel = new Duel();
        for (const step of commands) {
          duel.play(step);
          duel.compareStates();
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('watching', () => {
  it('live gives one message per revision, and its events are those of a later replay from the same revision', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const duel = new Duel();
        const everything = { key: '\0', rangeEnd: '\0', prevKv: true };
        duel.play({ kind: 'watch', request: everything, back: undefined });
        for (const step of commands) if (step.kind !== 'compact' && step.kind !== 'cancel') duel.play(step);
        const revisions = duel.messages[0]!.map(({ revision }) => revision);
        expect(revisions).toEqual([...new Set(revisions)]);
        const last = duel.naive.watchers.length;
        duel.play({ kind: 'watch', request: everything, back: duel.naive.revision });
        duel.play({ kind: 'catchUp' });
        expect(duel.received[last]).toEqual(duel.received[0]);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
