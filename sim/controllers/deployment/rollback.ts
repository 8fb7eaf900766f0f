/**
 * Rollback by the `deprecated.deployment.rollback.to` annotation. Kubernetes v1.36.3, pkg/controller/deployment/rollback.go.
 * `kubectl rollout undo` does not use it: it patches the template, and the controller finds the old ReplicaSet again.
 */
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/index.ts';
import { DONE, type Plan, RETRY, withEvents } from '../controller.ts';
import { POD_TEMPLATE_HASH, sameTemplate } from '../template-hash.ts';
import { REVISION, ROLLBACK_TO, withCopied } from './annotations.ts';
import { revisionOf } from './replica-sets.ts';
import type { SyncState } from './sync-state.ts';

/** Takes the template of the wanted revision (0: the one before the last) and clears the annotation. */
export function rollback(sync: SyncState): Plan {
  const { deployment, replicaSets } = sync;
  const wanted = Number(deployment.metadata.annotations?.[ROLLBACK_TO]);
  const revision = wanted === 0 ? lastRevision(replicaSets) : wanted;
  const rs = revision === 0 ? undefined : replicaSets.find((candidate) => revisionOf(candidate) === revision);
  if (rs === undefined) {
    const what =
      wanted === 0 ? 'Unable to find last revision.' : `Unable to find the revision to rollback to.`;
    return update(sync, deployment, 'Warning', 'DeploymentRollbackRevisionNotFound', what);
  }
  if (sameTemplate(rs.spec.template, deployment.spec.template)) {
    const what = `The rollback revision contains the same template as current deployment "${deployment.metadata.name}"`;
    return update(sync, deployment, 'Warning', 'DeploymentRollbackTemplateUnchanged', what);
  }
  const annotations = withCopied(
    { [REVISION]: deployment.metadata.annotations?.[REVISION] ?? '' },
    rs.metadata.annotations,
  );
  const rolledBack: Deployment = {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
    spec: { ...deployment.spec, template: withoutHash(rs.spec.template) },
  };
  const message = `Rolled back deployment "${deployment.metadata.name}" to revision ${revision}`;
  return update(sync, rolledBack, 'Normal', 'DeploymentRollback', message);
}

function update(
  sync: SyncState,
  deployment: Deployment,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Plan {
  const { [ROLLBACK_TO]: _, ...annotations } = deployment.metadata.annotations ?? {};
  const object: Deployment = { ...deployment, metadata: { ...deployment.metadata, annotations } };
  const plan = sync.write({ verb: 'update', resource: 'deployments', object }, (result) =>
    result.ok ? DONE : RETRY,
  );
  return withEvents(plan, [sync.event(type, reason, message)]);
}

/** The second highest revision, 0 if there are fewer than two. */
function lastRevision(all: readonly ReplicaSet[]): number {
  const revisions = all.map(revisionOf).sort((a, b) => b - a);
  return revisions[1] ?? 0;
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [POD_TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
