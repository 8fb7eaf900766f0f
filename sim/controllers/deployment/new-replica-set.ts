/**
 * The ReplicaSet of the current template: found and kept in step with the Deployment's annotations, or created.
 * Kubernetes v1.36.3, pkg/controller/deployment/sync.go (getNewReplicaSet).
 */
import {
  controllerReference,
  type Deployment,
  type Draft,
  type ReplicaSet,
  withFields,
} from '../../api/index.ts';
import type { ApiError } from '../../apiserver/index.ts';
import { type Plan, RETRY, withEvents } from '../controller.ts';
import { POD_TEMPLATE_HASH, podTemplateHash, sameTemplate } from '../template-hash.ts';
import { newReplicaSetAnnotations, REVISION, withReplicas } from './annotations.ts';
import { conditionAt, hasProgressDeadline, progressing, setCondition } from './conditions.ts';
import { maxRevision } from './replica-sets.ts';
import { desiredReplicas, maxSurge, newReplicaSetSize } from './rolling-update.ts';
import type { SyncState } from './sync-state.ts';

type Then = (newRs: ReplicaSet | undefined) => Plan;

/** Hands on the new ReplicaSet, or undefined if there is none and `create` is false. */
export function syncNewReplicaSet(
  sync: SyncState,
  found: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  create: boolean,
  then: Then,
): Plan {
  const revision = maxRevision(old) + 1;
  if (found !== undefined) return keepInStep(sync, found, revision, then);
  return create ? createNew(sync, old, revision, then) : then(undefined);
}

function keepInStep(sync: SyncState, rs: ReplicaSet, revision: number, then: Then): Plan {
  const { deployment } = sync;
  const annotations = newReplicaSetAnnotations(deployment, rs.metadata.annotations, revision, true);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (annotations !== rs.metadata.annotations || (rs.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    const object: ReplicaSet = {
      ...rs,
      metadata: { ...rs.metadata, annotations },
      spec: { ...rs.spec, minReadySeconds },
    };
    return sync.write({ verb: 'update', resource: 'replicasets', object }, (result) =>
      result.ok ? then({ ...object, metadata: result.object.metadata }) : RETRY,
    );
  }
  const revised = setRevision(sync, rs.metadata.annotations?.[REVISION] ?? '');
  const untracked = hasProgressDeadline(deployment) && progressing(deployment) === undefined;
  if (untracked) setProgressing(sync, 'FoundNewReplicaSet', `Found new replica set "${rs.metadata.name}"`);
  if (!revised && !untracked) return then(rs);
  return sync.writeStatus((result) => (result.ok ? then(rs) : RETRY));
}

/** Copies the new ReplicaSet's revision to the Deployment; false if it has it already. */
function setRevision(sync: SyncState, revision: string): boolean {
  const { metadata } = sync.deployment;
  if (metadata.annotations?.[REVISION] === revision) return false;
  const annotations = { ...metadata.annotations, [REVISION]: revision };
  sync.deployment = { ...sync.deployment, metadata: { ...metadata, annotations } };
  return true;
}

function setProgressing(
  sync: SyncState,
  reason: 'FoundNewReplicaSet' | 'NewReplicaSetCreated',
  message: string,
): void {
  const condition = conditionAt('Progressing', 'True', reason, message, sync.moment().timestamp);
  sync.setConditions(setCondition(sync.deployment.status?.conditions ?? [], condition));
}

function createNew(sync: SyncState, old: readonly ReplicaSet[], revision: number, then: Then): Plan {
  const { deployment } = sync;
  const object = newReplicaSet(deployment, old, revision);
  const namespace = deployment.metadata.namespace ?? '';
  return sync.write({ verb: 'create', resource: 'replicasets', namespace, object }, (result) => {
    if (result.ok) return created(sync, { ...object, metadata: result.object.metadata }, then);
    if (result.error.reason === 'AlreadyExists') return taken(sync, object.metadata.name ?? '', then);
    return refused(sync, object.metadata.name ?? '', result.error);
  });
}

function newReplicaSet(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revision: number,
): Draft<ReplicaSet> {
  const { template, minReadySeconds = 0, selector } = deployment.spec;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = withFields(template.metadata?.labels, { [POD_TEMPLATE_HASH]: hash });
  const desired = desiredReplicas(deployment);
  const annotations = newReplicaSetAnnotations(deployment, undefined, revision, false);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: withReplicas(annotations, desired, desired + maxSurge(deployment)),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, old, 0),
      minReadySeconds,
      selector: { ...selector, matchLabels: withFields(selector.matchLabels, { [POD_TEMPLATE_HASH]: hash }) },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function created(sync: SyncState, rs: ReplicaSet, then: Then): Plan {
  const name = rs.metadata.name;
  const replicas = rs.spec.replicas ?? 0;
  const message = `Scaled up replica set ${name} from 0 to ${replicas}`;
  const events = replicas > 0 ? [sync.event('Normal', 'ScalingReplicaSet', message)] : [];
  let changed = setRevision(sync, rs.metadata.annotations?.[REVISION] ?? '');
  if (hasProgressDeadline(sync.deployment)) {
    setProgressing(sync, 'NewReplicaSetCreated', `Created new replica set "${name}"`);
    changed = true;
  }
  if (!changed) return withEvents(then(rs), events);
  return withEvents(
    sync.writeStatus((result) => (result.ok ? then(rs) : RETRY)),
    events,
  );
}

/** The name is in use: by this Deployment's own new ReplicaSet that the informer was late to show, or by another content. */
function taken(sync: SyncState, name: string, then: Then): Plan {
  const { deployment } = sync;
  const known = sync.environment.informers
    .informer('replicasets')
    .get(`${deployment.metadata.namespace}/${name}`);
  if (known === undefined) return RETRY;
  const own = known.metadata.ownerReferences?.some(
    (owner) => owner.controller === true && owner.uid === deployment.metadata.uid,
  );
  if (own === true && sameTemplate(known.spec.template, deployment.spec.template)) {
    if (!setRevision(sync, known.metadata.annotations?.[REVISION] ?? '')) return then(known);
    return sync.writeStatus((result) => (result.ok ? then(known) : RETRY));
  }
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  return sync.writeStatus(() => RETRY, { ...deployment.status, collisionCount });
}

function refused(sync: SyncState, name: string, error: ApiError): Plan {
  if (error.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true) return RETRY;
  const message = `Failed to create new replica set "${name}": ${error.message}`;
  const events = [sync.event('Warning', 'ReplicaSetCreateError', message)];
  if (!hasProgressDeadline(sync.deployment)) return withEvents(RETRY, events);
  const condition = conditionAt(
    'Progressing',
    'False',
    'ReplicaSetCreateError',
    message,
    sync.moment().timestamp,
  );
  sync.setConditions(setCondition(sync.deployment.status?.conditions ?? [], condition));
  return withEvents(
    sync.writeStatus(() => RETRY),
    events,
  );
}
