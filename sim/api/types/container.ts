/** Containers, probes, environment and their status: core/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  intOrString,
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

const keySelector = (goName: string) => struct(goName, { name: str, key: req(str), optional: ptr(bool) });

const httpHeader = struct('v1.HTTPHeader', { name: req(str), value: req(str) });
const httpGetAction = struct('v1.HTTPGetAction', {
  path: str,
  port: req(intOrString),
  host: str,
  scheme: oneOf('HTTP', 'HTTPS'),
  httpHeaders: list(httpHeader),
});
const tcpSocketAction = struct('v1.TCPSocketAction', { port: req(intOrString), host: str });
const execAction = struct('v1.ExecAction', { command: list(str) });

export const probe = struct('v1.Probe', {
  exec: execAction,
  httpGet: httpGetAction,
  tcpSocket: tcpSocketAction,
  grpc: struct('v1.GRPCAction', { port: req(int32), service: ptr(str) }),
  initialDelaySeconds: int32,
  timeoutSeconds: int32,
  periodSeconds: int32,
  successThreshold: int32,
  failureThreshold: int32,
  terminationGracePeriodSeconds: ptr(int64),
});
export interface Probe extends Of<typeof probe> {}

const lifecycleHandler = struct('v1.LifecycleHandler', {
  exec: execAction,
  httpGet: httpGetAction,
  tcpSocket: tcpSocketAction,
  sleep: struct('v1.SleepAction', { seconds: req(int64) }),
});

export const containerPort = struct('v1.ContainerPort', {
  name: str,
  hostPort: int32,
  containerPort: req(int32),
  protocol: oneOf('TCP', 'UDP', 'SCTP'),
  hostIP: str,
});
export interface ContainerPort extends Of<typeof containerPort> {}

export const envVar = struct('v1.EnvVar', {
  name: req(str),
  value: str,
  valueFrom: struct('v1.EnvVarSource', {
    fieldRef: struct('v1.ObjectFieldSelector', { apiVersion: str, fieldPath: req(str) }),
    resourceFieldRef: struct('v1.ResourceFieldSelector', {
      containerName: str,
      resource: req(str),
      divisor: quantity,
    }),
    configMapKeyRef: keySelector('v1.ConfigMapKeySelector'),
    secretKeyRef: keySelector('v1.SecretKeySelector'),
    fileKeyRef: struct('v1.FileKeySelector', {
      volumeName: req(str),
      path: req(str),
      key: req(str),
      optional: ptr(bool),
    }),
  }),
});
export interface EnvVar extends Of<typeof envVar> {}

const envFromSource = struct('v1.EnvFromSource', {
  prefix: str,
  configMapRef: struct('v1.ConfigMapEnvSource', { name: str, optional: ptr(bool) }),
  secretRef: struct('v1.SecretEnvSource', { name: str, optional: ptr(bool) }),
});

export const resourceRequirements = struct('v1.ResourceRequirements', {
  limits: map(quantity),
  requests: map(quantity),
  claims: listBy('name', struct('v1.ResourceClaim', { name: req(str), request: str })),
});
export interface ResourceRequirements extends Of<typeof resourceRequirements> {}

const capabilities = struct('v1.Capabilities', { add: list(str), drop: list(str) });
export const seLinuxOptions = struct('v1.SELinuxOptions', { user: str, role: str, type: str, level: str });
export const seccompProfile = struct('v1.SeccompProfile', { type: req(str), localhostProfile: ptr(str) });
export const appArmorProfile = struct('v1.AppArmorProfile', { type: req(str), localhostProfile: ptr(str) });
export const windowsOptions = struct('v1.WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: ptr(str),
  gmsaCredentialSpec: ptr(str),
  runAsUserName: ptr(str),
  hostProcess: ptr(bool),
});

const securityContext = struct('v1.SecurityContext', {
  capabilities,
  privileged: ptr(bool),
  seLinuxOptions,
  windowsOptions,
  runAsUser: ptr(int64),
  runAsGroup: ptr(int64),
  runAsNonRoot: ptr(bool),
  readOnlyRootFilesystem: ptr(bool),
  allowPrivilegeEscalation: ptr(bool),
  procMount: ptr(str),
  seccompProfile,
  appArmorProfile,
});

export const volumeMount = struct('v1.VolumeMount', {
  name: req(str),
  readOnly: bool,
  recursiveReadOnly: ptr(str),
  mountPath: req(str),
  subPath: str,
  mountPropagation: ptr(str),
  subPathExpr: str,
});
export interface VolumeMount extends Of<typeof volumeMount> {}

const restartRule = struct('v1.ContainerRestartRule', {
  action: req(str),
  exitCodes: struct('v1.ContainerRestartRuleOnExitCodes', { operator: req(str), values: list(int32) }),
});

const containerFields = {
  name: req(str),
  image: str,
  command: list(str),
  args: list(str),
  workingDir: str,
  ports: listBy('containerPort', containerPort),
  envFrom: list(envFromSource),
  env: listBy('name', envVar),
  resources: resourceRequirements,
  resizePolicy: list(struct('v1.ContainerResizePolicy', { resourceName: req(str), restartPolicy: req(str) })),
  /** On an init container, `Always` makes it a sidecar. */
  restartPolicy: ptr(oneOf('Always', 'OnFailure', 'Never')),
  restartPolicyRules: list(restartRule),
  volumeMounts: listBy('mountPath', volumeMount),
  volumeDevices: listBy('devicePath', struct('v1.VolumeDevice', { name: req(str), devicePath: req(str) })),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: struct('v1.Lifecycle', {
    postStart: lifecycleHandler,
    preStop: lifecycleHandler,
    stopSignal: ptr(str),
  }),
  terminationMessagePath: str,
  terminationMessagePolicy: oneOf('File', 'FallbackToLogsOnError'),
  imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  securityContext,
  stdin: bool,
  stdinOnce: bool,
  tty: bool,
};

export const container = struct('v1.Container', containerFields);
export interface Container extends Of<typeof container> {}

export const ephemeralContainer = struct('v1.EphemeralContainer', {
  ...containerFields,
  targetContainerName: str,
});
export interface EphemeralContainer extends Of<typeof ephemeralContainer> {}

const containerState = struct('v1.ContainerState', {
  waiting: struct('v1.ContainerStateWaiting', { reason: str, message: str }),
  running: struct('v1.ContainerStateRunning', { startedAt: time }),
  terminated: struct('v1.ContainerStateTerminated', {
    exitCode: req(int32),
    signal: int32,
    reason: str,
    message: str,
    startedAt: time,
    finishedAt: time,
    containerID: str,
  }),
});
export interface ContainerState extends Of<typeof containerState> {}

export const containerStatus = struct('v1.ContainerStatus', {
  name: req(str),
  state: containerState,
  lastState: containerState,
  ready: req(bool),
  restartCount: req(int32),
  image: req(str),
  imageID: req(str),
  containerID: str,
  started: ptr(bool),
  allocatedResources: map(quantity),
  resources: resourceRequirements,
});
export interface ContainerStatus extends Of<typeof containerStatus> {}
