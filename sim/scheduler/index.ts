/**
 * The scheduler: the contract its plugins are written to, and the component that runs them. `framework` has the contract and runs
 * a profile's plugins at their extension points, `search` finds a node, `queue` holds the pods that wait, `cache` the cluster as
 * the scheduler sees it, `configuration` reads profiles, `rules` are what several plugins share, `explain` tells why, and
 * `policy-test` holds policies to the contract.
 */
export type { ApiRequest, ApiResult } from '../apiserver/request.ts';
export * from './cache/affinity-terms.ts';
export * from './cache/amounts.ts';
export * from './cache/cache.ts';
export type { LabelColumn } from './cache/label-column.ts';
export type { NodeState } from './cache/node-state.ts';
export * from './cache/placed-pod.ts';
export type { MatchCounter, PodQuery, TermCounter, TermKind } from './cache/pod-counters.ts';
export { normalizedImage, type PodShape } from './cache/pod-shape.ts';
export * from './cache/resource-ids.ts';
export type { DomainSums, RowCounts } from './cache/row-counts.ts';
export { SCRATCH, Snapshot } from './cache/snapshot.ts';
export * from './configuration/args.ts';
export * from './configuration/configuration.ts';
export * from './configuration/merge-plugins.ts';
export * from './configuration/named-profile.ts';
export * from './configuration/policy-module.ts';
export * from './configuration/profile-check.ts';
export * from './cycle-latency.ts';
export type { Decision } from './decision.ts';
export * from './explain/attempt.ts';
export * from './explain/change.ts';
export * from './explain/explain.ts';
export * from './explain/why-not.ts';
export * from './framework/cluster-event.ts';
export * from './framework/cycle-state.ts';
export * from './framework/diagnosis.ts';
export type { FrameworkServices } from './framework/handle.ts';
export * from './framework/interface.ts';
export * from './framework/listers.ts';
export * from './framework/nominator.ts';
export * from './framework/policy-error.ts';
export type { PreFilterVerdict } from './framework/pre-filter-verdict.ts';
export * from './framework/profile.ts';
export * from './framework/runtime.ts';
export * from './framework/status.ts';
export * from './policy-test/kit.ts';
export { defaultQueueOptions, SchedulingQueue } from './queue/scheduling-queue.ts';
export * from './rules/bound-with.ts';
export * from './rules/default-selector.ts';
export * from './rules/integer.ts';
export * from './rules/normalize.ts';
export * from './rules/preemption.ts';
export * from './rules/scored-resources.ts';
export * from './rules/single-choice.ts';
export * from './rules/volume-claims.ts';
export * from './rules/volume-matching.ts';
export * from './scheduler.ts';
export * from './search/algorithm.ts';
export type { TieBreak } from './search/node-priorities.ts';
export * from './search/sampling.ts';
export type { ScheduleResult } from './search/schedule-result.ts';
