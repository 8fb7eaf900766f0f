/** ReplicationController, ReplicaSet, Deployment, StatefulSet, DaemonSet, ControllerRevision, Scale. Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  any,
  bool,
  int32,
  int64,
  intOrString,
  list,
  listBy,
  map,
  oneOf,
  ptr,
  req,
  str,
  struct,
} from '../schema/descriptor.ts';
import { condition, kind, labelSelector } from './meta.ts';
import { podTemplateSpec } from './pod.ts';
import { persistentVolumeClaimTemplate } from './storage.ts';

const replicaStatus = {
  replicas: int32,
  fullyLabeledReplicas: int32,
  readyReplicas: int32,
  availableReplicas: int32,
  observedGeneration: int64,
  conditions: listBy('type', condition),
};

export const replicationController = kind('v1', 'ReplicationController', {
  spec: req(
    struct('v1.ReplicationControllerSpec', {
      replicas: ptr(int32),
      minReadySeconds: int32,
      selector: map(str),
      template: podTemplateSpec,
    }),
  ),
  status: struct('v1.ReplicationControllerStatus', replicaStatus),
});
export interface ReplicationController extends Of<typeof replicationController> {}

const replicaSetStatus = struct('v1.ReplicaSetStatus', { ...replicaStatus, terminatingReplicas: ptr(int32) });
export interface ReplicaSetStatus extends Of<typeof replicaSetStatus> {}

export const replicaSet = kind('apps/v1', 'ReplicaSet', {
  spec: req(
    struct('v1.ReplicaSetSpec', {
      replicas: ptr(int32),
      minReadySeconds: int32,
      selector: req(ptr(labelSelector)),
      template: req(podTemplateSpec),
    }),
  ),
  status: replicaSetStatus,
});
export interface ReplicaSet extends Of<typeof replicaSet> {}

export const deploymentStrategy = struct('v1.DeploymentStrategy', {
  type: oneOf('Recreate', 'RollingUpdate'),
  rollingUpdate: struct('v1.RollingUpdateDeployment', {
    maxUnavailable: ptr(intOrString),
    maxSurge: ptr(intOrString),
  }),
});
export interface DeploymentStrategy extends Of<typeof deploymentStrategy> {}

const deploymentSpec = struct('v1.DeploymentSpec', {
  replicas: ptr(int32),
  selector: req(ptr(labelSelector)),
  template: req(podTemplateSpec),
  strategy: deploymentStrategy,
  minReadySeconds: int32,
  revisionHistoryLimit: ptr(int32),
  paused: bool,
  progressDeadlineSeconds: ptr(int32),
});
export interface DeploymentSpec extends Of<typeof deploymentSpec> {}

const deploymentStatus = struct('v1.DeploymentStatus', {
  observedGeneration: int64,
  replicas: int32,
  updatedReplicas: int32,
  readyReplicas: int32,
  availableReplicas: int32,
  unavailableReplicas: int32,
  terminatingReplicas: ptr(int32),
  conditions: listBy('type', condition),
  collisionCount: ptr(int32),
});
export interface DeploymentStatus extends Of<typeof deploymentStatus> {}

export const deployment = kind('apps/v1', 'Deployment', {
  spec: req(deploymentSpec),
  status: deploymentStatus,
});
export interface Deployment extends Of<typeof deployment> {}

export const rollingUpdateStatefulSet = struct('v1.RollingUpdateStatefulSetStrategy', {
  partition: ptr(int32),
  maxUnavailable: ptr(intOrString),
});

export const statefulSetUpdateStrategy = struct('v1.StatefulSetUpdateStrategy', {
  type: oneOf('RollingUpdate', 'OnDelete'),
  rollingUpdate: rollingUpdateStatefulSet,
});

export const statefulSetSpec = struct('v1.StatefulSetSpec', {
  replicas: ptr(int32),
  selector: req(ptr(labelSelector)),
  template: req(podTemplateSpec),
  volumeClaimTemplates: list(persistentVolumeClaimTemplate),
  serviceName: str,
  podManagementPolicy: oneOf('OrderedReady', 'Parallel'),
  updateStrategy: statefulSetUpdateStrategy,
  revisionHistoryLimit: ptr(int32),
  minReadySeconds: int32,
  persistentVolumeClaimRetentionPolicy: struct('v1.StatefulSetPersistentVolumeClaimRetentionPolicy', {
    whenDeleted: oneOf('Retain', 'Delete'),
    whenScaled: oneOf('Retain', 'Delete'),
  }),
  ordinals: struct('v1.StatefulSetOrdinals', { start: int32 }),
});
export interface StatefulSetSpec extends Of<typeof statefulSetSpec> {}

const statefulSetStatus = struct('v1.StatefulSetStatus', {
  observedGeneration: int64,
  replicas: int32,
  readyReplicas: int32,
  currentReplicas: int32,
  updatedReplicas: int32,
  currentRevision: str,
  updateRevision: str,
  collisionCount: ptr(int32),
  conditions: listBy('type', condition),
  availableReplicas: int32,
});
export interface StatefulSetStatus extends Of<typeof statefulSetStatus> {}

export const statefulSet = kind('apps/v1', 'StatefulSet', {
  spec: req(statefulSetSpec),
  status: statefulSetStatus,
});
export interface StatefulSet extends Of<typeof statefulSet> {}

export const daemonSetUpdateStrategy = struct('v1.DaemonSetUpdateStrategy', {
  type: oneOf('RollingUpdate', 'OnDelete'),
  rollingUpdate: struct('v1.RollingUpdateDaemonSet', {
    maxUnavailable: ptr(intOrString),
    maxSurge: ptr(intOrString),
  }),
});

const daemonSetSpec = struct('v1.DaemonSetSpec', {
  selector: req(ptr(labelSelector)),
  template: req(podTemplateSpec),
  updateStrategy: daemonSetUpdateStrategy,
  minReadySeconds: int32,
  revisionHistoryLimit: ptr(int32),
});
export interface DaemonSetSpec extends Of<typeof daemonSetSpec> {}

const daemonSetStatus = struct('v1.DaemonSetStatus', {
  currentNumberScheduled: int32,
  numberMisscheduled: int32,
  desiredNumberScheduled: int32,
  numberReady: int32,
  observedGeneration: int64,
  updatedNumberScheduled: int32,
  numberAvailable: int32,
  numberUnavailable: int32,
  collisionCount: ptr(int32),
  conditions: listBy('type', condition),
});
export interface DaemonSetStatus extends Of<typeof daemonSetStatus> {}

export const daemonSet = kind('apps/v1', 'DaemonSet', { spec: req(daemonSetSpec), status: daemonSetStatus });
export interface DaemonSet extends Of<typeof daemonSet> {}

export const controllerRevision = kind('apps/v1', 'ControllerRevision', { data: any, revision: req(int64) });
export interface ControllerRevision extends Of<typeof controllerRevision> {}

/** Body of the `scale` subresource: autoscaling/v1. */
export const scale = kind('autoscaling/v1', 'Scale', {
  spec: struct('v1.ScaleSpec', { replicas: int32 }),
  status: struct('v1.ScaleStatus', { replicas: req(int32), selector: str }),
});
export interface Scale extends Of<typeof scale> {}
