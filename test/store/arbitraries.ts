/** Random requests over a small key space, so that they meet. */
import fc from 'fast-check';
import type {
  Compare,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  WatchCreateRequest,
} from '../../sim/store/types.ts';

export const KEYS = ['a', 'a/', 'a/1', 'a/2', 'a0', 'b', 'b\xff', '\xff'] as const;
export const LEASES = [11, 12, 13] as const;

export type Command =
  | { readonly kind: 'put'; readonly request: PutRequest<string> }
  | { readonly kind: 'deleteRange'; readonly key: string; readonly rangeEnd: string }
  | { readonly kind: 'range'; readonly request: RangeRequest; readonly back: number }
  | { readonly kind: 'txn'; readonly request: TxnRequest<string> }
  | { readonly kind: 'compact'; readonly back: number }
  | { readonly kind: 'grant' | 'revoke'; readonly id: number }
  | { readonly kind: 'watch'; readonly request: WatchCreateRequest; readonly back: number | undefined }
  | { readonly kind: 'cancel'; readonly index: number }
  | { readonly kind: 'catchUp' };

export const key = fc.constantFrom(...KEYS);
export const rangeEnd = fc.oneof(fc.constant(''), fc.constant('\0'), key, fc.constant('a0'));
const value = fc.constantFrom('', 'x', 'y', 'z');
const lease = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(...LEASES));

/** Without the combinations that are refused by their form. */
const put: fc.Arbitrary<PutRequest<string>> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key, value, lease }) },
  fc.record({ key, lease, ignoreValue: fc.constant(true) }),
  fc.record({ key, value, ignoreLease: fc.constant(true) }),
);

const bound = fc.option(fc.integer({ min: 1, max: 30 }), { nil: 0 });

const range: fc.Arbitrary<RangeRequest> = fc.record({
  key,
  rangeEnd,
  limit: fc.constantFrom(0, 0, 1, 2, 3),
  sortOrder: fc.constantFrom('NONE', 'ASCEND', 'DESCEND'),
  sortTarget: fc.constantFrom('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
  keysOnly: fc.boolean(),
  countOnly: fc.boolean(),
  minModRevision: bound,
  maxModRevision: bound,
  minCreateRevision: bound,
  maxCreateRevision: bound,
});

const compare: fc.Arbitrary<Compare<string>> = fc.record({
  key,
  rangeEnd,
  target: fc.constantFrom('VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'),
  result: fc.constantFrom('=', '!=', '<', '>'),
  version: fc.nat(3),
  createRevision: fc.nat(12),
  modRevision: fc.nat(12),
  lease,
  value,
});

/** Puts of distinct keys, with deletions from a key on or of other keys: what the static check lets through. */
const operations: fc.Arbitrary<RequestOp<string>[]> = fc
  .tuple(
    fc.uniqueArray(put, { selector: (request) => request.key, maxLength: 4 }),
    fc.option(key),
    fc.option(key),
  )
  .map(([puts, fromKey, single]) => {
    // The server breaks down if a put is to keep what the same transaction has deleted.
    const safe =
      fromKey === null ? puts : puts.filter(({ ignoreLease, ignoreValue }) => !ignoreLease && !ignoreValue);
    const ops: RequestOp<string>[] = safe.map((request) => ({ put: request }));
    if (fromKey !== null) ops.splice(safe.length / 2, 0, { deleteRange: { key: fromKey, rangeEnd: '\0' } });
    const free = single !== null && safe.every((request) => request.key !== single);
    return free ? [...ops, { deleteRange: { key: single } }] : ops;
  });

const txn: fc.Arbitrary<TxnRequest<string>> = fc
  .tuple(
    fc.array(compare, { maxLength: 2 }),
    operations,
    operations,
    fc.array(compare, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([compares, success, failure, inner, nest]) => ({
    compare: compares,
    success: nest ? [{ txn: { compare: inner, success, failure } }] : success,
    failure,
  }));

const watch: fc.Arbitrary<WatchCreateRequest> = fc.record({
  key,
  rangeEnd: fc.constantFrom('', '\0'),
  prevKv: fc.boolean(),
  filters: fc.constantFrom<NonNullable<WatchCreateRequest['filters']>>([], [], ['NOPUT'], ['NODELETE']),
});

const back = fc.integer({ min: -2, max: 8 });

export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: put.map((request): Command => ({ kind: 'put', request })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deleteRange' as const), key, rangeEnd }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('range' as const), request: range, back }) },
  { weight: 5, arbitrary: txn.map((request): Command => ({ kind: 'txn', request })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), back }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('grant' as const), id: fc.constantFrom(...LEASES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('revoke' as const), id: fc.constantFrom(...LEASES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('watch' as const),
      request: watch,
      back: fc.option(back, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.constant<Command>({ kind: 'catchUp' }) },
);
