/** The typed calls of the store, and what recorded sequences and random commands do not reach. */
import { describe, expect, it } from 'vitest';
import type { SimTime } from '../../sim/engine/time.ts';
import { instant, NEVER, START, seconds } from '../../sim/engine/time.ts';
import { COMPACTED, DUPLICATE_KEY, LEASE_NOT_FOUND, TOO_MANY_OPERATIONS } from '../../sim/store/errors.ts';
import { LEASES_REVOKED_PER_CHECK } from '../../sim/store/lease.ts';
import { Store } from '../../sim/store/store.ts';
import type { RequestOp, WatchCreateRequest, WatchResponse } from '../../sim/store/types.ts';
import { MAX_REVISIONS_PER_BATCH } from '../../sim/store/watch.ts';

const at = (s: number): SimTime => instant(seconds(s));

/** A stream with one watcher and what it received. */
function watching(store: Store<string>, request: WatchCreateRequest) {
  const messages: WatchResponse<string>[] = [];
  const stream = store.watchStream({ receive: (_, message) => messages.push(message) });
  stream.create(request);
  return { stream, messages };
}

describe('typed calls', () => {
  it('write the same history as requests', () => {
    const typed = new Store<string>();
    const requested = new Store<string>();
    const everything = { key: '\0', rangeEnd: '\0', prevKv: true };
    const heard = [typed, requested].map((store) => watching(store, everything).messages);
    typed.put('a', '1');
    typed.put('a', '2');
    typed.delete('a');
    typed.delete('a');
    typed.put('a', '3');
    requested.putRequest({ key: 'a', value: '1' });
    requested.putRequest({ key: 'a', value: '2' });
    requested.deleteRange({ key: 'a' });
    requested.deleteRange({ key: 'a' });
    requested.putRequest({ key: 'a', value: '3' });
    expect(heard[0]).toEqual(heard[1]);
    expect(typed.revision).toBe(5);
    expect({ ...typed.get('a') }).toEqual({
      key: 'a',
      value: '3',
      createRevision: 5,
      modRevision: 5,
      version: 1,
      lease: 0,
    });
  });

  it('put only onto the expected revision', () => {
    const store = new Store<string>();
    expect(store.compareAndPut('a', 7, 'x')).toEqual({ done: false, found: undefined });
    expect(store.compareAndPut('a', 0, 'x')).toMatchObject({ done: true, kv: { modRevision: 2 } });
    expect(store.compareAndPut('a', 0, 'y')).toMatchObject({ done: false, found: { value: 'x' } });
    expect(store.compareAndPut('a', 2, 'y')).toMatchObject({ done: true, kv: { value: 'y', version: 2 } });
    expect(store.compareAndDelete('a', 2)).toMatchObject({ done: false, found: { modRevision: 3 } });
    expect(store.compareAndDelete('a', 3)).toMatchObject({ done: true, kv: { value: 'y' } });
    expect(store.compareAndDelete('a', 0)).toEqual({ done: false, found: undefined });
    expect(store.revision).toBe(4);
  });

  it('list what starts with a prefix, in key order', () => {
    const store = new Store<string>();
    for (const key of ['/r/pods/b', '/r/podsx', '/r/pods/a', '/r/nodes/n', '/r/pods/a/x']) store.put(key, '');
    store.delete('/r/pods/b');
    expect(store.list('/r/pods/').map(({ key }) => key)).toEqual(['/r/pods/a', '/r/pods/a/x']);
    expect(store.list('')).toHaveLength(4);
  });

  it('hand out key-values that print as their six fields', () => {
    const store = new Store<string>();
    store.put('a', 'old');
    expect(JSON.parse(JSON.stringify(store.put('a', 'new')))).toEqual({
      key: 'a',
      value: 'new',
      createRevision: 2,
      modRevision: 3,
      version: 2,
      lease: 0,
    });
  });

  it('refuse a lease that does not exist', () => {
    expect(new Store<string>().putWithLease('a', '', 5)).toEqual({ ok: false, error: LEASE_NOT_FOUND });
  });
});

describe('watching', () => {
  it('cannot write in the middle of a write', () => {
    const store = new Store<string>();
    store.watchStream({ receive: () => store.put('b', '') }).create({ key: 'a' });
    expect(() => store.put('a', '')).toThrow('a write within a write');
  });

  it('catches up in batches of a thousand revisions, and is up to date only after the last', () => {
    const store = new Store<string>();
    for (let i = 0; i < 2 * MAX_REVISIONS_PER_BATCH + 5; i++) store.put('a', '');
    const { stream, messages } = watching(store, { key: 'a', startRevision: 1 });
    expect(stream.progress()).toBeUndefined();
    expect(store.catchUp()).toBe(true);
    store.put('a', 'while catching up');
    expect(store.catchUp()).toBe(true);
    expect(stream.progress()).toBeUndefined();
    expect(store.catchUp()).toBe(false);
    expect(stream.progress()).toBe(store.revision);
    expect(messages.map(({ events }) => events.length)).toEqual([1000, 1000, 6]);
    const revisions = messages.flatMap(({ events }) => events.map(({ kv }) => kv.modRevision));
    expect(revisions).toEqual(Array.from({ length: 2006 }, (_, i) => i + 2));
  });

  it('is cancelled if what it still has to catch up is compacted', () => {
    const store = new Store<string>();
    for (let i = 0; i < 1500; i++) store.put('a', '');
    const { stream, messages } = watching(store, { key: 'a', startRevision: 1 });
    store.catchUp();
    store.compact({ revision: 1200 });
    expect(store.catchUp()).toBe(false);
    expect(messages.map(({ compactRevision }) => compactRevision)).toEqual([0, 1200]);
    expect(stream.cancel(0)).toBe(store.revision);
    store.put('a', '');
    expect(messages).toHaveLength(2);
  });

  it('shares one message among the watchers of a change that asked for the same', () => {
    const store = new Store<string>();
    const [one, two] = [1, 2].map(() => watching(store, { key: 'a', rangeEnd: 'b' }).messages);
    store.put('a', '');
    expect(one![0]).toBe(two![0]);
  });

  it('stops for a watcher that another one cancels in the middle of a notification', () => {
    const store = new Store<string>();
    const late: number[] = [];
    const stream = store.watchStream({ receive: (id) => late.push(id) });
    store.watchStream({ receive: () => stream.cancel(1) }).create({ key: 'a' });
    stream.create({ key: 'a', watchId: 1 });
    stream.create({ key: 'a', watchId: 2 });
    store.put('a', '');
    expect(late).toEqual([2]);
  });
});

describe('compaction', () => {
  it('forgets deleted keys and keeps the others readable at the compacted revision', () => {
    const store = new Store<string>();
    for (let i = 0; i < 20_000; i++) {
      store.put(`k${i}`, 'old');
      if (i % 3 === 0) store.delete(`k${i}`);
      else if (i % 3 === 1) store.put(`k${i}`, 'new');
    }
    const { revision } = store;
    const before = store.range({ key: '\0', rangeEnd: '\0' });
    store.compact({ revision });
    store.put('k1', 'later');
    const after = store.range({ key: '\0', rangeEnd: '\0', revision });
    expect(after.ok && after.response.kvs).toEqual(before.ok && before.response.kvs);
    expect(store.range({ key: 'k1', revision: revision - 1 })).toEqual({ ok: false, error: COMPACTED });
    expect(store.list('k')).toHaveLength(13_333);
  });
});

describe('leases', () => {
  it('end at the half-second check after their time, unless kept alive', () => {
    const store = new Store<string>();
    store.leaseGrant({ id: 1, ttl: 3 }, at(0.2));
    store.leaseGrant({ id: 2, ttl: 5 }, at(0.2));
    store.putWithLease('a', '', 1);
    expect(store.nextExpiry()).toBe(at(3.5));
    expect(store.leaseKeepAlive(1, at(3))).toEqual({ id: 1, ttl: 3, revision: 2 });
    expect(store.nextExpiry()).toBe(at(5.5));
    expect(store.expire(at(5.5))).toEqual([2]);
    expect(store.leaseTimeToLive(1, true, at(5.5))).toEqual({
      id: 1,
      ttl: 0,
      grantedTtl: 3,
      keys: ['a'],
      revision: 2,
    });
    expect(store.nextExpiry()).toBe(at(6));
    expect(store.leaseKeepAlive(1, at(6))).toMatchObject({ ttl: 0 });
    expect(store.expire(at(6))).toEqual([1]);
    expect(store.get('a')).toBeUndefined();
    expect(store.nextExpiry()).toBe(NEVER);
  });

  it('end at most five hundred per check, each in a revision of its own', () => {
    const store = new Store<string>();
    for (let id = 1; id <= 700; id++) {
      store.leaseGrant({ id, ttl: 2 }, START);
      store.putWithLease(`k${id}`, '', id);
    }
    expect(store.expire(store.nextExpiry())).toHaveLength(LEASES_REVOKED_PER_CHECK);
    expect(store.revision).toBe(701 + LEASES_REVOKED_PER_CHECK);
    expect(store.nextExpiry()).toBe(at(2.5));
    expect(store.expire(at(2.5))).toHaveLength(200);
    expect(store.leaseLeases()).toEqual([]);
  });

  it('get an unused id if none is asked for, and may last forever', () => {
    const store = new Store<string>();
    store.leaseGrant({ id: 1, ttl: 5 }, START);
    expect(store.leaseGrant({ ttl: 9_000_000_000 }, at(1e9))).toMatchObject({
      response: { id: 2, ttl: 9_000_000_000 },
    });
    store.leaseRevoke(1);
    expect(store.nextExpiry()).toBe(NEVER);
  });
});

describe('static checks of a transaction', () => {
  const put = (key: string): RequestOp<string> => ({ put: { key, value: '' } });
  const del = (key: string, rangeEnd = ''): RequestOp<string> => ({ deleteRange: { key, rangeEnd } });
  const nested = (...success: RequestOp<string>[]): RequestOp<string> => ({ txn: { success } });
  const many = (count: number) => Array.from({ length: count }, (_, i) => put(`k${i}`));

  it.each<[string, RequestOp<string>[], boolean]>([
    [
      'a key put in both branches of a nested transaction',
      [{ txn: { success: [put('a')], failure: [put('a')] } }],
      true,
    ],
    ['a key put in two nested transactions', [nested(put('a')), nested(put('a'))], false],
    ['a put in a range deleted before', [del('a', 'c'), put('b')], false],
    ['a put in a range deleted after', [put('b'), del('a', 'c')], false],
    ['a put at the end of a deleted range', [del('a', 'b'), put('b')], true],
    ['a put covered by a deletion from a key on', [del('a', '\0'), put('b')], true],
    ['a put covered by an inverted range', [del('c', 'a'), put('b')], true],
    ['a nested put of what is deleted around it', [nested(put('b')), del('b')], false],
    ['a put of what is deleted in a nested transaction', [nested(del('b')), put('b')], false],
    [
      'a nested put of what an earlier nested transaction deletes',
      [nested(del('b')), nested(put('b'))],
      false,
    ],
    ['a nested put of what a later nested transaction deletes', [nested(put('b')), nested(del('b'))], true],
  ])('%s', (_, success, allowed) => {
    const result = new Store<string>().txn({ success });
    expect(result.ok ? undefined : result.error).toBe(allowed ? undefined : DUPLICATE_KEY);
  });

  it.each<[string, RequestOp<string>[], boolean]>([
    ['128 operations', many(128), true],
    ['129 operations', many(129), false],
    ['what one list leaves to a nested one', [nested(...many(127))], true],
    ['more than one list leaves to a nested one', [nested(...many(128))], false],
  ])('%s', (_, success, allowed) => {
    const result = new Store<string>().txn({ success });
    expect(result.ok ? undefined : result.error).toBe(allowed ? undefined : TOO_MANY_OPERATIONS);
  });

  it('a negative revision means now alone, and what is compacted in a transaction', () => {
    const store = new Store<string>();
    store.put('a', '');
    const range: RequestOp<string> = { range: { key: 'a', revision: -1 } };
    expect(store.txn({ success: [range] }).ok).toBe(true);
    store.compact({ revision: 2 });
    expect(store.range({ key: 'a', revision: -1 }).ok).toBe(true);
    expect(store.txn({ success: [range] })).toEqual({ ok: false, error: COMPACTED });
  });
});
