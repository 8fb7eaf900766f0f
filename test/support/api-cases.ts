/**
 * Plays recorded requests (controlplane/api-errors and api-defaults) against an API server and says what differs.
 * Objects are compared without what cannot be the same: UIDs, times, versions, allocated numbers.
 */
import {
  ApiServer,
  noLatency,
  type RestRequest,
  type RestResponse,
  type StatusCause,
  serve,
} from '../../sim/apiserver/index.ts';
import { Simulation } from '../../sim/engine/index.ts';

export interface ApiCase {
  readonly id: string;
  readonly method: RestRequest['method'];
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly code: number;
  readonly reason?: string | null;
  readonly message?: string;
  readonly causes?: readonly unknown[];
  readonly warnings?: readonly string[];
  readonly object?: unknown;
}

export interface ApiVerdict {
  readonly id: string;
  readonly passed: boolean;
  readonly difference?: string;
}

/** Recorded namespace; upper case so that it can be told from everything else. */
const recorded = 'NS';
const namespace = 'case-ns';

const template = (labels: object, pod: object = {}) => ({
  metadata: { labels },
  spec: { containers: [nginx], ...pod },
});
const nginx = { name: 'nginx', image: 'nginx:1.7.9', ports: [{ containerPort: 80 }] };
const zone = { 'topology.kubernetes.io/zone': 'zone-g1', 'topology.kubernetes.io/region': 'r1' };
const jobTemplate = {
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } },
};

/** What existed before the requests: `baseObjects` of the recording. */
const baseObjects: readonly (readonly [path: string, body: object])[] = [
  ['/api/v1/nodes', { kind: 'Node', metadata: { name: 'g-10', labels: { ...zone } } }],
  ['/api/v1/nodes', { kind: 'Node', metadata: { name: 'g-2' } }],
  ['configmaps', { metadata: { name: 'base' }, data: { a: 'b' } }],
  ['configmaps', { metadata: { name: 'frozen' }, data: { a: 'b' }, immutable: true }],
  ['configmaps', { metadata: { name: 'owned' }, data: { k: 'v' } }],
  ['secrets', { metadata: { name: 'base' } }],
  ['pods', { metadata: { name: 'base' }, spec: { containers: [nginx] } }],
  ['pods', { metadata: { name: 'unbound' }, spec: { containers: [nginx], nodeSelector: { no: 'where' } } }],
  ['services', { metadata: { name: 'base' }, spec: { ports: [{ port: 80 }] } }],
  [
    'persistentvolumeclaims',
    {
      metadata: { name: 'base' },
      spec: {
        storageClassName: 'nosuch',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
    },
  ],
  [
    '/apis/apps/v1/deployments',
    {
      metadata: { name: 'base', labels: { app: 'base' } },
      spec: { replicas: 1, selector: { matchLabels: { app: 'base' } }, template: template({ app: 'base' }) },
    },
  ],
  [
    '/apis/apps/v1/statefulsets',
    {
      metadata: { name: 'base' },
      spec: {
        replicas: 0,
        serviceName: 'x',
        selector: { matchLabels: { app: 'a' } },
        template: template({ app: 'a' }),
      },
    },
  ],
  [
    '/apis/apps/v1/daemonsets',
    {
      metadata: { name: 'base' },
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: template({ app: 'a' }, { nodeSelector: { no: 'where' } }),
      },
    },
  ],
  ['/apis/batch/v1/jobs', { metadata: { name: 'base' }, spec: { parallelism: 0, ...jobTemplate } }],
  [
    '/apis/batch/v1/cronjobs',
    {
      metadata: { name: 'base' },
      spec: { schedule: '*/5 * * * *', suspend: true, jobTemplate: { spec: jobTemplate } },
    },
  ],
  [
    '/apis/storage.k8s.io/v1/storageclasses',
    { metadata: { name: 'base-api' }, provisioner: 'example.com/base' },
  ],
];
const clusterScoped = ['nodes', 'storageclasses'];

function basePath(path: string): string {
  const plural = path.slice(path.lastIndexOf('/') + 1);
  if (clusterScoped.includes(plural)) return path;
  const version = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '/api/v1';
  return `${version}/namespaces/${namespace}/${plural}`;
}

export class ApiCases {
  readonly server = new ApiServer(new Simulation('api-cases'), {
    epoch: '2026-11-21T05:00:00Z',
    latency: noLatency,
  });

  constructor() {
    const { server } = this;
    this.#send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    for (const [path, body] of baseObjects) this.#send('POST', basePath(path), body);
    server.execute({ verb: 'bind', namespace, name: 'base', node: 'g-10' });
    const deployment = server.get('deployments', namespace, 'base')!;
    const status = { ...deployment.status, replicas: 1 };
    server.execute({
      verb: 'update',
      resource: 'deployments',
      object: { ...deployment, status },
      subresource: 'status',
    });
  }

  #send(method: 'POST', path: string, body: object): void {
    const response = serve(this.server, { method, path, body });
    if (response.error !== undefined) throw new Error(`${path}: ${response.error.message}`);
  }

  /** Plays one case; what it created is deleted again, as in the recording. */
  play(wanted: ApiCase): ApiVerdict {
    const { id, method, contentType } = wanted;
    const request = {
      method,
      path: here(wanted.path),
      parameters: wanted.params,
      contentType,
      body: here(wanted.body),
    };
    const response = serve(this.server, request);
    if (response.code === 201 && wanted.params?.['dryRun'] === undefined && method === 'POST')
      this.#undo(request.path, response);
    const difference = this.#difference(wanted, response);
    return difference === undefined ? { id, passed: true } : { id, passed: false, difference };
  }

  #undo(path: string, { object }: RestResponse): void {
    const name = object?.metadata.name ?? '';
    serve(this.server, {
      method: 'DELETE',
      path: `${path}/${name}`,
      body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' },
    });
  }

  #difference(wanted: ApiCase, got: RestResponse): string | undefined {
    const { error } = got;
    if (got.code !== wanted.code)
      return `code: expected ${wanted.code}, got ${got.code} ${error?.message ?? ''}`;
    const reason = wanted.reason ?? undefined;
    if (reason !== error?.reason) return `reason: expected ${reason}, got ${error?.reason}`;
    const message = blurred(there(wanted.message ?? ''));
    const mine = blurred(there(error?.message ?? ''));
    if (message !== mine) return firstDifference('message', message, mine);
    return (
      jsonDifference('causes', there(wanted.causes ?? []), there(error?.causes ?? []).map(cut)) ??
      jsonDifference(
        'warnings',
        wanted.warnings ?? [],
        got.warnings.map((text) => `299 - ${JSON.stringify(text)}`),
      ) ??
      (isObject(wanted.object) && 'metadata' in wanted.object
        ? jsonDifference(
            'object',
            withoutStatus(wanted),
            withoutStatus({ ...wanted, object: there(got.object) }),
          )
        : undefined)
    );
  }
}

/** Defaulting and admission: input → stored object. */
export function playDefault({
  id,
  input,
  output,
}: {
  readonly id: string;
  readonly input: unknown;
  readonly output: unknown;
}): ApiVerdict {
  const cases = new ApiCases();
  const { apiVersion, kind } = input as { readonly apiVersion: string; readonly kind: string };
  const path = collectionPath(apiVersion, kind);
  const got = serve(cases.server, { method: 'POST', path, body: here(input) });
  const difference =
    got.object === undefined
      ? got.error?.message
      : jsonDifference('object', stripped(output), stripped(there(got.object)));
  return difference === undefined ? { id, passed: true } : { id, passed: false, difference };
}

const plurals: Readonly<Record<string, string>> = {
  StorageClass: 'storageclasses',
  PriorityClass: 'priorityclasses',
};
const clusterKinds = ['PersistentVolume', 'StorageClass', 'Namespace', 'Node', 'PriorityClass'];

function collectionPath(apiVersion: string, kind: string): string {
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  const version = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return clusterKinds.includes(kind)
    ? `${version}/${plural}`
    : `${version}/namespaces/${namespace}/${plural}`;
}

/** The recording keeps this much of a cause's message. */
const cut = (cause: StatusCause): StatusCause => ({ ...cause, message: cause.message.slice(0, 600) });

/** The status of a changed object belongs to components that are not running here. */
const withoutStatus = ({ method, object }: ApiCase): unknown =>
  method === 'POST' ? stripped(object) : { ...(stripped(object) as object), status: undefined };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The recording's namespace in place of ours, and back. */
const here = <T>(value: T): T => renamed(value, recorded, namespace);
const there = <T>(value: T): T => renamed(value, namespace, recorded);

function renamed<T>(value: T, from: string, to: string): T {
  if (value === undefined) return value;
  const pattern = new RegExp(`(?<![A-Za-z])${from}(?![A-Za-z])`, 'g');
  return JSON.parse(JSON.stringify(value).replace(pattern, to)) as T;
}

const blurred = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<suffix>')
    .replace(/in record \(\d+\)/g, 'in record (<rv>)');

function firstDifference(what: string, wanted: string, got: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === got[at]) at++;
  const from = Math.max(0, at - 30);
  return `${what}: expected …${wanted.slice(from, at + 90)}, got …${got.slice(from, at + 90)}`;
}

function jsonDifference(what: string, wanted: unknown, got: unknown): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length !== got.length) {
    return `${what}: expected ${wanted.length} entries, got ${got.length}: ${blurred(JSON.stringify(got)).slice(0, 120)}`;
  }
  if (typeof wanted === 'object' && wanted !== null && typeof got === 'object' && got !== null) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const difference = jsonDifference(`${what}.${key}`, Reflect.get(wanted, key), Reflect.get(got, key));
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  const [a, b] = [wanted, got].map((value) => (typeof value === 'string' ? blurred(value) : value));
  if (typeof a === 'string' && typeof b === 'string')
    return a === b ? undefined : firstDifference(what, a, b);
  return a === b ? undefined : `${what}: expected ${JSON.stringify(a)}, got ${JSON.stringify(b)}`;
}

/** Without what differs from run to run. */
function stripped(object: unknown): unknown {
  const plain: unknown = JSON.parse(JSON.stringify(object));
  if (!isObject(plain)) return plain;
  const { uid, resourceVersion, creationTimestamp, ...metadata } = plain['metadata'] as Record<
    string,
    unknown
  >;
  const { spec, status, ...rest } = plain;
  return { ...rest, metadata, spec: strippedSpec(spec), status: strippedStatus(status) };
}

const numbers = ['clusterIP', 'clusterIPs', 'healthCheckNodePort'];

function strippedSpec(spec: unknown): unknown {
  if (!isObject(spec)) return spec;
  const kept = Object.entries(spec).filter(([key]) => !numbers.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'ports' ? withoutNodePorts(value) : value]),
  );
}

const withoutNodePorts = (ports: unknown): unknown =>
  Array.isArray(ports) ? ports.map(({ nodePort: _, ...port }: Record<string, unknown>) => port) : ports;

/** Times differ; a null list is none. */
function strippedStatus(status: unknown): unknown {
  if (!isObject(status)) return status;
  const kept = Object.entries(status).filter(([key, value]) => value !== null && !key.endsWith('Time'));
  return Object.fromEntries(kept);
}
