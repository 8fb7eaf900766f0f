/** Volume sources of a pod and of a PersistentVolume: core/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  map,
  oneOf,
  ptr,
  quantity,
  req,
  str,
  struct,
} from '../schema/descriptor.ts';
import { draftMeta, labelSelector, localObjectReference } from './meta.ts';

const keyToPath = struct('v1.KeyToPath', { key: req(str), path: req(str), mode: ptr(int32) });
const items = list(keyToPath);

export const typedLocalObjectReference = struct('v1.TypedLocalObjectReference', {
  apiGroup: ptr(str),
  kind: req(str),
  name: req(str),
});

export const volumeClaimSpec = struct('v1.PersistentVolumeClaimSpec', {
  accessModes: list(oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod')),
  selector: labelSelector,
  resources: struct('v1.VolumeResourceRequirements', { limits: map(quantity), requests: map(quantity) }),
  volumeName: str,
  storageClassName: ptr(str),
  volumeMode: ptr(oneOf('Filesystem', 'Block')),
  dataSource: typedLocalObjectReference,
  dataSourceRef: struct('v1.TypedObjectReference', {
    apiGroup: ptr(str),
    kind: req(str),
    name: req(str),
    namespace: ptr(str),
  }),
  volumeAttributesClassName: ptr(str),
});
export interface PersistentVolumeClaimSpec extends Of<typeof volumeClaimSpec> {}

const downwardItems = list(
  struct('v1.DownwardAPIVolumeFile', {
    path: req(str),
    fieldRef: struct('v1.ObjectFieldSelector', { apiVersion: str, fieldPath: req(str) }),
    resourceFieldRef: struct('v1.ResourceFieldSelector', {
      containerName: str,
      resource: req(str),
      divisor: quantity,
    }),
    mode: ptr(int32),
  }),
);

const projected = struct('v1.ProjectedVolumeSource', {
  sources: list(
    struct('v1.VolumeProjection', {
      secret: struct('v1.SecretProjection', { name: str, items, optional: ptr(bool) }),
      downwardAPI: struct('v1.DownwardAPIProjection', { items: downwardItems }),
      configMap: struct('v1.ConfigMapProjection', { name: str, items, optional: ptr(bool) }),
      serviceAccountToken: struct('v1.ServiceAccountTokenProjection', {
        audience: str,
        expirationSeconds: ptr(int64),
        path: req(str),
      }),
    }),
  ),
  defaultMode: ptr(int32),
});

const disk = { fsType: str, partition: int32, readOnly: bool };
const hostPath = struct('v1.HostPathVolumeSource', { path: req(str), type: ptr(str) });
const gcePersistentDisk = struct('v1.GCEPersistentDiskVolumeSource', { pdName: req(str), ...disk });
const awsElasticBlockStore = struct('v1.AWSElasticBlockStoreVolumeSource', { volumeID: req(str), ...disk });
const nfs = struct('v1.NFSVolumeSource', { server: req(str), path: req(str), readOnly: bool });
const iscsi = struct('v1.ISCSIVolumeSource', {
  targetPortal: req(str),
  iqn: req(str),
  lun: req(int32),
  iscsiInterface: str,
  fsType: str,
  readOnly: bool,
  portals: list(str),
  chapAuthDiscovery: bool,
  chapAuthSession: bool,
  secretRef: localObjectReference,
  initiatorName: ptr(str),
});
const rbd = struct('v1.RBDVolumeSource', {
  monitors: req(list(str)),
  image: req(str),
  fsType: str,
  pool: str,
  user: str,
  keyring: str,
  secretRef: localObjectReference,
  readOnly: bool,
});
const azureDisk = struct('v1.AzureDiskVolumeSource', {
  diskName: req(str),
  diskURI: req(str),
  cachingMode: ptr(str),
  fsType: ptr(str),
  readOnly: ptr(bool),
  kind: ptr(str),
});

/** In-tree sources that a pod volume and a PersistentVolume share. */
export const sharedVolumeSources = {
  hostPath,
  gcePersistentDisk,
  awsElasticBlockStore,
  nfs,
  iscsi,
  rbd,
  azureDisk,
};

export const volume = struct('v1.Volume', {
  name: req(str),
  ...sharedVolumeSources,
  emptyDir: struct('v1.EmptyDirVolumeSource', { medium: str, sizeLimit: ptr(quantity) }),
  secret: struct('v1.SecretVolumeSource', {
    secretName: str,
    items,
    defaultMode: ptr(int32),
    optional: ptr(bool),
  }),
  persistentVolumeClaim: struct('v1.PersistentVolumeClaimVolumeSource', {
    claimName: req(str),
    readOnly: bool,
  }),
  downwardAPI: struct('v1.DownwardAPIVolumeSource', { items: downwardItems, defaultMode: ptr(int32) }),
  configMap: struct('v1.ConfigMapVolumeSource', {
    name: str,
    items,
    defaultMode: ptr(int32),
    optional: ptr(bool),
  }),
  projected,
  csi: struct('v1.CSIVolumeSource', {
    driver: req(str),
    readOnly: ptr(bool),
    fsType: ptr(str),
    volumeAttributes: map(str),
    nodePublishSecretRef: localObjectReference,
  }),
  ephemeral: struct('v1.EphemeralVolumeSource', {
    volumeClaimTemplate: struct('v1.PersistentVolumeClaimTemplate', {
      metadata: draftMeta,
      spec: req(volumeClaimSpec),
    }),
  }),
  image: struct('v1.ImageVolumeSource', { reference: str, pullPolicy: str }),
});
export interface Volume extends Of<typeof volume> {}
