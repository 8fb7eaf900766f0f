/**
 * What a policy sees of the scheduler: the framework's contract, the rules that several plugins share, and the views that hold
 * what they count. Everything else in this room is its own affair and may change.
 */
export type { ApiRequest, ApiResult } from '../apiserver/request.ts';
export { type AffinityTerm, type PodTerms, podTerms, termMatches } from './affinity-terms.ts';
export { nodeAmounts, podAmounts, takesRoom } from './amounts.ts';
export { ArgsReader } from './args.ts';
export { boundWith } from './bound-with.ts';
export { Action, type EventInterest, interest } from './cluster-event.ts';
export { CycleState, stateKey } from './cycle-state.ts';
export { DefaultSelectors } from './default-selector.ts';
export { Diagnosis, ReasonCounts } from './diagnosis.ts';
export {
  type BatchForm,
  type ExtensionPoints,
  type Handle,
  MAX_NODE_SCORE,
  type Memory,
  type NarrowedNodes,
  type NodeRows,
  type NodeScore,
  type Pause,
  type PermitResult,
  type Plugin,
  type PluginFactory,
  type PluginRegistry,
  type PostFilterResult,
  type PreemptionPlan,
  type Promises,
  type Shortcuts,
  type SortablePod,
  type StepOutcome,
  type Turn,
  type WaitingPod,
} from './framework.ts';
export { percentOf, roundHalfAway } from './integer.ts';
export { LabelColumn } from './label-column.ts';
export type { Listers } from './listers.ts';
export type { NamedProfile, NamedProfiles, PluginArguments } from './named-profile.ts';
export { NodeState } from './node-state.ts';
export { defaultNormalize } from './normalize.ts';
export { PlacedPod } from './placed-pod.ts';
export { TermCounter, type TermKind } from './pod-counters.ts';
export type { PodShape } from './pod-shape.ts';
export { PolicyError } from './policy-error.ts';
export type { PolicyModule, PolicyPluginSet } from './policy-module.ts';
export { bestCandidates, dryRun, NO_VICTIMS, whyNotEligible } from './preemption.ts';
export type { EnabledPlugin, PluginSet, PluginSets, PointName } from './profile.ts';
export { CPU_ID, EPHEMERAL_ID, MEMORY_ID } from './resource-ids.ts';
export { DomainSums, RowCounts } from './row-counts.ts';
export {
  type ResourceSpec,
  ResourcesByShape,
  readResources,
  requestOf,
  type ScoredResource,
} from './scored-resources.ts';
export { firstInOrder, singleChoice } from './single-choice.ts';
export { SCRATCH, Snapshot } from './snapshot.ts';
export { failure, NOTHING_TO_DO, SKIP, Status, unresolvable, unschedulable } from './status.ts';
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
} from './volume-claims.ts';
export { bySize, canProvision, findMatchingVolume, volumeLimit } from './volume-matching.ts';
