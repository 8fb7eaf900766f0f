/** Compares a recorded sequence with its replay, by the rules of README.md beside the data. */
import type { KeyValue, RangeRequest } from '../../../../sim/store/types.ts';
import { firstDifference } from '../../difference.ts';
import { bytes, Player } from './player.ts';
import type { Operation, Sequence } from './recorded.ts';
import { isKvs, isRecord } from './recorded.ts';

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
