/** The annotations by which a Deployment keeps its history on its ReplicaSets. Kubernetes v1.36.3, pkg/controller/deployment/util/deployment_util.go. */
import { type Deployment, type ReplicaSet, withFields } from '../../api/index.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';

export type Annotations = Readonly<Record<string, string>>;

/** Not copied from a Deployment to its ReplicaSets. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);

/** Characters that the list of former revisions may take on an existing ReplicaSet. */
const MAX_HISTORY_LENGTH = 2000;

function integer(rs: ReplicaSet, annotation: string): number | undefined {
  const text = rs.metadata.annotations?.[annotation];
  return text !== undefined && /^-?[0-9]+$/.test(text) ? Number(text) : undefined;
}

export const desiredReplicasOf = (rs: ReplicaSet): number | undefined => integer(rs, DESIRED_REPLICAS);
export const maxReplicasOf = (rs: ReplicaSet): number | undefined => integer(rs, MAX_REPLICAS);

/** The annotations with both counts set; the very same object if they already are. */
export function withReplicas(
  annotations: Annotations | undefined,
  desired: number,
  max: number,
): Annotations | undefined {
  const desiredText = String(desired);
  const maxText = String(max);
  if (annotations?.[DESIRED_REPLICAS] === desiredText && annotations[MAX_REPLICAS] === maxText)
    return annotations;
  return withFields(annotations, { [DESIRED_REPLICAS]: desiredText, [MAX_REPLICAS]: maxText });
}

/** The new ReplicaSet's annotations: the Deployment's own and the revision, with former revisions kept. Same object if nothing changes. */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  current: Annotations | undefined,
  revision: number,
  exists: boolean,
): Annotations | undefined {
  let next = withCopied(current, deployment.metadata.annotations);
  const old = Number(next?.[REVISION] ?? '0');
  if (!(old < revision)) return next;
  const former = next?.[REVISION];
  next = { ...next, [REVISION]: String(revision) };
  if (exists && former !== undefined && former !== '0') next = withHistory(next, former);
  return next;
}

export function withCopied(
  current: Annotations | undefined,
  source: Annotations | undefined,
): Annotations | undefined {
  let next = current;
  for (const key in source) {
    const value = source[key]!;
    if (next?.[key] === value || NOT_COPIED.has(key)) continue;
    next = { ...next, [key]: value };
  }
  return next;
}

function withHistory(annotations: Annotations, former: string): Annotations {
  const list = annotations[REVISION_HISTORY];
  let revisions = list === undefined || list === '' ? [] : list.split(',');
  let length = (list ?? '').length + former.length + 1;
  while (length > MAX_HISTORY_LENGTH && revisions.length > 0) {
    length -= revisions[0]!.length + 1;
    revisions = revisions.slice(1);
  }
  return { ...annotations, [REVISION_HISTORY]: [...revisions, former].join() };
}
