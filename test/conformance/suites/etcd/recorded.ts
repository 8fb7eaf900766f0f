/** What the recordings of etcd hold: see README.md beside the data. */
import type {
  CompactRequest,
  DeleteRangeRequest,
  KeyValue,
  LeaseGrantRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
  WatchCreateRequest,
} from '../../../../sim/store/types.ts';

export type Operation =
  | { readonly op: 'put'; readonly request: PutRequest<string> }
  | { readonly op: 'range'; readonly request: RangeRequest }
  | { readonly op: 'deleteRange'; readonly request: DeleteRangeRequest }
  | { readonly op: 'txn'; readonly request: TxnRequest<string> }
  | { readonly op: 'compact'; readonly request: CompactRequest }
  | { readonly op: 'leaseGrant'; readonly request: LeaseGrantRequest }
  | { readonly op: 'leaseRevoke' | 'leaseKeepAlive'; readonly request: { readonly id?: number } }
  | { readonly op: 'leaseTimeToLive'; readonly request: { readonly id?: number; readonly keys?: boolean } }
  | { readonly op: 'leaseLeases'; readonly request: object }
  | { readonly op: 'watchCreate'; readonly request: WatchCreateRequest & Streamed }
  | { readonly op: 'watchCancel'; readonly request: { readonly watchId?: number } & Streamed }
  | { readonly op: 'watchProgress'; readonly request: Streamed }
  | { readonly op: 'sleep'; readonly request: { readonly ms?: number } };

export interface Streamed {
  readonly stream?: number;
}

export interface Sequence {
  readonly id: string;
  readonly tags: readonly string[];
  readonly ops: readonly (Operation & { readonly response: unknown })[];
  readonly watches: readonly unknown[];
}

/** What a recorded line or response may have, before it is known which it is. */
export interface Recorded {
  readonly ops?: unknown;
  readonly watches?: unknown;
  readonly facts?: unknown;
  readonly kvs?: unknown;
  readonly ttl?: unknown;
}

export interface ClusterScenario {
  readonly id: string;
  readonly facts: object;
}

export function isKvs(value: unknown): value is readonly KeyValue<string>[] {
  return Array.isArray(value);
}

export function isRecord(value: unknown): value is Recorded {
  return typeof value === 'object' && value !== null;
}

export function isSequence(value: unknown): value is Sequence {
  return isRecord(value) && Array.isArray(value.ops) && Array.isArray(value.watches);
}

export function isClusterScenario(value: unknown): value is ClusterScenario {
  return isRecord(value) && isRecord(value.facts);
}
