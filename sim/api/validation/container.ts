/** Containers (Kubernetes v1.36, pkg/apis/core/validation). */
import { portNameProblems } from '../names.ts';
import type { Container, ContainerPort, EnvVar, Probe } from '../types/container.ts';
import type { ErrorList } from './field-error.ts';
import { validateContainerResources } from './resources.ts';
import { choice, dnsLabel, nonNegative, PROTOCOLS, portNumber, portNumberOrName } from './rules.ts';

const ENV_NAME = /^[ -<>-~]+$/;
const ENV_NAME_PROBLEM =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** What the containers of one pod share while they are checked. */
export interface PodContext {
  readonly volumes: ReadonlySet<string>;
  readonly hostNetwork: boolean;
  readonly graceSeconds: number;
}

/** The rules for every container; `path` is that of the container. */
export function validateContainer(
  errors: ErrorList,
  path: string,
  container: Container,
  pod: PodContext,
): void {
  if (container.name === '') errors.required(`${path}.name`);
  else dnsLabel(errors, `${path}.name`, container.name);
  if (!container.image) errors.required(`${path}.image`);
  choice(errors, `${path}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    'FallbackToLogsOnError',
    'File',
  ]);
  validatePorts(errors, `${path}.ports`, container.ports ?? [], pod);
  validateEnv(errors, `${path}.env`, container.env ?? []);
  validateMounts(errors, `${path}.volumeMounts`, container, pod);
  choice(errors, `${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']);
  if (container.resources !== undefined)
    validateContainerResources(errors, `${path}.resources`, container.resources);
  const user = container.securityContext?.runAsUser;
  if (user !== undefined && (user < 0 || user > 2_147_483_647)) {
    errors.invalid(`${path}.securityContext.runAsUser`, user, 'must be between 0 and 2147483647, inclusive');
  }
}

function validatePorts(
  errors: ErrorList,
  path: string,
  ports: readonly ContainerPort[],
  pod: PodContext,
): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const field = `${path}[${i}]`;
    if (port.name) {
      const problems = portNameProblems(port.name);
      errors.invalidEach(`${field}.name`, port.name, problems);
      if (problems.length === 0 && names.has(port.name)) errors.duplicate(`${field}.name`, port.name);
      names.add(port.name);
    }
    if (port.containerPort === 0) errors.required(`${field}.containerPort`);
    else portNumber(errors, `${field}.containerPort`, port.containerPort);
    if (port.hostPort !== undefined && port.hostPort !== 0)
      portNumber(errors, `${field}.hostPort`, port.hostPort);
    choice(errors, `${field}.protocol`, port.protocol, PROTOCOLS);
    if (pod.hostNetwork && port.hostPort !== undefined && port.hostPort !== port.containerPort) {
      errors.invalid(
        `${field}.containerPort`,
        port.containerPort,
        'must match `hostPort` when `hostNetwork` is true',
      );
    }
  }
}

function validateEnv(errors: ErrorList, path: string, env: readonly EnvVar[]): void {
  for (const [i, { name, value, valueFrom }] of env.entries()) {
    const field = `${path}[${i}]`;
    if (name === '') errors.required(`${field}.name`);
    else if (!ENV_NAME.test(name)) errors.invalid(`${field}.name`, name, ENV_NAME_PROBLEM);
    if (valueFrom === undefined) continue;
    const sources = Object.values(valueFrom).filter((source) => source !== undefined).length;
    const from = `${field}.valueFrom`;
    if (sources === 0) {
      const detail =
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`, `fileKeyRef`';
      errors.invalid(from, '', detail);
    }
    if (value) errors.invalid(from, '', 'may not be specified when `value` is not empty');
    else if (sources > 1) errors.invalid(from, '', 'may not have more than one field specified at a time');
  }
}

function validateMounts(errors: ErrorList, path: string, container: Container, pod: PodContext): void {
  const mounted = new Set<string>();
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const field = `${path}[${i}]`;
    if (mount.name === '') errors.required(`${field}.name`);
    if (!pod.volumes.has(mount.name)) errors.notFound(`${field}.name`, mount.name);
    if (mount.mountPath === '') errors.required(`${field}.mountPath`);
    if (mounted.has(mount.mountPath)) errors.invalid(`${field}.mountPath`, mount.mountPath, 'must be unique');
    mounted.add(mount.mountPath);
    const subPath = mount.subPath ?? '';
    if (subPath.startsWith('/')) errors.invalid(`${field}.subPath`, subPath, 'must be a relative path');
    if (subPath.split('/').includes('..'))
      errors.invalid(`${field}.subPath`, subPath, "must not contain '..'");
  }
}

/** Probes and lifecycle: for containers that keep running. */
export function validateRunning(
  errors: ErrorList,
  path: string,
  container: Container,
  { graceSeconds }: PodContext,
): void {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[hook];
    if (handler !== undefined) validateHandler(errors, `${path}.lifecycle.${hook}`, handler, graceSeconds);
  }
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[kind];
    if (probe !== undefined) validateProbe(errors, `${path}.${kind}`, probe, kind !== 'readinessProbe');
  }
}

function validateProbe(errors: ErrorList, path: string, probe: Probe, restarts: boolean): void {
  validateHandler(errors, path, probe);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    nonNegative(errors, `${path}.${field}`, probe[field]);
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
  }
  const successes = probe.successThreshold ?? 1;
  if (restarts && successes !== 1) errors.invalid(`${path}.successThreshold`, successes, 'must be 1');
  if (!restarts && grace !== undefined) {
    errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes');
  }
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & {
  readonly sleep?: { readonly seconds: number } | undefined;
};

/** Probes cannot sleep. */
function validateHandler(errors: ErrorList, path: string, handler: Handler, graceSeconds = 0): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  let found = 0;
  const only = (name: string): boolean => {
    found++;
    if (found > 1) errors.forbidden(`${path}.${name}`, 'may not specify more than 1 handler type');
    return found === 1;
  };
  if (exec !== undefined && only('exec') && (exec.command ?? []).length === 0)
    errors.required(`${path}.exec.command`);
  if (httpGet !== undefined && only('httpGet')) {
    if (!httpGet.path) errors.required(`${path}.httpGet.path`);
    portNumberOrName(errors, `${path}.httpGet.port`, httpGet.port);
    choice(errors, `${path}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']);
  }
  if (tcpSocket !== undefined && only('tcpSocket'))
    portNumberOrName(errors, `${path}.tcpSocket.port`, tcpSocket.port);
  if (grpc !== undefined && only('grpc')) portNumber(errors, `${path}.grpc.port`, grpc.port);
  if (sleep !== undefined && only('sleep') && (sleep.seconds < 0 || sleep.seconds > graceSeconds)) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
    errors.invalid(`${path}.sleep`, sleep.seconds, rule);
  }
  if (found === 0) errors.required(path, 'must specify a handler type');
}
