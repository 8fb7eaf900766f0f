/** The admission plugins in the order in which a kube-apiserver v1.36 with default flags runs them (pkg/kubeapiserver/options). */
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRangerClaims, limitRangerDefaults, limitRangerPods } from './limit-ranger.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priority, priorityClassDefault } from './priority.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { defaultStorageClass, storageObjectInUseProtection } from './storage.ts';
import { taintNodesByCondition } from './taint-nodes.ts';

/** Change the object before validation. NamespaceLifecycle comes before all, PodTopologyLabels at binding. */
export const mutatingPlugins: readonly AdmissionPlugin[] = [
  limitRangerDefaults,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  runtimeClass,
];

/** May only refuse, after validation. ResourceQuota comes after all. */
export const validatingPlugins: readonly AdmissionPlugin[] = [
  limitRangerPods,
  limitRangerClaims,
  priorityClassDefault,
];
