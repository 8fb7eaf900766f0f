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
  ptr,
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
  currentVolumeAttributesClassName: ptr(str),
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

export const persistentVolumeSpec = struct('v1.PersistentVolumeSpec', {
  capacity: map(quantity),
  ...sharedVolumeSources,
  local: struct('v1.LocalVolumeSource', { path: req(str), fsType: ptr(str) }),
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
  volumeMode: ptr(oneOf('Filesystem', 'Block')),
  nodeAffinity: struct('v1.VolumeNodeAffinity', { required: nodeSelector }),
  volumeAttributesClassName: ptr(str),
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
  reclaimPolicy: ptr(oneOf('Retain', 'Delete', 'Recycle')),
  mountOptions: list(str),
  allowVolumeExpansion: ptr(bool),
  volumeBindingMode: ptr(oneOf('Immediate', 'WaitForFirstConsumer')),
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
          allocatable: struct('v1.VolumeNodeResources', { count: ptr(int32) }),
        }),
      ),
    }),
  ),
});
export interface CSINode extends Of<typeof csiNode> {}

export const csiDriver = kind('storage.k8s.io/v1', 'CSIDriver', {
  spec: req(
    struct('v1.CSIDriverSpec', {
      attachRequired: ptr(bool),
      podInfoOnMount: ptr(bool),
      volumeLifecycleModes: list(str),
      storageCapacity: ptr(bool),
      fsGroupPolicy: ptr(str),
      tokenRequests: list(struct('v1.TokenRequest', { audience: req(str), expirationSeconds: ptr(int64) })),
      requiresRepublish: ptr(bool),
      seLinuxMount: ptr(bool),
      nodeAllocatableUpdatePeriodSeconds: ptr(int64),
      serviceAccountTokenInSecrets: ptr(bool),
    }),
  ),
});
export interface CSIDriver extends Of<typeof csiDriver> {}

export const csiStorageCapacity = kind('storage.k8s.io/v1', 'CSIStorageCapacity', {
  nodeTopology: labelSelector,
  storageClassName: req(str),
  capacity: ptr(quantity),
  maximumVolumeSize: ptr(quantity),
});
export interface CSIStorageCapacity extends Of<typeof csiStorageCapacity> {}

const volumeError = struct('v1.VolumeError', { time, message: str, errorCode: ptr(int32) });

export const volumeAttachment = kind('storage.k8s.io/v1', 'VolumeAttachment', {
  spec: req(
    struct('v1.VolumeAttachmentSpec', {
      attacher: req(str),
      source: req(struct('v1.VolumeAttachmentSource', { persistentVolumeName: ptr(str) })),
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
