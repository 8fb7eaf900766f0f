/** A stepped recording of a real control plane, as its README describes it (only the fields that the player reads). */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Fields = { readonly [key: string]: Json };
/** Kind → name → reduced object. */
export type Settled = Readonly<Record<string, Readonly<Record<string, Fields>>>>;

export interface Action {
  readonly verb: string;
  readonly object?: Fields;
  readonly kind?: string;
  readonly name?: string;
  readonly type?: 'merge' | 'json' | 'strategic';
  readonly subresource?: string;
  readonly patch?: Json;
  readonly options?: Fields;
  /** kubectl */
  readonly args?: readonly string[];
  /** podStatus */
  readonly pod?: string;
  readonly set?: 'Ready' | 'Running' | 'Succeeded' | 'Failed';
  readonly exitCode?: number;
  readonly since?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: 'True' | 'False';
    readonly reason?: string;
    readonly message?: string;
  }[];
  /** kubeletStop, kubeletStart; lastLeaseRenewal in seconds since t0 */
  readonly nodes?: readonly string[];
  readonly lastLeaseRenewal?: Readonly<Record<string, number>>;
  /** createNodes, createBarePods */
  readonly names?: readonly string[];
  readonly zone?: string;
  readonly onNodes?: readonly string[];
  readonly tolerationSeconds?: number;
}

export interface Step {
  readonly i: number;
  readonly t: number;
  readonly do: Action;
  readonly result?: {
    readonly rc?: number;
    readonly code?: number;
    readonly reason?: string;
    readonly message?: string;
  } | null;
  readonly settled?: Settled | null;
  readonly settledAt?: number;
  readonly label?: string;
}

export interface TraceEntry {
  readonly t: number;
  readonly op: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly name: string;
  readonly o: Fields;
}

export interface ScaleDown {
  readonly from: number;
  readonly to: number;
  readonly deleted: readonly string[];
}

/** What the ranking of scale-down victims saw of a pod. */
export interface RankInput {
  readonly name: string;
  readonly node?: string | null;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly readySince?: string | null;
  readonly restarts?: number;
  readonly creationTimestamp?: string;
  readonly cost?: string | null;
}

export interface Recording {
  readonly id: string;
  readonly group: string;
  readonly namespace: string;
  readonly t0: string;
  readonly duration: number;
  readonly steps: readonly Step[];
  readonly expected: {
    readonly scaleDown?: readonly ScaleDown[];
    readonly rankInputs?: readonly RankInput[];
    readonly nodeTimes?: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly unreachableNoExecuteAt?: readonly number[];
    readonly settledSequence?: {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly number[])[];
    };
    readonly [key: string]: unknown;
  };
  readonly trace: readonly TraceEntry[];
}
