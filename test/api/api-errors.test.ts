import { describe, expect, test } from 'vitest';
import type { Draft, KubernetesObject, ResourceName } from '../../sim/api/index.ts';
import {
  applyDefaults,
  decodeObject,
  prepareForCreate,
  resourceNames,
  resources,
  statusInvalid,
  strictDecodingError,
  validateCreate,
  validateUpdate,
} from '../../sim/api/index.ts';
import { golden } from './golden.ts';

interface Case {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params?: { readonly fieldValidation?: string };
  readonly body?: unknown;
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string };
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const { cases } = golden<{ cases: readonly Case[] }>('controlplane/api-errors.json');

/** The resource, name and subresource of a request path. */
function target(path: string): {
  resource: ResourceName | undefined;
  name: string | undefined;
  sub: string | undefined;
} {
  const parts = path.split('/').slice(path.startsWith('/api/') ? 3 : 4);
  const [plural, name, sub] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return { resource: resourceNames.find((r) => r === plural), name, sub };
}

/** The UID of a Job is drawn; the recorded messages tell it. */
const uidOf = (recorded: Case): string =>
  /"batch.kubernetes.io\/controller-uid":"([^"]+)"/.exec(recorded.message ?? '')?.[1] ?? 'uid';

type Answer = { readonly code: number; readonly message?: string; readonly causes?: unknown };

function answerToCreate(resource: ResourceName, recorded: Case): Answer {
  const { kind, version, namespaced, group } = resources[resource];
  const { value, issues } = decodeObject(resource, recorded.body);
  const prefix = `${kind} in version "${version}" cannot be handled as a ${kind}: `;
  const type = issues.find((issue) => issue.kind === 'type');
  if (type !== undefined) return { code: 400, message: prefix + type.message };
  const unknown = strictDecodingError(issues);
  if (unknown !== undefined && recorded.params?.fieldValidation === 'Strict') {
    return { code: 400, message: `${prefix}strict decoding error: ${unknown}` };
  }
  const uid = uidOf(recorded);
  const metadata = { ...value.metadata, uid, ...(namespaced ? { namespace: 'NS'.toLowerCase() } : {}) };
  const object = prepareForCreate(resource, applyDefaults(resource, { ...value, metadata }), uid);
  const errors = validateCreate(resource, object);
  if (errors.length === 0) return { code: 201 };
  const { message, details } = statusInvalid({ kind, group }, metadata.name ?? '', errors);
  return { code: 422, message: message ?? '', causes: details?.causes };
}

/** Requests whose answer another part of the API server gives: names taken, admission plugins, the path itself. */
const elsewhere: readonly string[] = [
  'namespace-mismatch',
  'kind-mismatch',
  'apiversion-mismatch',
  'not-object',
  'priorityclass-missing',
  'serviceaccount-missing',
  'create-pod-in-missing-ns',
];

const creations = cases.filter(
  ({ id, method, path, code }) =>
    method === 'POST' &&
    target(path).resource !== undefined &&
    target(path).sub === undefined &&
    code !== 409 &&
    !elsewhere.includes(id),
);

/** Long dumps are cut at 512 characters in the recorded causes. */
const cut = (causes: unknown): unknown =>
  Array.isArray(causes)
    ? causes.map((cause) => ({ ...cause, message: cause.message.slice(0, 400) }))
    : causes;

describe('creation as Kubernetes v1.36.3 answers it', () => {
  test.each(creations.map((c) => [c.id, c] as const))('%s', (_, recorded) => {
    const { resource } = target(recorded.path);
    if (resource === undefined) throw new Error('not served');
    const answer = answerToCreate(resource, recorded);
    expect(answer.message).toBe(recorded.code >= 400 ? recorded.message : undefined);
    expect(answer.code).toBe(recorded.code);
    if (recorded.code === 422) expect(cut(answer.causes)).toEqual(cut(recorded.causes));
  });
});

/** The objects that existed when the updates were recorded, as their creators sent them. */
const container = { name: 'c', image: 'x' };
const token = 'kube-api-access-fbh8k';
const jobTemplate = { spec: { restartPolicy: 'Never', containers: [container] } };
const bases: Readonly<Record<string, Json>> = {
  configmaps: { data: { a: 'b' } },
  'configmaps/frozen': { data: { a: 'b' }, immutable: true },
  secrets: { stringData: { a: 'b' } },
  services: { spec: { ports: [{ port: 80 }], clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] } },
  jobs: { spec: { parallelism: 0, template: jobTemplate } },
  cronjobs: {
    spec: { schedule: '*/5 * * * *', suspend: true, jobTemplate: { spec: { template: jobTemplate } } },
  },
  statefulsets: {
    spec: {
      replicas: 0,
      serviceName: 'x',
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } },
    },
  },
  persistentvolumeclaims: {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'nosuch',
      resources: { requests: { storage: '1Gi' } },
    },
  },
  storageclasses: { provisioner: 'p' },
  priorityclasses: { value: 2_000_001_000 },
  pods: {
    spec: {
      volumes: [
        {
          name: token,
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
          },
        },
      ],
      containers: [
        {
          name: 'nginx',
          image: 'nginx:1.7.9',
          ports: [{ containerPort: 80 }],
          volumeMounts: [
            { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
          ],
        },
      ],
      serviceAccountName: 'default',
      nodeName: 'g-10',
      tolerations: ['not-ready', 'unreachable'].map((condition) => ({
        key: `node.kubernetes.io/${condition}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    },
  },
};

/** A merge patch; lists of named things are merged by name if it is a strategic one. */
function patched(value: unknown, patch: unknown, strategic: boolean): unknown {
  if (strategic && Array.isArray(value) && Array.isArray(patch) && isObject(patch[0]) && 'name' in patch[0]) {
    return value.map((element) => {
      const change = patch.find((each) => each.name === element.name);
      return change === undefined ? element : patched(element, change, strategic);
    });
  }
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete result[key];
    else result[key] = patched(result[key], change, strategic);
  }
  return result;
}

const updates = cases.filter(
  ({ method, path, code, body, details }) =>
    method === 'PATCH' &&
    target(path).sub === undefined &&
    (code === 200 || code === 422) &&
    isObject(body) &&
    (code === 200 || details?.kind !== undefined) &&
    !('apiVersion' in body),
);

describe('updates as Kubernetes v1.36.3 answers them', () => {
  test.each(updates.map((c) => [c.id, c] as const))('%s', (_, recorded) => {
    const { resource, name = '' } = target(recorded.path);
    if (resource === undefined) throw new Error('not served');
    const { kind, apiVersion, group, namespaced } = resources[resource];
    const base = bases[`${resource}/${name}`] ?? bases[resource];
    if (base === undefined) throw new Error(`no base object for ${resource}`);
    const uid = uidOf(recorded);
    const metadata = { name, uid, ...(namespaced ? { namespace: 'ns' } : {}) };
    const complete = (json: unknown): Draft<KubernetesObject> =>
      applyDefaults(resource, decodeObject(resource, json).value as never);
    const created = prepareForCreate(
      resource,
      complete({ ...base, apiVersion, kind, metadata }) as never,
      uid,
    ) as Draft<KubernetesObject>;
    const old = { ...created, metadata: { ...created.metadata, resourceVersion: '1' } };
    const strategic = 'contentType' in recorded && String(recorded.contentType).includes('strategic');
    const next = complete(patched(old, recorded.body, strategic));
    const errors = validateUpdate(resource, next as never, old as never);
    const status = statusInvalid({ kind, group }, name, errors);
    expect(errors.length === 0 ? undefined : status.message).toBe(
      recorded.code === 200 ? undefined : recorded.message,
    );
    if (recorded.code === 422) expect(cut(status.details?.causes)).toEqual(cut(recorded.causes));
  });
});
