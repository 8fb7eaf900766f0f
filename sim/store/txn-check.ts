/** Static checks of a transaction (etcd 3.6), over both branches, whichever is taken. */
import type { EtcdError } from './errors.ts';
import { DUPLICATE_KEY, EMPTY_KEY, TOO_MANY_OPERATIONS } from './errors.ts';
import { checkDeleteRange, checkPut } from './operations.ts';
import { checkRange } from './range.ts';
import type { DeleteRangeRequest, RequestOp, TxnRequest, ValueSemantics } from './types.ts';

/** Operations, or compares, in one list of a transaction. etcd 3.6, default of --max-txn-ops, documented. */
export const MAX_TXN_OPERATIONS = 128;

export function checkTxn<V>(
  request: TxnRequest<V>,
  values: ValueSemantics<V> | undefined,
): EtcdError | undefined {
  return (
    checkForm(request, MAX_TXN_OPERATIONS, values) ??
    (touched(request.success) === undefined || touched(request.failure) === undefined
      ? DUPLICATE_KEY
      : undefined)
  );
}

/** A nested transaction may use what the longest list of the one around it leaves of the limit. */
function checkForm<V>(
  request: TxnRequest<V>,
  limit: number,
  values: ValueSemantics<V> | undefined,
): EtcdError | undefined {
  const { compare = [], success = [], failure = [] } = request;
  const longest = Math.max(compare.length, success.length, failure.length);
  if (longest > limit) return TOO_MANY_OPERATIONS;
  if (compare.some(({ key }) => !key)) return EMPTY_KEY;
  for (const op of [...success, ...failure]) {
    const error = checkOperation(op, limit - longest, values);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkOperation<V>(
  op: RequestOp<V>,
  limit: number,
  values: ValueSemantics<V> | undefined,
): EtcdError | undefined {
  if ('put' in op) return checkPut(op.put, values);
  if ('range' in op) return checkRange(op.range);
  if ('deleteRange' in op) return checkDeleteRange(op.deleteRange);
  return checkForm(op.txn, limit, values);
}

/** What a list of operations writes: the keys it puts and the intervals it deletes. */
interface Touched {
  readonly puts: Set<string>;
  readonly deletes: DeleteRangeRequest[];
}

/**
 * What the operations touch; undefined if they put a key twice or put one that is also deleted. Branches of one nested
 * transaction exclude each other and may put the same keys. As in the server, a nested put is compared with the
 * deletions of this list and of the transactions nested in it earlier, not later.
 */
function touched<V>(ops: readonly RequestOp<V>[] = []): Touched | undefined {
  const all: Touched = { puts: new Set(), deletes: [] };
  for (const op of ops) if ('deleteRange' in op) all.deletes.push(op.deleteRange);
  for (const op of ops) if ('txn' in op && !addNested(all, op.txn)) return undefined;
  for (const op of ops) if ('put' in op && !addPut(all, op.put.key ?? '')) return undefined;
  return all;
}

/** False if the nested transaction writes twice what it or `all` writes. */
function addNested<V>(all: Touched, txn: TxnRequest<V>): boolean {
  const success = touched(txn.success);
  const failure = touched(txn.failure);
  if (success === undefined || failure === undefined) return false;
  for (const key of success.puts) if (!addPut(all, key)) return false;
  for (const key of failure.puts) {
    if (success.puts.has(key)) continue;
    if (!addPut(all, key)) return false;
  }
  all.deletes.push(...success.deletes, ...failure.deletes);
  return true;
}

function addPut(all: Touched, key: string): boolean {
  if (all.puts.has(key) || all.deletes.some((interval) => covers(interval, key))) return false;
  all.puts.add(key);
  return true;
}

/** The interval taken literally: one with range end `\0`, which deletes everything from the key on, covers nothing. */
function covers({ key = '', rangeEnd = '' }: DeleteRangeRequest, put: string): boolean {
  return rangeEnd === '' ? put === key : put >= key && put < rangeEnd;
}
