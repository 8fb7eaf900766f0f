/**
 * One sync of a Deployment, from its ReplicaSets to the writes it needs. Kubernetes v1.36.3,
 * pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go. Each step ends in a plan or hands on to the next
 * with the answer of its write; as upstream, a status written early in a sync makes a later one of the same sync conflict,
 * and the key is tried again.
 */
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import { microseconds } from '../../engine/index.ts';
import { DONE, inSequence, type Plan, RETRY } from '../controller.ts';
import { isPodTerminal } from '../pod-state.ts';
import { desiredReplicasOf, maxReplicasOf, ROLLBACK_TO } from './annotations.ts';
import {
  conditionAt,
  hasHistoryLimit,
  hasProgressDeadline,
  progressing,
  setCondition,
} from './conditions.ts';
import {
  countStatus,
  isComplete,
  progressDeadlineUs,
  rolloutStatus,
  sameStatus,
} from './deployment-status.ts';
import { syncNewReplicaSet } from './new-replica-set.ts';
import { activeOrLatest, byRevision, findNew, isActive, isSaturated } from './replica-sets.ts';
import { rollback } from './rollback.ts';
import * as rolling from './rolling-update.ts';
import type { SyncState } from './sync-state.ts';

const { desiredReplicas, isRollingUpdate, specReplicas } = rolling;

/** The ReplicaSets of a Deployment, told apart. */
interface Sets {
  readonly newRs: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  /** The new one comes last. */
  readonly all: readonly ReplicaSet[];
}

const toZero = (replicaSet: ReplicaSet): rolling.Resize => ({ replicaSet, replicas: 0 });

export function syncDeployment(sync: SyncState): Plan {
  if (sync.deployment.metadata.deletionTimestamp !== undefined) {
    return withSets(sync, false, (sets) => writeCounts(sync, sets));
  }
  return markPause(sync, () => decide(sync));
}

function decide(sync: SyncState): Plan {
  const { deployment } = sync;
  if (deployment.spec.paused === true) return scaleOnly(sync);
  if (deployment.metadata.annotations?.[ROLLBACK_TO] !== undefined) return rollback(sync);
  return withSets(sync, false, (sets) => {
    if (isScaling(sync.deployment, sets)) return scaleOnly(sync);
    return isRollingUpdate(deployment) ? roll(sync, sets) : recreate(sync, sets);
  });
}

/** A condition tells since when the Deployment is paused, so that the time does not count as lack of progress. */
function markPause(sync: SyncState, then: () => Plan): Plan {
  const { deployment } = sync;
  const current = progressing(deployment);
  if (!hasProgressDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return then();
  const paused = deployment.spec.paused === true;
  if (paused === (current?.reason === 'DeploymentPaused')) return then();
  const { timestamp } = sync.moment();
  const condition = paused
    ? conditionAt('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', timestamp)
    : conditionAt('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', timestamp);
  sync.setConditions(setCondition(deployment.status?.conditions ?? [], condition));
  return sync.writeStatus((result) => (result.ok ? then() : RETRY));
}

/** Tells new from old, keeping the revision annotations in step; creates the new one if asked to. */
function withSets(sync: SyncState, create: boolean, then: (sets: Sets) => Plan): Plan {
  const found = findNew(sync.deployment, sync.replicaSets);
  const old = sync.replicaSets.filter((rs) => rs !== found);
  return syncNewReplicaSet(sync, found, old, create, (newRs) =>
    then({ newRs, old, all: newRs === undefined ? old : [...old, newRs] }),
  );
}

function roll(sync: SyncState, sets: Sets): Plan {
  // Nothing was written since the sets were told apart: to look again, as upstream does, would show the same.
  const fresh = sets.newRs !== undefined && !sync.hasWritten;
  return fresh ? rollSets(sync, sets) : withSets(sync, true, (created) => rollSets(sync, created));
}

function rollSets(sync: SyncState, sets: Sets): Plan {
  const { newRs, old } = sets;
  const size = newRs === undefined ? 0 : sizeOfNew(sync.deployment, newRs, sets);
  if (newRs !== undefined && size !== specReplicas(newRs)) {
    return sync.resize([{ replicaSet: newRs, replicas: size }], () => writeRollout(sync, sets));
  }
  const { resizes, inconsistent } = rolling.shrinkOld(sync.deployment, old, newRs);
  if (inconsistent) return sync.resize(resizes, () => RETRY);
  return resizes.length > 0 ? sync.resize(resizes, () => writeRollout(sync, sets)) : finish(sync, sets);
}

function sizeOfNew(deployment: Deployment, newRs: ReplicaSet, sets: Sets): number {
  const current = specReplicas(newRs);
  const desired = desiredReplicas(deployment);
  return current >= desired ? desired : rolling.newReplicaSetSize(deployment, sets.all, current);
}

function recreate(sync: SyncState, sets: Sets): Plan {
  const shrink = sets.old.filter(isActive).map(toZero);
  if (shrink.length > 0) return sync.resize(shrink, () => writeRollout(sync, sets));
  if (oldPodsRun(sync, sets)) return writeRollout(sync, sets);
  return withSets(sync, true, (created) => {
    const { newRs } = created;
    const replicas = desiredReplicas(sync.deployment);
    const resizes =
      newRs === undefined || specReplicas(newRs) === replicas ? [] : [{ replicaSet: newRs, replicas }];
    return sync.resize(resizes, () => finish(sync, created));
  });
}

function oldPodsRun(sync: SyncState, { old }: Sets): boolean {
  if (old.some((rs) => (rs.status?.replicas ?? 0) > 0)) return true;
  for (const rs of old) for (const pod of sync.podsOf(rs)) if (!isPodTerminal(pod)) return true;
  return false;
}

/** The replicas asked for are not the ones the ReplicaSets were sized for. */
function isScaling(deployment: Deployment, sets: Sets): boolean {
  const desired = desiredReplicas(deployment);
  return sets.all.some((rs) => isActive(rs) && (desiredReplicasOf(rs) ?? desired) !== desired);
}

/** What a paused Deployment still does, and all that a change of replicas does at first. */
function scaleOnly(sync: SyncState): Plan {
  return withSets(sync, false, (sets) =>
    sync.resize(scaledSizes(sync.deployment, sets), () => {
      const { metadata, spec } = sync.deployment;
      const tidy = spec.paused === true && metadata.annotations?.[ROLLBACK_TO] === undefined;
      return tidy ? cleanUp(sync, sets.old, () => writeCounts(sync, sets)) : writeCounts(sync, sets);
    }),
  );
}

function scaledSizes(deployment: Deployment, sets: Sets): readonly rolling.Resize[] {
  const replicas = desiredReplicas(deployment);
  const only = activeOrLatest(sets.newRs, sets.old);
  if (only !== undefined) return specReplicas(only) === replicas ? [] : [{ replicaSet: only, replicas }];
  if (isSaturated(deployment, sets.newRs, desiredReplicasOf)) return sets.old.filter(isActive).map(toZero);
  return isRollingUpdate(deployment)
    ? rolling.proportionalSizes(deployment, sets.all.filter(isActive), maxReplicasOf)
    : [];
}

function finish(sync: SyncState, sets: Sets): Plan {
  const complete = isComplete(sync.deployment, sync.deployment.status);
  return complete ? cleanUp(sync, sets.old, () => writeRollout(sync, sets)) : writeRollout(sync, sets);
}

/** Deletes the oldest ReplicaSets above the history limit, if they have no pods. */
function cleanUp(sync: SyncState, old: readonly ReplicaSet[], then: () => Plan): Plan {
  if (!hasHistoryLimit(sync.deployment)) return then();
  const alive = old.filter((rs) => rs.metadata.deletionTimestamp === undefined);
  const surplus = Math.max(0, alive.length - sync.deployment.spec.revisionHistoryLimit!);
  const deletes = [...alive].sort(byRevision).slice(0, surplus).filter(isEmptyAndSeen).map(deleteReplicaSet);
  return inSequence(deletes, sync.now, (now) => {
    sync.now = now;
    return then();
  });
}

const isEmptyAndSeen = ({ metadata, spec, status }: ReplicaSet): boolean =>
  (status?.replicas ?? 0) === 0 &&
  spec.replicas === 0 &&
  (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);

const deleteReplicaSet = ({ metadata }: ReplicaSet): ApiRequest => ({
  verb: 'delete',
  resource: 'replicasets',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

function writeRollout(sync: SyncState, sets: Sets): Plan {
  const status = rolloutStatus(sync.deployment, sets.all, sets.newRs, sync.moment());
  if (sameStatus(sync.deployment.status, status)) return lookAgain(sync, status);
  return sync.writeStatus((result) => (result.ok ? DONE : RETRY), status);
}

function writeCounts(sync: SyncState, sets: Sets): Plan {
  const status = countStatus(sync.deployment, sets.all, sets.newRs, sync.moment());
  if (sameStatus(sync.deployment.status, status)) return DONE;
  return sync.writeStatus((result) => (result.ok ? DONE : RETRY), status);
}

/** A rollout without progress is looked at again a second after its deadline. */
function lookAgain(sync: SyncState, status: DeploymentStatus): Plan {
  const current = progressing(sync.deployment);
  if (!hasProgressDeadline(sync.deployment) || current === undefined) return DONE;
  if (isComplete(sync.deployment, status) || current.reason === 'ProgressDeadlineExceeded') return DONE;
  const { us, instantOf } = sync.moment();
  const leftUs = progressDeadlineUs(sync.deployment, current, instantOf) - us;
  return leftUs < 1e6 ? RETRY : { writes: [], requeueAfter: microseconds(leftUs + 1e6) };
}
