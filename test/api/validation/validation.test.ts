import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft, KubernetesObject, ObjectOf, ResourceName } from '../../../sim/api/index.ts';
import {
  applyDefaults,
  decodeObject,
  errorText,
  prepareForCreate,
  resources,
  validateCreate,
  validateUpdate,
} from '../../../sim/api/index.ts';
import { lineDiff } from '../../../sim/api/validation/line-diff.ts';

type Json = Readonly<Record<string, unknown>>;

/** An object as the API server would store it. */
function stored<R extends ResourceName>(resource: R, fields: Json, meta: Json = {}): Draft<ObjectOf<R>> {
  const { apiVersion, kind, namespaced } = resources[resource];
  const metadata = {
    name: 'x',
    uid: 'u',
    resourceVersion: '1',
    ...(namespaced ? { namespace: 'ns' } : {}),
    ...meta,
  };
  const { value, issues } = decodeObject(resource, { apiVersion, kind, metadata, ...fields });
  expect(issues).toEqual([]);
  return prepareForCreate(resource, applyDefaults(resource, value), 'u');
}
const refusals = (resource: ResourceName, fields: Json, meta?: Json): string[] =>
  validateCreate(resource, stored(resource, fields, meta) as never).map(errorText);
const changes = (resource: ResourceName, before: Json, after: Json, meta?: Json): string[] =>
  validateUpdate(resource, stored(resource, after, meta) as never, stored(resource, before) as never).map(
    errorText,
  );

const container = { name: 'c', image: 'x' };
const pod = (spec: Json): Json => ({ spec: { containers: [container], ...spec } });
const withContainer = (fields: Json): Json => ({ spec: { containers: [{ ...container, ...fields }] } });
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } };
const selector = { matchLabels: { a: 'b' } };
const job = (spec: Json): Json => ({
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
});
const service = (spec: Json): Json => ({ spec: { ports: [{ port: 80 }], ...spec } });
const volume = (spec: Json): Json => ({
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, ...spec },
});

const creations: readonly (readonly [ResourceName, Json, readonly string[]])[] = [
  ['pods', pod({}), []],
  [
    'pods',
    pod({ activeDeadlineSeconds: 0 }),
    ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  ],
  ['pods', pod({ initContainers: [container] }), ['spec.initContainers[0].name: Duplicate value: "c"']],
  [
    'pods',
    pod({ tolerations: [{ key: 'a', operator: 'Gt', value: '1' }] }),
    ['spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists"'],
  ],
  [
    'pods',
    pod({ schedulingGates: [{ name: 'g' }, { name: 'g' }] }),
    ['spec.schedulingGates[1].name: Duplicate value: "g"'],
  ],
  [
    'pods',
    withContainer({ resources: { limits: { foo: '1' } } }),
    [
      'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
    ],
  ],
  [
    'pods',
    withContainer({ resources: { limits: { 'a.io/b': '2' }, requests: { 'a.io/b': '1' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to a.io/b limit of 2'],
  ],
  [
    'pods',
    withContainer({ livenessProbe: {} }),
    ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
  ],
  [
    'pods',
    withContainer({ livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } }),
    ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
  ],
  [
    'pods',
    withContainer({
      lifecycle: { preStop: { sleep: { seconds: 31 } }, postStart: { sleep: { seconds: 30 } } },
    }),
    [
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  ],
  [
    'pods',
    withContainer({ env: [{ name: '' }, { name: 'a=b' }] }),
    [
      'spec.containers[0].env[0].name: Required value',
      'spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
  ],
  [
    'statefulsets',
    { spec: { selector, template, podManagementPolicy: 'X' } },
    ["spec.podManagementPolicy: Invalid value: \"X\": must be 'OrderedReady' or 'Parallel'"],
  ],
  [
    'daemonsets',
    { spec: { selector, template, updateStrategy: { type: 'X' } } },
    [
      'spec.updateStrategy: Unsupported value: {"Type":"X","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ],
  ],
  [
    'deployments',
    { spec: { selector, template, strategy: { rollingUpdate: { maxSurge: '1', maxUnavailable: '101%' } } } },
    [
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"1\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  ],
  [
    'jobs',
    job({ template: { spec: { containers: [container] } } }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  ['jobs', job({ completionMode: 'Indexed' }), []],
  [
    'jobs',
    job({ completionMode: 'Indexed', parallelism: 1 }),
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'cronjobs',
    { spec: { schedule: '@daily', timeZone: 'Nowhere/City', jobTemplate: job({}) } },
    ['spec.timeZone: Invalid value: "Nowhere/City": unknown time zone Nowhere/City'],
  ],
  ['cronjobs', { spec: { schedule: '@daily', timeZone: 'Europe/Paris', jobTemplate: job({}) } }, []],
  [
    'services',
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    'services',
    service({ type: 'X' }),
    [
      'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ],
  [
    'services',
    service({ clusterIP: 'None', type: 'NodePort' }),
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
  ],
  ['services', { spec: { clusterIP: 'None' } }, []],
  [
    'configmaps',
    { data: { 'a b': 'x' } },
    [
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  [
    'resourcequotas',
    { spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] } },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
  [
    'resourcequotas',
    { spec: { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] } },
    ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
  ],
  [
    'limitranges',
    { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
  ],
  [
    'priorityclasses',
    { value: 1_000_000_001 },
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  [
    'persistentvolumes',
    volume({ local: { path: '/y' } }),
    [
      'spec.local: Forbidden: may not specify more than 1 volume type',
      'metadata.annotations: Required value: Local volume requires node affinity',
    ],
  ],
  [
    'persistentvolumeclaims',
    { spec: { resources: { requests: { storage: '0' } } } },
    [
      'spec.accessModes: Required value: at least 1 access mode is required',
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ],
  ],
  [
    'networkpolicies',
    { spec: { ingress: [{ from: [{}], ports: [{ port: 70_000 }] }] } },
    [
      'spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
    ],
  ],
  [
    'roles',
    { rules: [{ apiGroups: [''], resources: ['pods'] }] },
    ['rules[0].verbs: Required value: verbs must contain at least one value'],
  ],
  [
    'rolebindings',
    { roleRef: { kind: 'X', name: 'r' } },
    ['roleRef.kind: Unsupported value: "X": supported values: "Role", "ClusterRole"'],
  ],
  [
    'leases',
    { spec: { leaseDurationSeconds: 0 } },
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
  ],
];

describe('new objects', () => {
  test.each(creations)('%s %j', (resource, fields, expected) => {
    expect(refusals(resource, fields)).toEqual(expected);
  });

  test('names, namespaces and finalizers', () => {
    expect(refusals('nodes', {}, { namespace: 'ns' })).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
    expect(refusals('pods', pod({}), { namespace: '' })).toEqual(['metadata.namespace: Required value']);
    expect(refusals('pods', pod({}), { finalizers: ['mine'] })).toEqual([
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ]);
  });

  test('a pod spec found valid is not looked at again', () => {
    const first = stored('pods', pod({}));
    expect(validateCreate('pods', first)).toEqual([]);
    const { containers } = first.spec;
    // Objects are never changed in reality; only so can a test see that the second look does not happen.
    Object.assign(containers[0] ?? {}, { image: '' });
    expect(validateCreate('pods', { ...first, metadata: { ...first.metadata, name: 'y' } })).toEqual([]);
    expect(validateCreate('pods', { ...first, spec: { ...first.spec } })).toHaveLength(1);
  });
});

const updates: readonly (readonly [ResourceName, Json, Json, readonly string[]])[] = [
  [
    'deployments',
    { spec: { selector, template } },
    { spec: { selector: { matchLabels: { a: 'c' } }, template } },
    [
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
    ],
  ],
  [
    'statefulsets',
    { spec: { selector, template } },
    { spec: { selector, template, replicas: 3, minReadySeconds: 1 } },
    [],
  ],
  [
    'statefulsets',
    { spec: { selector, template } },
    { spec: { selector, template, serviceName: 's' } },
    [
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
  ],
  ['jobs', job({ completions: 1 }), job({ completions: 1, parallelism: 3 }), []],
  [
    'jobs',
    job({ completionMode: 'Indexed', completions: 2, parallelism: 2 }),
    job({ completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    [],
  ],
  [
    'jobs',
    job({ completions: 2 }),
    job({ completions: 3 }),
    ['spec.completions: Invalid value: 3: field is immutable'],
  ],
  [
    'storageclasses',
    { provisioner: 'p' },
    { provisioner: 'p', parameters: { a: 'b' }, reclaimPolicy: 'Retain' },
    [
      'parameters: Forbidden: updates to parameters are forbidden.',
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
    ],
  ],
  ['pods', pod({}), pod({ activeDeadlineSeconds: 5, tolerations: [{ operator: 'Exists' }] }), []],
  ['pods', pod({ schedulingGates: [{ name: 'g' }] }), pod({}), []],
  [
    'pods',
    pod({}),
    pod({ containers: [container, { name: 'd', image: 'x' }] }),
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
  ['pods', pod({}), withContainer({ image: '' }), ['spec.containers[0].image: Required value']],
  [
    'rolebindings',
    { roleRef: { kind: 'Role', name: 'r' } },
    { roleRef: { kind: 'Role', name: 's' } },
    [
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"s"}: cannot change roleRef',
    ],
  ],
  [
    'endpointslices',
    { addressType: 'IPv4', endpoints: [] },
    { addressType: 'IPv6', endpoints: [] },
    ['addressType: Invalid value: "IPv6": field is immutable'],
  ],
];

describe('updates', () => {
  test.each(updates)('%s %j to %j', (resource, before, after, expected) => {
    expect(changes(resource, before, after)).toEqual(expected);
  });

  test('metadata that never changes', () => {
    const after = { uid: 'v', resourceVersion: '' };
    const expected = [
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
      'metadata.uid: Invalid value: "v": field is immutable',
    ];
    expect([...new Set(changes('configmaps', {}, {}, after))]).toEqual(expected);
  });

  test('no finalizer is added once deletion has begun', () => {
    const old = stored(
      'configmaps',
      {},
      { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.io/x'] },
    );
    const next: Draft<KubernetesObject> = {
      ...old,
      metadata: { ...old.metadata, finalizers: ['a.io/x', 'a.io/y'] },
    };
    expect(new Set(validateUpdate('configmaps', next as never, old).map(errorText))).toEqual(
      new Set([
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.io/y"}',
      ]),
    );
  });

  test('a refused volume source shows what would have changed', () => {
    const [text] = changes('persistentvolumes', volume({}), volume({ hostPath: { path: '/y' } }));
    expect(text).toContain(
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@',
    );
    expect(text).toContain('-  "Path": "/x",\n+  "Path": "/y",\n');
  });
});

describe('line differences', () => {
  /** Undoes a unified difference with full context of the changed places. */
  function apply(before: string, diff: string): string {
    const lines = before.split('\n');
    let shift = 0;
    for (const hunk of diff.split(/^(?=@@)/m).filter((part) => part !== '')) {
      const [header = '', ...body] = hunk.replace(/\n$/, '').split('\n');
      const at = Number(/^@@ -(\d+)/.exec(header)?.[1]) - 1 + shift;
      const removed = body.filter((line) => !line.startsWith('+')).length;
      const added = body.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
      lines.splice(at, removed, ...added);
      shift += added.length - removed;
    }
    return lines.join('\n');
  }

  test('lead from one text to the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(apply(before, lineDiff(before, after))).toBe(after);
      }),
      { seed: 8 },
    );
  });

  test('far changes make hunks of their own', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const changed = lines.map((line, i) => (i === 2 || i === 25 ? `${line}!` : line));
    const diff = lineDiff(lines.join('\n'), changed.join('\n'));
    expect(diff.match(/^@@.*$/gm)).toEqual(['@@ -1,6 +1,6 @@', '@@ -23,7 +23,7 @@']);
  });
});
