/**
 * The contract between the scheduler and its plugins: the extension points of `k8s.io/kube-scheduler/framework`,
 * Kubernetes v1.36, with upstream's names, order and meaning. A plugin has a name and any of the methods below; the simplest
 * policy is one object with a `name` and a `filter` or a `score`. Plugins are pure given arguments, snapshot, cycle state and
 * keyed draws; what a plugin must remember between pods it keeps in a `Memory`, changed where a cycle ends: at postFilter,
 * reserve, unreserve and postBind.
 */

import type { Node, Pod } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/request.ts';
import type { Duration, SimTime } from '../../engine/index.ts';
import type { NodeState } from '../cache/node-state.ts';
import type { PlacedPod } from '../cache/placed-pod.ts';
import type { PodShape } from '../cache/pod-shape.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { EventInterest } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Listers } from './listers.ts';
import type { Status } from './status.ts';

/** Normalised scores are integers from 0 to this. */
export const MAX_NODE_SCORE = 100;

/** A pod as queueing order sees it. */
export interface SortablePod {
  readonly pod: Pod;
  /** When it entered the queue, this time round. */
  readonly timestamp: SimTime;
}

/** Some of the snapshot's nodes, by row. */
export interface NodeRows {
  /** The first `count` entries count. */
  readonly rows: Int32Array;
  readonly count: number;
}

/** From PreFilter: only these nodes can take the pod. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>;
}

/** Pods to evict so that a pod fits on a node. */
export interface PreemptionPlan {
  readonly node: string;
  /** By falling importance. */
  readonly victims: readonly Pod[];
}

export interface PostFilterResult {
  /** Undefined: success, the pod is nominated to a node. */
  readonly status: Status | undefined;
  /** Absent: leave the nomination as it is; empty: clear it. */
  readonly nominatedNodeName?: string | undefined;
  readonly preemption?: PreemptionPlan | undefined;
  /** Try the pod again after this long even if nothing happens until then; the soonest of all plugins counts. */
  readonly retryAfter?: Duration | undefined;
}

export interface PermitResult {
  /** Code `Wait` holds the pod until it is allowed, rejected, or `timeout` is over. */
  readonly status: Status | undefined;
  readonly timeout?: Duration | undefined;
}

/** What a plugin of the binding cycle wants done before it is asked again. */
export interface Pause {
  readonly requests?: readonly ApiRequest[] | undefined;
  /** Ask again after this long even without requests. */
  readonly pollAfter?: Duration | undefined;
}

/** Which time the plugin is asked, from 0, and the answers to the requests of the last pause. */
export interface Turn {
  readonly number: number;
  readonly now: SimTime;
  readonly results: readonly ApiResult[];
}

export type StepOutcome = Status | Pause | undefined;

export interface NodeScore {
  readonly node: string;
  score: number;
}

/** Every extension point. `undefined` means success. */
export interface ExtensionPoints {
  /** Which events may make a pod schedulable that this plugin rejected (EventsToRegister). */
  events(): readonly EventInterest[];
  preEnqueue(pod: Pod): Status | undefined;
  less(a: SortablePod, b: SortablePod): boolean;
  /**
   * Beside `less`, for an order that changes while pods wait: pods of one group keep their order among themselves, and
   * groups are compared anew, by their first pods, whenever a pod is taken. O(groups) per pod.
   */
  queueGroup(pod: Pod): string;
  preFilter(state: CycleState, pod: Pod): Status | PreFilterResult | undefined;
  /** PreFilterExtensions: `added` is put on `node` in a what-if; keep forked cycle state true. */
  addPod(state: CycleState, pod: Pod, added: PlacedPod, node: NodeState): Status | undefined;
  removePod(state: CycleState, pod: Pod, removed: PlacedPod, node: NodeState): Status | undefined;
  filter(state: CycleState, pod: Pod, node: NodeState): Status | undefined;
  postFilter(state: CycleState, pod: Pod, diagnosis: Diagnosis): PostFilterResult;
  preScore(state: CycleState, pod: Pod, nodes: NodeRows): Status | undefined;
  /** An integer; 0 to 100 unless `normalizeScore` brings it there. */
  score(state: CycleState, pod: Pod, node: NodeState): number;
  /** Whatever it returns but success fails the attempt, as an error. */
  normalizeScore(state: CycleState, pod: Pod, scores: readonly NodeScore[]): Status | undefined;
  reserve(state: CycleState, pod: Pod, node: string): Status | undefined;
  unreserve(state: CycleState, pod: Pod, node: string): void;
  permit(state: CycleState, pod: Pod, node: string): PermitResult;
  preBind(state: CycleState, pod: Pod, node: string, turn: Turn): StepOutcome;
  /** Code `Skip` leaves the pod to the next binder. */
  bind(state: CycleState, pod: Pod, node: string, turn: Turn): StepOutcome;
  postBind(state: CycleState, pod: Pod, node: string): void;
}

/**
 * What need not be asked, for speed alone: results are as if it had been. From the widest on: never for pods of this shape
 * (`ignores`), not in this state of pod and cluster (SKIP of PreFilter and PreScore; `idle` for a filter without one), once for
 * all nodes (`uniformScore`), once for each state of a node (`nodeLocal`). `kubedes policies MODULE` holds a policy to all four.
 */
export interface Shortcuts {
  /**
   * True if, whatever the cluster is like, there is nothing to say about pods of this shape: PreFilter and PreScore would skip
   * them and Bind leave them to others, Score (without PreScore) would give every node 0, Reserve, Unreserve and PreBind would
   * do nothing. Then none of these need be asked.
   */
  ignores(shape: PodShape): boolean;
  /** True if the filter would pass every node. */
  idle(state: CycleState): boolean;
  /** The score after normalisation, an integer from 0 to 100, if it is the same for all of `nodes`. */
  uniformScore(state: CycleState, nodes: NodeRows): number | undefined;
  /**
   * The results depend on nothing but the pod's shape and the node's row: those of `filterRows`, and of `scoreRows` if nothing
   * normalises them, may be remembered per row generation.
   */
  readonly nodeLocal: boolean;
}

/**
 * The same rule over many nodes at once, for speed. Whoever offers it need not offer the simple form: the framework asks about
 * one node as a batch of one.
 */
export interface BatchForm {
  /**
   * `verdicts[i]` for `rows[i]`, i < count, each of which must be written: 0 passes; otherwise a positive integer that `refusal`
   * explains. What is no 32-bit integer becomes one on being written, without a trace: NaN and fractions below 1 pass the node.
   */
  filterRows(state: CycleState, rows: Int32Array, count: number, verdicts: Int32Array): void;
  refusal(state: CycleState, verdict: number): Status;
  /** Integers; 0 to 100 unless `normalizeRows` brings them there. */
  scoreRows(state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void;
  normalizeRows(state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void;
}

/** What a plugin vouches for; runs are held to it. */
export interface Promises {
  /** As a filter: pods on a node never request more than its allocatable, of any resource. */
  readonly preventsOvercommit: boolean;
}

export type Plugin = { readonly name: string } & Partial<ExtensionPoints> &
  Partial<Shortcuts> &
  Partial<BatchForm> &
  Partial<Promises>;

/** Something a plugin remembers between pods, owned by the framework so that it can be saved and compared. */
export interface Memory<T> {
  readonly value: T;
  /** Only within postFilter, reserve, unreserve or postBind. */
  set(next: T): void;
}

/** A pod that Permit holds. */
export interface WaitingPod {
  readonly pod: Pod;
  readonly node: string;
  /** Plugins that still have to allow it. */
  readonly pendingPlugins: readonly string[];
  allow(plugin: string): void;
  reject(plugin: string, message: string): void;
}

/** What the framework offers to plugins. */
export interface Handle {
  /** `schedulerName` of the profile. */
  readonly profileName: string;
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  now(): SimTime;
  /** Draw number `n` for (purpose, object): uniform in [0, 1), the same in every run with the seed. */
  draw(purpose: string, object: string, n: number): number;
  /** Pods nominated to a node that are not there yet, with what they would add. */
  nominatedPods(node: string): readonly PlacedPod[];
  /** All Filter plugins for one node, nominated pods of at least the pod's priority considered. */
  runFilters(state: CycleState, pod: Pod, node: NodeState): Status | undefined;
  /** All PreFilterExtensions, for what-ifs. */
  runAddPod(state: CycleState, pod: Pod, added: PlacedPod, node: NodeState): Status | undefined;
  runRemovePod(state: CycleState, pod: Pod, removed: PlacedPod, node: NodeState): Status | undefined;
  /** True while victims of the pod are being evicted. */
  isPreempting(uid: string): boolean;
  waitingPods(): readonly WaitingPod[];
  /** Tries these pods again as soon as possible. */
  activate(pods: readonly Pod[]): void;
  memory<T>(initial: T): Memory<T>;
}

/** Builds a plugin from its arguments in `pluginConfig` (undefined if none are given). */
export type PluginFactory = (args: unknown, handle: Handle) => Plugin;

/** Plugin name → how to build it. */
export type PluginRegistry = ReadonlyMap<string, PluginFactory>;

export type { Node, Pod };
