import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  decodeObject,
  type KubernetesObject,
  type Pod,
  type PriorityClass,
  type ResourceName,
  resourceOf,
  type Service,
} from '../../../sim/api/index.ts';
import { type ApiResult, ApiServer, noLatency, type SubmittedObject } from '../../../sim/apiserver/index.ts';
import { Simulation } from '../../../sim/engine/index.ts';
import { podDraft } from '../../support/api-objects.ts';

interface Row {
  readonly name?: string;
  readonly patch?: string;
  readonly spec: object;
  readonly object?: KubernetesObject;
  readonly code: number;
  readonly message?: string | null;
  readonly result?: Readonly<Record<string, unknown>> | null;
  readonly resources?: readonly unknown[] | null;
  readonly limitRangerAnnotation?: string | null;
  readonly qosClass?: string | null;
}

interface Recording {
  readonly steps: readonly { readonly do: { readonly verb: string; readonly object: KubernetesObject } }[];
  readonly expected: { readonly rows: readonly Row[] };
}

const golden = (name: string): Recording => {
  const file = new URL(`../../golden/controlplane/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Recording;
};

function cluster() {
  const server = new ApiServer(new Simulation('admission'), { latency: noLatency });
  const create = (
    object: SubmittedObject,
    resource: ResourceName = resourceOf(object)!,
    namespace = 'default',
  ): ApiResult => {
    const { value } = decodeObject(resource, object);
    return server.execute({ verb: 'create', resource, namespace, object: value as SubmittedObject });
  };
  return { server, create };
}

const answer = (result: ApiResult) =>
  result.ok ? { code: result.code } : { code: result.error.code, message: result.error.message };

describe('LimitRanger, as recorded', () => {
  const { steps, expected } = golden('limitrange-container');
  const { create } = cluster();
  create(steps[0]!.do.object);
  it.each(expected.rows.map((row) => ({ name: row.object!.metadata.name, row })))('$name', ({ row }) => {
    const result = create(row.object!);
    expect(answer(result)).toEqual(
      row.message ? { code: row.code, message: row.message } : { code: row.code },
    );
    if (!result.ok || result.object.kind !== 'Pod') return;
    const pod = result.object as Pod;
    expect(pod.spec.containers.map((container) => container.resources)).toEqual(row.resources);
    expect(pod.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(row.limitRangerAnnotation);
    expect(pod.status?.qosClass).toBe(row.qosClass);
  });
});

describe('Services, as recorded', () => {
  const { server, create } = cluster();
  /** Allocated numbers differ; that there is one, and which were asked for, does not. */
  const blur = (spec: Readonly<Record<string, unknown>>, asked: object): unknown =>
    JSON.parse(
      JSON.stringify(spec, (key, value: unknown) => {
        if (value === null || value === undefined) return undefined;
        if (key === 'nodePort' || key === 'healthCheckNodePort')
          return JSON.stringify(asked).includes(String(value)) ? value : 'a port';
        if (typeof value === 'string' && value.startsWith('10.96.'))
          return JSON.stringify(asked).includes(value) ? value : 'an address';
        return value;
      }),
    );
  it.each(
    golden('service-alloc').expected.rows.map((row, i) => ({
      title: `${i} ${row.name ?? `patch ${row.patch}`} ${JSON.stringify(row.spec)}`,
      row,
    })),
  )('$title', ({ row }) => {
    const spec = { selector: { app: 'x' }, ports: [{ port: 80 }], ...row.spec };
    const recordedPorts =
      row.name === undefined
        ? undefined
        : golden('service-alloc').steps.find((step) => step.do.object?.metadata.name === row.name)?.do.object;
    const object = recordedPorts ?? {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: row.name ?? '' },
      spec,
    };
    const result =
      row.patch === undefined
        ? create(object as SubmittedObject)
        : server.execute({
            verb: 'patch',
            resource: 'services',
            namespace: 'default',
            name: row.patch,
            patchType: 'merge',
            patch: row.spec,
          });
    expect(answer(result)).toEqual(
      row.message ? { code: row.code, message: row.message } : { code: row.code },
    );
    if (!result.ok || !row.result) return;
    const stored = (result.object as Service).spec as unknown as Record<string, unknown>;
    const kept = Object.fromEntries(Object.keys(row.result).map((key) => [key, stored[key]]));
    expect(blur(kept, object)).toEqual(blur(row.result, object));
  });

  it('frees what a deleted Service held, and never gives a number twice', () => {
    const c = cluster();
    const make = (name: string) =>
      c.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: {
          type: 'NodePort',
          ports: [{ port: 80 }, { name: 'b', port: 81 }].map((port, i) => ({ name: `p${i}`, ...port })),
        },
      });
    for (let i = 0; i < 60; i++) expect(make(`s${i}`).ok).toBe(true);
    const specs = c.server.list('services').map((service) => service.spec);
    expect(new Set(specs.map((spec) => spec.clusterIP)).size).toBe(60);
    expect(new Set(specs.flatMap((spec) => spec.ports?.map((port) => port.nodePort))).size).toBe(120);
    const { clusterIP, ports } = c.server.get('services', 'default', 's7')!.spec;
    const again = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'again' },
      spec: { type: 'NodePort', clusterIP, ports },
    };
    expect(c.create(again).ok).toBe(false);
    c.server.execute({ verb: 'delete', resource: 'services', namespace: 'default', name: 's7' });
    expect(c.create(again).ok).toBe(true);
  });
});

describe('pods', () => {
  const admitted = (prepare: (c: ReturnType<typeof cluster>) => void, spec: Partial<Pod['spec']> = {}) => {
    const c = cluster();
    prepare(c);
    const result = c.create(podDraft('p', {}, spec));
    return result.ok ? (result.object as Pod).spec : result.error.message;
  };
  const priorityClass = (name: string, value: number, extra: Partial<PriorityClass> = {}) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...extra,
  });

  it.each([
    {
      title: 'no class',
      classes: [],
      spec: {},
      expected: { priority: 0, preemptionPolicy: 'PreemptLowerPriority' },
    },
    {
      title: 'default class',
      classes: [priorityClass('d', 7, { globalDefault: true })],
      spec: {},
      expected: { priority: 7, priorityClassName: 'd' },
    },
    {
      title: 'named class',
      classes: [priorityClass('batch', -5, { preemptionPolicy: 'Never' })],
      spec: { priorityClassName: 'batch' },
      expected: { priority: -5, preemptionPolicy: 'Never' },
    },
    {
      title: 'system class',
      classes: [],
      spec: { priorityClassName: 'system-node-critical' },
      expected: { priority: 2_000_001_000 },
    },
  ])('priority: $title', ({ classes, spec, expected }) => {
    const found = admitted((c) => classes.forEach((each) => void c.create(each)), spec);
    expect(found).toMatchObject(expected);
  });

  it('a class that changes is seen by the next pod of the same template', () => {
    const c = cluster();
    const spec = { containers: [{ name: 'main', image: 'x' }] };
    const priorityOf = (name: string) => {
      const result = c.server.execute({
        verb: 'create',
        resource: 'pods',
        namespace: 'default',
        object: { ...podDraft(name), spec },
      });
      return result.ok ? (result.object as Pod).spec.priority : undefined;
    };
    expect(priorityOf('a')).toBe(0);
    c.create(priorityClass('d', 7, { globalDefault: true }));
    expect(priorityOf('b')).toBe(7);
    c.server.execute({ verb: 'delete', resource: 'priorityclasses', namespace: '', name: 'd' });
    expect(priorityOf('c')).toBe(0);
  });

  it.each([
    ['nothing', [], ['not-ready', 'unreachable']],
    [
      'its own',
      [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 5,
        },
      ],
      ['not-ready 5', 'unreachable'],
    ],
    ['everything', [{ operator: 'Exists' }], ['all']],
    [
      'not-ready without effect',
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
      ['not-ready 0', 'unreachable'],
    ],
  ] as const)('tolerations: given %s', (_, tolerations, expected) => {
    const spec = admitted(() => {}, { tolerations }) as Pod['spec'];
    const shown = spec.tolerations?.map(({ key, tolerationSeconds }) => {
      const seconds = tolerationSeconds === 300 ? '' : ` ${tolerationSeconds ?? 0}`;
      return key === undefined ? 'all' : key.slice('node.kubernetes.io/'.length) + seconds;
    });
    expect(shown).toEqual(expected);
  });

  it('service account: secrets of the account, no token where it says so', () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot' },
      imagePullSecrets: [{ name: 's' }],
      automountServiceAccountToken: false,
    };
    const spec = admitted((c) => void c.create(account), { serviceAccountName: 'robot' });
    expect(spec).toMatchObject({ serviceAccountName: 'robot', imagePullSecrets: [{ name: 's' }] });
    expect((spec as Pod['spec']).volumes).toBeUndefined();
    expect(admitted(() => {}, { serviceAccountName: 'nobody' })).toBe(
      'pods "p" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    );
  });

  it('runtime class: overhead and where to run', () => {
    const runtime = {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'vm' },
      handler: 'vm',
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { vm: 'yes' } },
    };
    expect(admitted((c) => void c.create(runtime), { runtimeClassName: 'vm' })).toMatchObject({
      overhead: { cpu: '250m' },
      nodeSelector: { vm: 'yes' },
    });
    expect(admitted(() => {}, { runtimeClassName: 'vm' })).toContain('RuntimeClass "vm" not found');
  });
});

describe('ResourceQuota', () => {
  const quota = (hard: object, scopes?: readonly string[]) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard, scopes },
  });
  const limited = (hard: Record<string, string>, scopes?: readonly string[]) => {
    const c = cluster();
    c.create(quota(hard, scopes));
    const stored = c.server.get('resourcequotas', 'default', 'q')!;
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
    c.server.execute({
      verb: 'update',
      resource: 'resourcequotas',
      object: { ...stored, status: { hard, used } },
      subresource: 'status',
    });
    return { ...c, used: () => c.server.get('resourcequotas', 'default', 'q')?.status?.used };
  };
  const withRequests = (name: string, cpu: string) =>
    podDraft(name, {}, { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu } } }] });

  it('charges what it admits and refuses what exceeds it', () => {
    const c = limited({ pods: '3', 'requests.cpu': '1' });
    expect(c.create(withRequests('a', '600m')).ok).toBe(true);
    expect(c.used()).toEqual({ pods: '1', 'requests.cpu': '600m' });
    expect(answer(c.create(withRequests('b', '500m')))).toEqual({
      code: 403,
      message:
        'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
    });
    expect(c.create(withRequests('b', '400m')).ok).toBe(true);
    expect(c.used()).toEqual({ pods: '2', 'requests.cpu': '1' });
  });

  it('wants requests stated, and knows scopes', () => {
    expect(answer(limited({ 'requests.cpu': '1' }).create(podDraft('p')))).toEqual({
      code: 403,
      message: 'pods "p" is forbidden: failed quota: q: must specify requests.cpu for: main',
    });
    const c = limited({ pods: '0' }, ['BestEffort']);
    expect(c.create(podDraft('best-effort')).ok).toBe(false);
    expect(c.create(withRequests('burstable', '1m')).ok).toBe(true);
  });

  it('counts objects of other kinds', () => {
    const c = limited({ configmaps: '1', 'count/secrets': '1', 'services.nodeports': '1' });
    const codes = ['ConfigMap', 'ConfigMap', 'Secret', 'Secret'].map(
      (kind, i) => answer(c.create({ apiVersion: 'v1', kind, metadata: { name: `o${i}` } })).code,
    );
    expect(codes).toEqual([201, 403, 201, 403]);
    const service = (name: string, type: string) =>
      answer(
        c.create({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name },
          spec: { type, ports: [{ port: 80 }] },
        }),
      ).code;
    expect([service('a', 'NodePort'), service('b', 'NodePort'), service('c', 'ClusterIP')]).toEqual([
      201, 403, 201,
    ]);
  });
});
