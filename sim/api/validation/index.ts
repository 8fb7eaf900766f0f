/** Validation: what the API server refuses, in its words (Kubernetes v1.36). Objects must have been defaulted. */
import type { ObjectOf, ResourceName } from '../resources.ts';
import type { Draft } from '../types/meta.ts';
import { validateAutoscaler } from './autoscaler.ts';
import { validateNode, validatePriorityClass } from './cluster.ts';
import { validateConfigMap, validateSecret } from './configuration.ts';
import { validateCronJob, validateNewCronJob } from './cron-jobs.ts';
import { ErrorList, type FieldError } from './field-error.ts';
import { validateJob } from './jobs.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { validateIngress, validateNetworkPolicy } from './networking.ts';
import { validatePodSpec, validateTemplate } from './pod.ts';
import {
  validateClusterRole,
  validateDisruptionBudget,
  validateLease,
  validateRole,
  validateRoleBinding,
} from './policy.ts';
import { validateLimitRange, validateResourceQuota } from './quota.ts';
import { validateEndpointSlice, validateEndpoints, validateService } from './service.ts';
import { validateDaemonSet, validateStatefulSet } from './stateful-daemon.ts';
import { validateClaim, validatePersistentVolume, validateStorageClass } from './storage.ts';
import { updateRule } from './update.ts';
import { validateDeployment, validateReplicaSet, validateReplicationController } from './workloads.ts';

export * from './field-error.ts';

/** `old` is what the object replaces: parts that are the same in it were found valid before. */
type Rule<R extends ResourceName> = (
  errors: ErrorList,
  object: Draft<ObjectOf<R>>,
  old?: Draft<ObjectOf<R>>,
) => void;
type Rules = { readonly [R in ResourceName]?: Rule<R> };

const rules: Rules = {
  podtemplates: (errors, { template }) => validateTemplate(errors, 'template', template),
  replicationcontrollers: validateReplicationController,
  replicasets: validateReplicaSet,
  deployments: validateDeployment,
  statefulsets: validateStatefulSet,
  daemonsets: validateDaemonSet,
  jobs: validateJob,
  cronjobs: validateCronJob,
  services: validateService,
  endpoints: validateEndpoints,
  endpointslices: validateEndpointSlice,
  nodes: validateNode,
  configmaps: validateConfigMap,
  secrets: validateSecret,
  resourcequotas: validateResourceQuota,
  limitranges: validateLimitRange,
  persistentvolumeclaims: validateClaim,
  persistentvolumes: validatePersistentVolume,
  storageclasses: validateStorageClass,
  horizontalpodautoscalers: validateAutoscaler,
  poddisruptionbudgets: validateDisruptionBudget,
  ingresses: validateIngress,
  networkpolicies: validateNetworkPolicy,
  roles: validateRole,
  clusterroles: validateClusterRole,
  rolebindings: validateRoleBinding,
  clusterrolebindings: validateRoleBinding,
  leases: validateLease,
};

/** Kinds that are checked differently, or only, when they are new. */
const creationRules: Rules = {
  pods: (errors, { spec }) => validatePodSpec(errors, 'spec', spec),
  cronjobs: validateNewCronJob,
  priorityclasses: validatePriorityClass,
};

const NONE: readonly FieldError[] = [];

/** Everything wrong with a new object; O(1) in the pod spec if that object was found valid before. */
export function validateCreate<R extends ResourceName>(
  resource: R,
  object: Draft<ObjectOf<R>>,
): readonly FieldError[] {
  const errors = new ErrorList();
  validateMetadata(errors, resource, object.metadata);
  const rule: Rule<R> | undefined = creationRules[resource] ?? rules[resource];
  rule?.(errors, object);
  return errors.errors.length === 0 ? NONE : errors.errors;
}

/** Everything wrong with an update of `old` to `next`. Parts that are the same object are not looked at again. */
export function validateUpdate<R extends ResourceName>(
  resource: R,
  next: Draft<ObjectOf<R>>,
  old: Draft<ObjectOf<R>>,
): readonly FieldError[] {
  const errors = new ErrorList();
  if (next.metadata !== old.metadata) {
    // Upstream looks twice, once for all kinds and once in the strategy of the kind, and its causes say so.
    validateMetadataUpdate(errors, next.metadata, old.metadata);
    if (errors.errors.length > 0) validateMetadataUpdate(errors, next.metadata, old.metadata);
  }
  const rule: Rule<R> | undefined = rules[resource];
  rule?.(errors, next, old);
  updateRule(resource)?.(errors, next, old);
  return errors.errors.length === 0 ? NONE : errors.errors;
}
