/** Put and deleteRange requests (etcd 3.6): their checks and their effect, alone or as operations of a transaction. */
import type { EtcdError } from './errors.ts';
import { EMPTY_KEY, KEY_NOT_FOUND, LEASE_NOT_FOUND, LEASE_PROVIDED, VALUE_PROVIDED } from './errors.ts';
import { keyInterval } from './interval.ts';
import type { Mvcc } from './mvcc.ts';
import { required } from './range.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  PutRequest,
  PutResponse,
  ValueSemantics,
} from './types.ts';
import type { Version } from './version.ts';

/** What can be refused by looking at the request alone. */
export function checkPut<V>(
  request: PutRequest<V>,
  values: ValueSemantics<V> | undefined,
): EtcdError | undefined {
  if (!request.key) return EMPTY_KEY;
  const { value } = request;
  if (request.ignoreValue && value !== undefined) {
    const semantics = required(values);
    if (semantics.compare(value, semantics.empty) !== 0) return VALUE_PROVIDED;
  }
  return request.ignoreLease && request.lease ? LEASE_PROVIDED : undefined;
}

/** What can be refused in the state before the write. A put alone looks for its lease first, then for the key it needs. */
export function checkPutState<V>(mvcc: Mvcc<V>, request: PutRequest<V>): EtcdError | undefined {
  return missingLease(mvcc, request) ?? missingKey(mvcc, request);
}

/** As `checkPutState`, for a put in a transaction: first the key, then the lease (seen in recorded answers of etcd 3.6.8). */
export function checkPutStateInTxn<V>(mvcc: Mvcc<V>, request: PutRequest<V>): EtcdError | undefined {
  return missingKey(mvcc, request) ?? missingLease(mvcc, request);
}

function missingLease<V>(mvcc: Mvcc<V>, { lease = 0 }: PutRequest<V>): EtcdError | undefined {
  return lease !== 0 && mvcc.leases.lookup(lease) === undefined ? LEASE_NOT_FOUND : undefined;
}

function missingKey<V>(mvcc: Mvcc<V>, request: PutRequest<V>): EtcdError | undefined {
  if (!request.ignoreValue && !request.ignoreLease) return undefined;
  return mvcc.history.get(request.key ?? '') === undefined ? KEY_NOT_FOUND : undefined;
}

/** Puts, within the transaction under way, what was checked before. */
export function applyPut<V>(
  mvcc: Mvcc<V>,
  request: PutRequest<V>,
  values: ValueSemantics<V> | undefined,
): PutResponse<V> {
  const key = request.key ?? '';
  const previous = mvcc.history.get(key);
  const value = request.ignoreValue ? kept(previous).value : (request.value ?? required(values).empty);
  const lease = request.ignoreLease ? kept(previous).lease : (request.lease ?? 0);
  const revision = mvcc.putInTransaction(key, value, lease).modRevision;
  return request.prevKv && previous !== undefined ? { revision, prevKv: previous } : { revision };
}

/** The server too breaks down if the same transaction has deleted the key whose value or lease it is to keep. */
function kept<V>(previous: Version<V> | undefined): Version<V> {
  if (previous === undefined) throw new Error('store: nothing left to keep the value or lease of');
  return previous;
}

export function checkDeleteRange(request: DeleteRangeRequest): EtcdError | undefined {
  return request.key ? undefined : EMPTY_KEY;
}

/** Deletes, within the transaction under way, in key order. */
export function applyDeleteRange<V>(mvcc: Mvcc<V>, request: DeleteRangeRequest): DeleteRangeResponse<V> {
  const prevKvs = mvcc.history.live(keyInterval(request.key, request.rangeEnd));
  for (const { key } of prevKvs) mvcc.deleteInTransaction(key);
  const response = { revision: mvcc.history.revision, deleted: prevKvs.length };
  return request.prevKv && prevKvs.length > 0 ? { ...response, prevKvs } : response;
}
