/**
 * Requests and responses of the etcd v3 API (etcd 3.6), in its own words and with its zero values: an absent field has
 * the value the protocol gives it (0, '', false, NONE, KEY). Keys are strings of bytes, one character U+0000..U+00FF
 * each, compared by code unit. Revisions, versions and lease ids are integers; 0 is "none".
 */

/** A live key. Never changes once handed out. */
export interface KeyValue<V> {
  readonly key: string;
  readonly value: V;
  /** Revision of the put that made the key (again). */
  readonly createRevision: number;
  /** Revision of the last change. */
  readonly modRevision: number;
  /** Puts since creation, from 1. */
  readonly version: number;
  /** The lease the key is attached to, 0 = none. */
  readonly lease: number;
}

/** What the store has to know of values to compare, sort and blank them; the typed fast path needs none of it. */
export interface ValueSemantics<V> {
  /** The value of a put that gives none, and of a read with `keysOnly`. */
  readonly empty: V;
  compare(a: V, b: V): number;
}

export interface PutRequest<V> {
  readonly key?: string;
  readonly value?: V;
  readonly lease?: number;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export interface PutResponse<V> {
  readonly revision: number;
  readonly prevKv?: KeyValue<V>;
}

/** `INVALID` stands for any number the protocol does not know. */
export type SortOrder = 'NONE' | 'ASCEND' | 'DESCEND' | 'INVALID';
export type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'INVALID';

export interface RangeRequest {
  readonly key?: string;
  /** Absent or '': the single key; `\0`: every key >= `key`; else keys below it. */
  readonly rangeEnd?: string;
  /** <= 0: no limit. */
  readonly limit?: number;
  /** <= 0: now. */
  readonly revision?: number;
  readonly sortOrder?: SortOrder;
  readonly sortTarget?: SortTarget;
  /** Without effect while the store has one member. */
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResponse<V> {
  readonly revision: number;
  readonly kvs: readonly KeyValue<V>[];
  readonly more: boolean;
  /** Keys in the interval at that revision, whatever the limit and the revision filters. */
  readonly count: number;
}

export interface DeleteRangeRequest {
  readonly key?: string;
  readonly rangeEnd?: string;
  readonly prevKv?: boolean;
}

export interface DeleteRangeResponse<V> {
  readonly revision: number;
  readonly deleted: number;
  readonly prevKvs?: readonly KeyValue<V>[];
}

/** A condition on one key, or on every key of a range. */
export interface Compare<V> {
  readonly key?: string;
  readonly rangeEnd?: string;
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE';
  readonly result: '=' | '!=' | '<' | '>';
  readonly version?: number;
  readonly createRevision?: number;
  readonly modRevision?: number;
  readonly value?: V;
  readonly lease?: number;
}

export type RequestOp<V> =
  | { readonly put: PutRequest<V> }
  | { readonly range: RangeRequest }
  | { readonly deleteRange: DeleteRangeRequest }
  | { readonly txn: TxnRequest<V> };

export interface TxnRequest<V> {
  readonly compare?: readonly Compare<V>[];
  readonly success?: readonly RequestOp<V>[];
  readonly failure?: readonly RequestOp<V>[];
}

export type ResponseOp<V> =
  | { readonly put: PutResponse<V> }
  | { readonly range: RangeResponse<V> }
  | { readonly deleteRange: DeleteRangeResponse<V> }
  | { readonly txn: TxnResponse<V> };

export interface TxnResponse<V> {
  /** 0 in the response of a nested transaction, which etcd never fills. */
  readonly revision: number;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp<V>[];
}

export interface CompactRequest {
  readonly revision?: number;
  /** Without effect: the model drops what it compacts at once. */
  readonly physical?: boolean;
}

export interface LeaseGrantRequest {
  /** 0: the store chooses. */
  readonly id?: number;
  /** Seconds. */
  readonly ttl?: number;
}

export interface LeaseGrantResponse {
  readonly id: number;
  /** Seconds granted. */
  readonly ttl: number;
  readonly revision: number;
}

export interface LeaseTimeToLiveResponse {
  readonly id: number;
  /** Whole seconds left; -1 for an unknown lease. */
  readonly ttl: number;
  readonly grantedTtl: number;
  /** Attached keys in key order, if asked for. */
  readonly keys?: readonly string[];
  readonly revision: number;
}

export interface WatchCreateRequest {
  readonly key?: string;
  readonly rangeEnd?: string;
  /** 0: from now. */
  readonly startRevision?: number;
  readonly prevKv?: boolean;
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[];
  /** 0: the stream chooses. */
  readonly watchId?: number;
}

export interface WatchCreated {
  readonly created: true;
  /** -1 if refused. */
  readonly watchId: number;
  readonly revision: number;
  readonly canceled?: true;
  readonly cancelReason?: string;
}

/** A deletion has no value and no versions, only the key and the revision it happened at. */
export interface DeletedKey {
  readonly key: string;
  readonly modRevision: number;
}

/** One change of one key. `prevKv` is the key's state one revision earlier, for watchers that asked for it. */
export type WatchEvent<V> =
  | { readonly type: 'PUT'; readonly kv: KeyValue<V>; readonly prevKv: KeyValue<V> | undefined }
  | { readonly type: 'DELETE'; readonly kv: DeletedKey; readonly prevKv: KeyValue<V> | undefined };

/** One message to one watcher; watchers of one change may share it. */
export interface WatchResponse<V> {
  /** The store's revision when it was sent; 0 in a cancellation. */
  readonly revision: number;
  readonly events: readonly WatchEvent<V>[];
  /** Not 0: cancelled, because the history the watcher asked for is compacted up to here. */
  readonly compactRevision: number;
}

/** Where a watch stream delivers, in the middle of the write that caused it: must not write to the store. */
export interface WatchSink<V> {
  receive(watchId: number, response: WatchResponse<V>): void;
}
