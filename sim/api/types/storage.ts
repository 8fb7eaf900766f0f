/** PersistentVolume(Claim): core/v1; StorageClass, CSI kinds, VolumeAttachment: storage.k8s.io/v1. Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  listBy,
  map,
  oneOf,
  quantity,
  req,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import { condition, draftMeta, kind, labelSelector, objectReference } from './meta.ts';
import { nodeSelector } from './scheduling.ts';
import { sharedVolumeSources, volumeClaimSpec } from './volume.ts';

const accessModes = list(oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'));

export const claimStatus = struct('v1.PersistentVolumeClaimStatus', {
  phase: oneOf('Pending', 'Bound', 'Lost'),
  accessModes,
  capacity: map(quantity),
  conditions: listBy('type', condition),
  allocatedResources: map(quantity),
  allocatedResourceStatuses: map(str),
  currentVolumeAttributesClassName: str,
});

export const persistentVolumeClaim = kind('v1', 'PersistentVolumeClaim', {
  spec: req(volumeClaimSpec),
  status: claimStatus,
});
export interface PersistentVolumeClaim extends Of<typeof persistentVolumeClaim> {}

/** A claim inside a StatefulSet: a whole object whose metadata is not completed by the API server. */
export const persistentVolumeClaimTemplate = struct('v1.PersistentVolumeClaim', {
  apiVersion: str,
  kind: str,
  metadata: draftMeta,
  spec: req(volumeClaimSpec),
  status: claimStatus,
});
export interface PersistentVolumeClaimTemplate extends Of<typeof persistentVolumeClaimTemplate> {}

const secretReference = struct('v1.SecretReference', { name: str, namespace: str });

const persistentVolumeSpec = struct('v1.PersistentVolumeSpec', {
  capacity: map(quantity),
  ...sharedVolumeSources,
  local: struct('v1.LocalVolumeSource', { path: req(str), fsType: str }),
  csi: struct('v1.CSIPersistentVolumeSource', {
    driver: req(str),
    volumeHandle: req(str),
    readOnly: bool,
    fsType: str,
    volumeAttributes: map(str),
    controllerPublishSecretRef: secretReference,
    nodeStageSecretRef: secretReference,
    nodePublishSecretRef: secretReference,
    controllerExpandSecretRef: secretReference,
    nodeExpandSecretRef: secretReference,
  }),
  accessModes,
  claimRef: objectReference,
  persistentVolumeReclaimPolicy: oneOf('Retain', 'Delete', 'Recycle'),
  storageClassName: str,
  mountOptions: list(str),
  volumeMode: oneOf('Filesystem', 'Block'),
  nodeAffinity: struct('v1.VolumeNodeAffinity', { required: nodeSelector }),
  volumeAttributesClassName: str,
});
export interface PersistentVolumeSpec extends Of<typeof persistentVolumeSpec> {}

export const persistentVolume = kind('v1', 'PersistentVolume', {
  spec: req(persistentVolumeSpec),
  status: struct('v1.PersistentVolumeStatus', {
    phase: oneOf('Pending', 'Available', 'Bound', 'Released', 'Failed'),
    message: str,
    reason: str,
    lastPhaseTransitionTime: time,
  }),
});
export interface PersistentVolume extends Of<typeof persistentVolume> {}

const topologySelectorTerm = struct('v1.TopologySelectorTerm', {
  matchLabelExpressions: list(
    struct('v1.TopologySelectorLabelRequirement', { key: req(str), values: req(list(str)) }),
  ),
});

export const storageClass = kind('storage.k8s.io/v1', 'StorageClass', {
  provisioner: req(str),
  parameters: map(str),
  reclaimPolicy: oneOf('Retain', 'Delete', 'Recycle'),
  mountOptions: list(str),
  allowVolumeExpansion: bool,
  volumeBindingMode: oneOf('Immediate', 'WaitForFirstConsumer'),
  allowedTopologies: list(topologySelectorTerm),
});
export interface StorageClass extends Of<typeof storageClass> {}

export const csiNode = kind('storage.k8s.io/v1', 'CSINode', {
  spec: req(
    struct('v1.CSINodeSpec', {
      drivers: listBy(
        'name',
        struct('v1.CSINodeDriver', {
          name: req(str),
          nodeID: req(str),
          topologyKeys: list(str),
          allocatable: struct('v1.VolumeNodeResources', { count: int32 }),
        }),
      ),
    }),
  ),
});
export interface CSINode extends Of<typeof csiNode> {}

export const csiDriver = kind('storage.k8s.io/v1', 'CSIDriver', {
  spec: req(
    struct('v1.CSIDriverSpec', {
      attachRequired: bool,
      podInfoOnMount: bool,
      volumeLifecycleModes: list(str),
      storageCapacity: bool,
      fsGroupPolicy: str,
      tokenRequests: list(struct('v1.TokenRequest', { audience: req(str), expirationSeconds: int64 })),
      requiresRepublish: bool,
      seLinuxMount: bool,
      nodeAllocatableUpdatePeriodSeconds: int64,
      serviceAccountTokenInSecrets: bool,
    }),
  ),
});
export interface CSIDriver extends Of<typeof csiDriver> {}

export const csiStorageCapacity = kind('storage.k8s.io/v1', 'CSIStorageCapacity', {
  nodeTopology: labelSelector,
  storageClassName: req(str),
  capacity: quantity,
  maximumVolumeSize: quantity,
});
export interface CSIStorageCapacity extends Of<typeof csiStorageCapacity> {}

const volumeError = struct('v1.VolumeError', { time, message: str, errorCode: int32 });

export const volumeAttachment = kind('storage.k8s.io/v1', 'VolumeAttachment', {
  spec: req(
    struct('v1.VolumeAttachmentSpec', {
      attacher: req(str),
      source: req(struct('v1.VolumeAttachmentSource', { persistentVolumeName: str })),
      nodeName: req(str),
    }),
  ),
  status: struct('v1.VolumeAttachmentStatus', {
    attached: req(bool),
    attachmentMetadata: map(str),
    attachError: volumeError,
    detachError: volumeError,
  }),
});
export interface VolumeAttachment extends Of<typeof volumeAttachment> {}
