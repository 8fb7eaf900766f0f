/**
 * What a policy sees of the scheduler: the framework's contract, the rules that several plugins share, and the views that hold
 * what they count. Everything else in this room is its own affair and may change.
 */
export type { ApiRequest, ApiResult } from '../apiserver/request.ts';
export { type AffinityTerm, type PodTerms, podTerms, termMatches } from './cache/affinity-terms.ts';
export { nodeAmounts, podAmounts, takesRoom } from './cache/amounts.ts';
export { LabelColumn } from './cache/label-column.ts';
export { NodeState } from './cache/node-state.ts';
export { PlacedPod } from './cache/placed-pod.ts';
export { TermCounter, type TermKind } from './cache/pod-counters.ts';
export type { PodShape } from './cache/pod-shape.ts';
export { CPU_ID, EPHEMERAL_ID, MEMORY_ID } from './cache/resource-ids.ts';
export { DomainSums, RowCounts } from './cache/row-counts.ts';
export { SCRATCH, Snapshot } from './cache/snapshot.ts';
export { ArgsReader } from './configuration/args.ts';
export type { NamedProfile, NamedProfiles, PluginArguments } from './configuration/named-profile.ts';
export type { PolicyModule, PolicyPluginSet } from './configuration/policy-module.ts';
export { Action, type EventInterest, interest } from './framework/cluster-event.ts';
export { CycleState, stateKey } from './framework/cycle-state.ts';
export { Diagnosis, ReasonCounts } from './framework/diagnosis.ts';
export {
  type BatchForm,
  type ExtensionPoints,
  type Handle,
  MAX_NODE_SCORE,
  type Memory,
  type NodeRows,
  type NodeScore,
  type Pause,
  type PermitResult,
  type Plugin,
  type PluginFactory,
  type PluginRegistry,
  type PostFilterResult,
  type PreemptionPlan,
  type PreFilterResult,
  type Promises,
  type Shortcuts,
  type SortablePod,
  type StepOutcome,
  type Turn,
  type WaitingPod,
} from './framework/interface.ts';
export type { Listers } from './framework/listers.ts';
export { PolicyError } from './framework/policy-error.ts';
export type { EnabledPlugin, PluginSet, PluginSets, PointName } from './framework/profile.ts';
export { failure, NOTHING_TO_DO, SKIP, Status, unresolvable, unschedulable } from './framework/status.ts';
export { boundWith } from './rules/bound-with.ts';
export { DefaultSelectors } from './rules/default-selector.ts';
export { percentOf, roundHalfAway } from './rules/integer.ts';
export { defaultNormalize } from './rules/normalize.ts';
export { bestCandidates, dryRun, NO_VICTIMS, whyNotEligible } from './rules/preemption.ts';
export {
  type ResourceSpec,
  ResourcesByShape,
  readResources,
  requestOf,
  type ScoredResource,
} from './rules/scored-resources.ts';
export { firstInOrder, singleChoice } from './rules/single-choice.ts';
export {
  claimClass,
  claimedVolumes,
  claimNotFound,
  classNotFound,
  foreignClaim,
  isBoundTo,
  isFullyBound,
  isReachable,
  mountsClaim,
  namesClaim,
  volumeNotFound,
} from './rules/volume-claims.ts';
export { bySize, canProvision, findMatchingVolume, volumeLimit } from './rules/volume-matching.ts';
