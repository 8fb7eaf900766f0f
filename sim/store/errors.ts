/** The failures an etcd server answers with (etcd 3.6: gRPC status code and message), as values. */

export type EtcdErrorCode = 'InvalidArgument' | 'NotFound' | 'FailedPrecondition' | 'OutOfRange';

/** A gRPC status: its code by name and number, and the server's message. */
export interface EtcdError {
  readonly code: EtcdErrorCode;
  readonly codeNumber: number;
  readonly message: string;
}

/** What a request comes back with: a response, or a failure the caller has to look at. */
export type Result<T> =
  | { readonly ok: true; readonly response: T }
  | { readonly ok: false; readonly error: EtcdError };

const CODE_NUMBERS: Readonly<Record<EtcdErrorCode, number>> = {
  InvalidArgument: 3,
  NotFound: 5,
  FailedPrecondition: 9,
  OutOfRange: 11,
};

function failure(code: EtcdErrorCode, message: string): EtcdError {
  return { code, codeNumber: CODE_NUMBERS[code], message: `etcdserver: ${message}` };
}

export const EMPTY_KEY = failure('InvalidArgument', 'key is not provided');
export const KEY_NOT_FOUND = failure('InvalidArgument', 'key not found');
export const VALUE_PROVIDED = failure('InvalidArgument', 'value is provided');
export const LEASE_PROVIDED = failure('InvalidArgument', 'lease is provided');
export const TOO_MANY_OPERATIONS = failure('InvalidArgument', 'too many operations in txn request');
export const DUPLICATE_KEY = failure('InvalidArgument', 'duplicate key given in txn request');
export const INVALID_SORT_OPTION = failure('InvalidArgument', 'invalid sort option');
export const COMPACTED = failure('OutOfRange', 'mvcc: required revision has been compacted');
export const FUTURE_REVISION = failure('OutOfRange', 'mvcc: required revision is a future revision');
export const LEASE_NOT_FOUND = failure('NotFound', 'requested lease not found');
export const LEASE_EXISTS = failure('FailedPrecondition', 'lease already exists');
export const LEASE_TTL_TOO_LARGE = failure('OutOfRange', 'too large lease TTL');

export const success = <T>(response: T): Result<T> => ({ ok: true, response });
export const refusal = (error: EtcdError): { readonly ok: false; readonly error: EtcdError } => ({
  ok: false,
  error,
});
