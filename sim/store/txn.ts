/**
 * Transactions (etcd 3.6). Every compare, nested ones included, is made on the state before, which fixes the branches
 * taken; the taken operations are checked on that state too; after that nothing can fail, and everything is written in
 * one revision.
 */
import type { EtcdError, Result } from './errors.ts';
import { COMPACTED, FUTURE_REVISION, refusal, success } from './errors.ts';
import type { History } from './history.ts';
import { keyInterval } from './interval.ts';
import type { Mvcc } from './mvcc.ts';
import { applyDeleteRange, applyPut, checkPutStateInTxn } from './operations.ts';
import { executeRange, required } from './range.ts';
import type {
  Compare,
  KeyValue,
  RangeRequest,
  RequestOp,
  ResponseOp,
  TxnRequest,
  TxnResponse,
  ValueSemantics,
} from './types.ts';

/** The operations a transaction comes to, its nested transactions likewise. */
interface Taken<V> {
  readonly succeeded: boolean;
  readonly steps: readonly Step<V>[];
}

type Step<V> = Exclude<RequestOp<V>, { readonly txn: unknown }> | { readonly taken: Taken<V> };

type Values<V> = ValueSemantics<V> | undefined;

/** Executes a transaction whose static checks have passed. */
export function executeTxn<V>(
  mvcc: Mvcc<V>,
  request: TxnRequest<V>,
  values: Values<V>,
): Result<TxnResponse<V>> {
  const taken = take(mvcc.history, request, values);
  const error = check(mvcc, taken);
  if (error !== undefined) return refusal(error);
  mvcc.begin();
  const responses = execute(mvcc, taken, values);
  mvcc.end();
  return success({ revision: mvcc.history.revision, succeeded: taken.succeeded, responses });
}

function take<V>(history: History<V>, request: TxnRequest<V>, values: Values<V>): Taken<V> {
  const succeeded = (request.compare ?? []).every((compare) => holds(history, compare, values));
  const ops = (succeeded ? request.success : request.failure) ?? [];
  return {
    succeeded,
    steps: ops.map((op) => ('txn' in op ? { taken: take(history, op.txn, values) } : op)),
  };
}

/** The first offending operation in order names the error. */
function check<V>(mvcc: Mvcc<V>, { steps }: Taken<V>): EtcdError | undefined {
  for (const step of steps) {
    let error: EtcdError | undefined;
    if ('put' in step) error = checkPutStateInTxn(mvcc, step.put);
    else if ('range' in step) error = checkRevision(mvcc.history, step.range);
    else if ('taken' in step) error = check(mvcc, step.taken);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Unlike alone, a range in a transaction may not ask for a negative revision once anything is compacted. */
function checkRevision<V>(history: History<V>, { revision = 0 }: RangeRequest): EtcdError | undefined {
  if (revision === 0) return undefined;
  if (revision > history.revision) return FUTURE_REVISION;
  return revision < history.compactRevision ? COMPACTED : undefined;
}

function execute<V>(mvcc: Mvcc<V>, { steps }: Taken<V>, values: Values<V>): ResponseOp<V>[] {
  return steps.map((step): ResponseOp<V> => {
    if ('put' in step) return { put: applyPut(mvcc, step.put, values) };
    if ('deleteRange' in step) return { deleteRange: applyDeleteRange(mvcc, step.deleteRange) };
    if ('range' in step) {
      const range = executeRange(mvcc.history, step.range, values);
      if (!range.ok) throw new Error(`store: a checked range failed: ${range.error.message}`);
      return { range: range.response };
    }
    const { succeeded } = step.taken;
    return { txn: { revision: 0, succeeded, responses: execute(mvcc, step.taken, values) } };
  });
}

/** True if every key of the range satisfies the condition. A missing key counts as zeros, but has no value to compare. */
function holds<V>(history: History<V>, compare: Compare<V>, values: Values<V>): boolean {
  const kvs = history.live(keyInterval(compare.key, compare.rangeEnd));
  if (kvs.length === 0) return compare.target !== 'VALUE' && verdict(compare, difference(compare, ABSENT));
  return kvs.every((kv) =>
    verdict(
      compare,
      compare.target === 'VALUE' ? valueDifference(compare, kv, values) : difference(compare, kv),
    ),
  );
}

const ABSENT = { version: 0, createRevision: 0, modRevision: 0, lease: 0 };

/** Sign of found minus given. */
function difference(compare: Compare<unknown>, kv: Omit<KeyValue<unknown>, 'key' | 'value'>): number {
  switch (compare.target) {
    case 'VERSION':
      return kv.version - (compare.version ?? 0);
    case 'CREATE':
      return kv.createRevision - (compare.createRevision ?? 0);
    case 'MOD':
      return kv.modRevision - (compare.modRevision ?? 0);
    case 'LEASE':
      return kv.lease - (compare.lease ?? 0);
    case 'VALUE':
      throw new Error('store: values are compared by their semantics');
  }
}

function valueDifference<V>(compare: Compare<V>, kv: KeyValue<V>, values: Values<V>): number {
  const semantics = required(values);
  return semantics.compare(kv.value, compare.value ?? semantics.empty);
}

function verdict({ result }: Compare<unknown>, sign: number): boolean {
  switch (result) {
    case '=':
      return sign === 0;
    case '!=':
      return sign !== 0;
    case '<':
      return sign < 0;
    case '>':
      return sign > 0;
  }
}
