/** Where internal structs differ from the v1 types: names, order, nesting (Kubernetes v1.36, pkg/apis/core/types.go). */

export interface InternalField {
  /** v1 JSON name; for fields that KubeDES does not describe, any name: they print as null. */
  readonly name: string;
  readonly goName: string;
  /** Fields printed without a level of their own. */
  readonly embedded?: boolean;
  /** A struct that is not a pointer. */
  readonly value?: boolean;
  /** Fields of the surrounding v1 type that come first in this struct. */
  readonly inside?: readonly InternalField[];
}

/** Go names that are not just the JSON name capitalised. */
export const goNames: ReadonlyMap<string, string> = new Map([
  ['hostIP', 'HostIP'],
  ['tty', 'TTY'],
  ['dnsPolicy', 'DNSPolicy'],
  ['dnsConfig', 'DNSConfig'],
  ['os', 'OS'],
  ['ip', 'IP'],
  ['gcePersistentDisk', 'GCEPersistentDisk'],
  ['awsElasticBlockStore', 'AWSElasticBlockStore'],
  ['nfs', 'NFS'],
  ['iscsi', 'ISCSI'],
  ['rbd', 'RBD'],
  ['csi', 'CSI'],
  ['iqn', 'IQN'],
  ['fsType', 'FSType'],
  ['pdName', 'PDName'],
  ['volumeID', 'VolumeID'],
  ['seLinuxOptions', 'SELinuxOptions'],
  ['fsGroup', 'FSGroup'],
  ['fsGroupChangePolicy', 'FSGroupChangePolicy'],
  ['seLinuxChangePolicy', 'SELinuxChangePolicy'],
  ['httpGet', 'HTTPGet'],
  ['tcpSocket', 'TCPSocket'],
  ['grpc', 'GRPC'],
  ['httpHeaders', 'HTTPHeaders'],
]);

/** Types of apimachinery, which internal structs use as they are. */
export const externalStructs: ReadonlySet<string> = new Set([
  'v1.ObjectMeta',
  'v1.LabelSelector',
  'v1.LabelSelectorRequirement',
  'v1.OwnerReference',
]);

const plain = (...names: readonly string[]): InternalField[] =>
  names.map((name) => ({ name, goName: goNames.get(name) ?? name.charAt(0).toUpperCase() + name.slice(1) }));

const probeTiming = plain(
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
  'terminationGracePeriodSeconds',
);

const container: readonly InternalField[] = [
  ...plain('name', 'image', 'command', 'args', 'workingDir', 'ports', 'envFrom', 'env'),
  { name: 'resources', goName: 'Resources', value: true },
  ...plain(
    'resizePolicy',
    'restartPolicy',
    'restartPolicyRules',
    'volumeMounts',
    'volumeDevices',
    'livenessProbe',
    'readinessProbe',
    'startupProbe',
    'lifecycle',
    'terminationMessagePath',
    'terminationMessagePolicy',
    'imagePullPolicy',
    'securityContext',
    'stdin',
    'stdinOnce',
    'tty',
  ),
];

export const internalFields: Readonly<Record<string, readonly InternalField[]>> = {
  'v1.PodTemplateSpec': [
    { name: 'metadata', goName: '', embedded: true },
    { name: 'spec', goName: 'Spec', value: true },
  ],
  'v1.PodSpec': [
    ...plain(
      'volumes',
      'initContainers',
      'containers',
      'ephemeralContainers',
      'restartPolicy',
      'terminationGracePeriodSeconds',
      'activeDeadlineSeconds',
      'dnsPolicy',
      'nodeSelector',
      'serviceAccountName',
      'automountServiceAccountToken',
      'nodeName',
    ),
    {
      name: 'securityContext',
      goName: 'SecurityContext',
      inside: plain('hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'),
    },
    ...plain(
      'imagePullSecrets',
      'hostname',
      'subdomain',
      'setHostnameAsFQDN',
      'affinity',
      'schedulerName',
      'tolerations',
      'hostAliases',
      'priorityClassName',
      'priority',
      'preemptionPolicy',
      'dnsConfig',
      'readinessGates',
      'runtimeClassName',
      'overhead',
      'enableServiceLinks',
      'topologySpreadConstraints',
      'os',
      'schedulingGates',
      'resourceClaims',
      'resources',
      'hostnameOverride',
      'schedulingGroup',
    ),
  ],
  'v1.PodSecurityContext': plain(
    'seLinuxOptions',
    'windowsOptions',
    'runAsUser',
    'runAsGroup',
    'runAsNonRoot',
    'supplementalGroups',
    'supplementalGroupsPolicy',
    'fsGroup',
    'fsGroupChangePolicy',
    'sysctls',
    'seccompProfile',
    'appArmorProfile',
    'seLinuxChangePolicy',
  ),
  'v1.Container': container,
  'v1.EphemeralContainer': [...container, ...plain('targetContainerName')],
  'v1.Probe': [...plain('exec', 'httpGet', 'tcpSocket', 'grpc'), ...probeTiming],
  'v1.Volume': plain(
    'name',
    'hostPath',
    'emptyDir',
    'gcePersistentDisk',
    'awsElasticBlockStore',
    'gitRepo',
    'secret',
    'nfs',
    'iscsi',
    'glusterfs',
    'persistentVolumeClaim',
    'rbd',
    'quobyte',
    'flexVolume',
    'cinder',
    'cephFS',
    'flocker',
    'downwardAPI',
    'FC',
    'azureFile',
    'configMap',
    'vsphereVolume',
    'azureDisk',
    'photonPersistentDisk',
    'projected',
    'portworxVolume',
    'scaleIO',
    'storageOS',
    'csi',
    'ephemeral',
    'image',
  ),
  'v1.VolumeProjection': plain(
    'secret',
    'downwardAPI',
    'configMap',
    'serviceAccountToken',
    'clusterTrustBundle',
    'podCertificate',
  ),
  // Sources by reference keep the name in an embedded struct, which prints first.
  'v1.VolumeMount': plain(
    'name',
    'readOnly',
    'recursiveReadOnly',
    'mountPath',
    'subPath',
    'mountPropagation',
    'subPathExpr',
  ),
  'v1.PersistentVolumeClaimSpec': [
    ...plain('accessModes', 'selector'),
    { name: 'resources', goName: 'Resources', value: true },
    ...plain(
      'volumeName',
      'storageClassName',
      'volumeMode',
      'dataSource',
      'dataSourceRef',
      'volumeAttributesClassName',
    ),
  ],
};
