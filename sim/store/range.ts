/** Range reads (etcd 3.6): static check; then fetch, filter by revision, sort, cut to the limit, blank values, in that order. */
import type { EtcdError, Result } from './errors.ts';
import { COMPACTED, EMPTY_KEY, FUTURE_REVISION, INVALID_SORT_OPTION, refusal, success } from './errors.ts';
import type { History } from './history.ts';
import { keyInterval } from './interval.ts';
import type { KeyValue, RangeRequest, RangeResponse, SortTarget, ValueSemantics } from './types.ts';

export function checkRange(request: RangeRequest): EtcdError | undefined {
  if (!request.key) return EMPTY_KEY;
  if (request.sortOrder === 'INVALID' || request.sortTarget === 'INVALID') return INVALID_SORT_OPTION;
  return undefined;
}

/** Executes a checked request. O(keys in the interval × versions since the revision). */
export function executeRange<V>(
  history: History<V>,
  request: RangeRequest,
  values: ValueSemantics<V> | undefined,
): Result<RangeResponse<V>> {
  const { revision: current, compactRevision } = history;
  const asked = request.revision ?? 0;
  if (asked > current) return refusal(FUTURE_REVISION);
  const revision = asked <= 0 ? current : asked;
  if (revision < compactRevision) return refusal(COMPACTED);
  const limit = request.limit ?? 0;
  const { kvs, count } = fetch(history, request, revision, fetchLimit(request));
  if (request.countOnly) return success({ revision: current, kvs: [], more: false, count });
  const sorted = sort(kvs.filter(revisionFilter(request)), request, values);
  const more = limit > 0 && sorted.length > limit;
  const cut = more ? sorted.slice(0, limit) : sorted;
  return success({ revision: current, kvs: request.keysOnly ? cut.map(blank(values)) : cut, more, count });
}

/** How many keys are fetched: one more than wanted tells whether there are more; all if order or filter may pick later ones. */
function fetchLimit(request: RangeRequest): number {
  const limit = request.limit ?? 0;
  if (request.countOnly) return 0;
  const filtered =
    request.minModRevision ||
    request.maxModRevision ||
    request.minCreateRevision ||
    request.maxCreateRevision;
  const ordered = request.sortOrder !== undefined && request.sortOrder !== 'NONE';
  return limit <= 0 || filtered || ordered ? Number.POSITIVE_INFINITY : limit + 1;
}

function fetch<V>(history: History<V>, request: RangeRequest, revision: number, limit: number) {
  const kvs: KeyValue<V>[] = [];
  let count = 0;
  history.visit(keyInterval(request.key, request.rangeEnd), revision, (version) => {
    if (count++ < limit) kvs.push(version);
  });
  return { kvs, count };
}

/** A bound of 0 is none. */
function revisionFilter(request: RangeRequest): (kv: KeyValue<unknown>) => boolean {
  const minMod = request.minModRevision || Number.NEGATIVE_INFINITY;
  const maxMod = request.maxModRevision || Number.POSITIVE_INFINITY;
  const minCreate = request.minCreateRevision || Number.NEGATIVE_INFINITY;
  const maxCreate = request.maxCreateRevision || Number.POSITIVE_INFINITY;
  return ({ modRevision, createRevision }) =>
    modRevision >= minMod &&
    modRevision <= maxMod &&
    createRevision >= minCreate &&
    createRevision <= maxCreate;
}

/**
 * A target other than the key is sorted by even if no order is given. Ties stay in key order, descending too.
 * DEVIATION: above 12 results the server's sort leaves ties in an order of its own; here they stay in key order.
 */
function sort<V>(
  kvs: KeyValue<V>[],
  request: RangeRequest,
  values: ValueSemantics<V> | undefined,
): KeyValue<V>[] {
  const { sortTarget = 'KEY', sortOrder = 'NONE' } = request;
  if (sortTarget === 'KEY') return sortOrder === 'DESCEND' ? kvs.reverse() : kvs;
  const compare = comparator(sortTarget, values);
  return kvs.sort(sortOrder === 'DESCEND' ? (a, b) => compare(b, a) : compare);
}

function comparator<V>(
  target: SortTarget,
  values: ValueSemantics<V> | undefined,
): (a: KeyValue<V>, b: KeyValue<V>) => number {
  switch (target) {
    case 'VERSION':
      return (a, b) => a.version - b.version;
    case 'CREATE':
      return (a, b) => a.createRevision - b.createRevision;
    case 'MOD':
      return (a, b) => a.modRevision - b.modRevision;
    case 'VALUE': {
      const semantics = required(values);
      return (a, b) => semantics.compare(a.value, b.value);
    }
    case 'KEY':
    case 'INVALID':
      throw new Error(`store: no order by ${target}`);
  }
}

function blank<V>(values: ValueSemantics<V> | undefined): (kv: KeyValue<V>) => KeyValue<V> {
  const { empty } = required(values);
  return ({ key, createRevision, modRevision, version, lease }) => ({
    key,
    value: empty,
    createRevision,
    modRevision,
    version,
    lease,
  });
}

/** Asserts that the store was told what its values mean. */
export function required<V>(values: ValueSemantics<V> | undefined): ValueSemantics<V> {
  if (values === undefined) throw new Error('store: this request needs the semantics of values');
  return values;
}
