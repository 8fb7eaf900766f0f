import { describe, expect, it } from 'vitest';
import type { ConfigMap, Namespace, Pod, PodDisruptionBudget } from '../../sim/api/index.ts';
import { podStatus } from '../../sim/api/types/pod.ts';
import {
  type ApiRequest,
  type ApiResult,
  ApiServer,
  type DeleteOptions,
  noLatency,
} from '../../sim/apiserver/index.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';
import { configMap, podDraft } from '../support/api-objects.ts';

function cluster() {
  const simulation = new Simulation('lifecycle');
  const server = new ApiServer(simulation, { latency: noLatency, epoch: '2026-03-01T12:00:00Z' });
  const must = (request: ApiRequest): ApiResult & { readonly ok: true } => {
    const result = server.execute(request);
    if (!result.ok) throw new Error(result.error.message);
    return result;
  };
  const pod = (name: string, spec: Partial<Pod['spec']> = {}, metadata = {}) =>
    must({ verb: 'create', resource: 'pods', namespace: 'default', object: podDraft(name, metadata, spec) })
      .object as Pod;
  const bind = (name: string) => server.execute({ verb: 'bind', namespace: 'default', name, node: 'n1' });
  const remove = (name: string, options?: DeleteOptions) =>
    server.execute({ verb: 'delete', resource: 'pods', namespace: 'default', name, options });
  const get = (name: string) => server.get('pods', 'default', name);
  const at = (s: number) => simulation.run({ until: instant(s * 1e6) });
  return { simulation, server, must, pod, bind, remove, get, at };
}

describe('create', () => {
  it('completes the metadata and ignores what only the server may set', () => {
    const c = cluster();
    c.at(1.9);
    const stored = c.pod(
      'p',
      {},
      { uid: 'mine', generation: 7, deletionTimestamp: '2020-01-01T00:00:00Z', labels: {} },
    );
    expect(stored.metadata).toMatchObject({
      name: 'p',
      namespace: 'default',
      generation: 1,
      creationTimestamp: '2026-03-01T12:00:01Z',
      resourceVersion: String(c.server.storage.revision),
    });
    expect(stored.metadata.uid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(stored.metadata.deletionTimestamp).toBeUndefined();
    expect(stored.metadata.labels).toBeUndefined();
    expect(stored.status?.phase).toBe('Pending');
  });

  it('draws names and UIDs by key: the same in every run, different for every object', () => {
    const names = (seed: string) => {
      const server = new ApiServer(new Simulation(seed), { latency: noLatency });
      return Array.from({ length: 200 }, () => {
        const object = { ...podDraft(''), metadata: { generateName: 'web-' } };
        const result = server.execute({ verb: 'create', resource: 'pods', namespace: 'default', object });
        return result.ok ? `${result.object.metadata.name} ${result.object.metadata.uid}` : '';
      });
    };
    expect(names('a')).toEqual(names('a'));
    expect(names('a')).not.toEqual(names('b'));
    expect(new Set(names('a')).size).toBe(200);
    for (const line of names('a')) expect(line).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5} /);
  });

  it('keeps a generated name within 63 characters', () => {
    const c = cluster();
    const object = { ...podDraft(''), metadata: { generateName: `${'a'.repeat(60)}-` } };
    const result = c.must({ verb: 'create', resource: 'pods', namespace: 'default', object });
    expect(result.object.metadata.name).toHaveLength(63);
  });

  it('shares one spec among the pods of a template', () => {
    const c = cluster();
    const spec = { containers: [{ name: 'main', image: 'x' }] };
    const create = (name: string) =>
      c.must({ verb: 'create', resource: 'pods', namespace: 'default', object: { ...podDraft(name), spec } })
        .object as Pod;
    expect(create('a').spec).toBe(create('b').spec);
    const before = c.get('a')!;
    c.bind('a');
    expect(c.get('a')!.spec.containers).toBe(before.spec.containers);
  });
});

describe('update', () => {
  it('writes nothing if nothing changes', () => {
    const c = cluster();
    const stored = c.pod('p');
    const revision = c.server.storage.revision;
    for (const subresource of [undefined, 'status'] as const) {
      const result = c.must({
        verb: 'update',
        resource: 'pods',
        object: { ...stored, status: { ...stored.status } },
        subresource,
      });
      expect(result.object).toBe(stored);
    }
    expect(c.server.storage.revision).toBe(revision);
  });

  it('refuses a stale resourceVersion and accepts none', () => {
    const c = cluster();
    const first = c.must({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      object: configMap('c'),
    }).object;
    const change = (data: Record<string, string>, resourceVersion: string | undefined) =>
      c.server.execute({
        verb: 'update',
        resource: 'configmaps',
        object: { ...configMap('c', data, { namespace: 'default', resourceVersion }) },
      });
    expect(change({ a: '1' }, first.metadata.resourceVersion)).toMatchObject({ ok: true });
    expect(change({ a: '2' }, first.metadata.resourceVersion)).toMatchObject({
      ok: false,
      error: {
        code: 409,
        message:
          'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again',
      },
    });
    expect(change({ a: '3' }, undefined)).toMatchObject({ ok: true });
    expect(c.server.get('configmaps', 'default', 'c')?.data).toEqual({ a: '3' });
  });

  it('keeps spec and status apart, and counts generations of the spec', () => {
    const c = cluster();
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
    const metadata = { name: 'd', namespace: 'default' };
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec, status: { replicas: 9 } };
    c.must({ verb: 'create', resource: 'deployments', namespace: 'default', object });
    const get = () => c.server.get('deployments', 'default', 'd')!;
    expect(get().status?.replicas).toBeUndefined();
    c.must({
      verb: 'update',
      resource: 'deployments',
      object: { ...get(), spec: { ...get().spec, replicas: 5 }, status: { replicas: 3 } },
    });
    expect([get().spec.replicas, get().status?.replicas, get().metadata.generation]).toEqual([
      5,
      undefined,
      2,
    ]);
    c.must({
      verb: 'update',
      resource: 'deployments',
      object: { ...get(), spec: { ...get().spec, replicas: 8 }, status: { replicas: 3 } },
      subresource: 'status',
    });
    expect([get().spec.replicas, get().status?.replicas, get().metadata.generation]).toEqual([5, 3, 2]);
    c.must({ verb: 'scale', resource: 'deployments', namespace: 'default', name: 'd', replicas: 6 });
    expect([get().spec.replicas, get().metadata.generation]).toEqual([6, 3]);
  });
});

describe('bind', () => {
  it('sets node, condition and the topology of the node', () => {
    const c = cluster();
    const labels = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1', other: 'x' };
    c.must({
      verb: 'create',
      resource: 'nodes',
      namespace: '',
      object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels } },
    });
    c.pod('p', {}, { labels: { app: 'a' } });
    c.at(3);
    expect(c.bind('p')).toMatchObject({ ok: true, code: 201 });
    const bound = c.get('p')!;
    expect(bound.spec.nodeName).toBe('n1');
    expect(bound.status?.conditions).toEqual([
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-03-01T12:00:03Z' },
    ]);
    expect(bound.metadata.labels).toEqual({
      app: 'a',
      'topology.kubernetes.io/zone': 'z1',
      'topology.kubernetes.io/region': 'r1',
    });
    expect(bound.metadata.generation).toBe(1);
  });

  it.each([
    [
      'bound already',
      'pod p is already assigned to node "n1"',
      (c: ReturnType<typeof cluster>) => void c.bind('p'),
    ],
    [
      'being deleted',
      'pod p is being deleted, cannot be assigned to a host',
      (c: ReturnType<typeof cluster>) => {
        c.server.execute({
          verb: 'patch',
          resource: 'pods',
          namespace: 'default',
          name: 'p',
          patchType: 'merge',
          patch: { metadata: { finalizers: ['example.com/hold'] } },
        });
        c.remove('p');
      },
    ],
  ])('refuses a pod that is %s', (_, why, prepare) => {
    const c = cluster();
    c.pod('p');
    prepare(c);
    expect(c.bind('p')).toMatchObject({
      ok: false,
      error: { code: 409, message: `Operation cannot be fulfilled on pods/binding "p": ${why}` },
    });
  });
});

describe('stored pods', () => {
  const fields = (pod: Pod | undefined) =>
    [pod, pod?.metadata, pod?.spec, pod?.status].map((part) => Object.keys(part ?? {}));

  it('list the same fields in every state', () => {
    const c = cluster();
    const created = c.pod('p', { terminationGracePeriodSeconds: 30 });
    c.bind('p');
    const bound = c.get('p')!;
    const status = { ...bound.status, phase: 'Running' } as const;
    c.must({ verb: 'update', resource: 'pods', subresource: 'status', object: { ...bound, status } });
    const running = c.get('p');
    c.remove('p');
    const marked = c.get('p');
    expect(marked?.metadata.deletionTimestamp).toBeDefined();
    for (const state of [bound, running, marked]) expect(fields(state)).toEqual(fields(created));
  });

  const settable = Object.keys(podStatus.wire.fields).filter((field) => field !== 'qosClass');

  it.each(settable)('keep the field %s of a status when they are bound', (field) => {
    const c = cluster();
    const created = c.pod('p');
    const other = { type: 'Own', status: 'True', lastTransitionTime: undefined };
    const value = field === 'conditions' ? [other] : 'set';
    const status = { ...created.status, [field]: value };
    c.must({ verb: 'update', resource: 'pods', subresource: 'status', object: { ...created, status } });
    c.bind('p');
    const kept = (c.get('p')!.status as Record<string, unknown>)[field];
    if (field === 'conditions') expect(kept).toContainEqual(other);
    else expect(kept).toBe('set');
  });

  it('keep QoS class and owners whatever a status update says', () => {
    const c = cluster();
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u' };
    const created = c.pod('p', {}, { ownerReferences: [owner] });
    expect(created.status?.qosClass).toBe('BestEffort');
    const metadata = { ...created.metadata, ownerReferences: [{ ...owner, uid: 'v' }] };
    for (const qosClass of [undefined, 'Guaranteed'] as const) {
      const status = { ...created.status, phase: 'Running', qosClass } as const;
      const object = { ...created, metadata, status };
      c.must({ verb: 'update', resource: 'pods', subresource: 'status', object: { ...object, metadata } });
      expect(c.get('p')?.status).toMatchObject({ phase: 'Running', qosClass: 'BestEffort' });
      expect(c.get('p')?.metadata.ownerReferences).toEqual([owner]);
      metadata.resourceVersion = c.get('p')!.metadata.resourceVersion;
    }
  });
});

describe('delete', () => {
  const running = (c: ReturnType<typeof cluster>, grace?: number) => {
    c.pod('p', grace === undefined ? {} : { terminationGracePeriodSeconds: grace });
    c.bind('p');
  };

  it('removes an unbound pod at once, in two writes', () => {
    const c = cluster();
    c.pod('p');
    const before = c.server.storage.revision;
    c.remove('p');
    expect(c.get('p')).toBeUndefined();
    expect(c.server.storage.revision).toBe(before + 2);
  });

  it('marks a bound pod and waits for its kubelet', () => {
    const c = cluster();
    running(c, 45);
    c.at(10.7);
    c.remove('p');
    expect(c.get('p')?.metadata).toMatchObject({
      deletionTimestamp: '2026-03-01T12:00:55Z',
      deletionGracePeriodSeconds: 45,
      generation: 2,
    });
    c.remove('p', { gracePeriodSeconds: 0 });
    expect(c.get('p')).toBeUndefined();
  });

  it.each([
    { first: undefined, second: 10, seconds: 10, deadline: '2026-03-01T12:00:10Z' },
    { first: undefined, second: 60, seconds: 30, deadline: '2026-03-01T12:00:30Z' },
    { first: 5, second: undefined, seconds: 5, deadline: '2026-03-01T12:00:05Z' },
    { first: -1, second: undefined, seconds: 1, deadline: '2026-03-01T12:00:01Z' },
  ])('a second delete may only shorten: $first then $second s', ({ first, second, seconds, deadline }) => {
    const c = cluster();
    running(c);
    c.remove('p', { gracePeriodSeconds: first });
    c.at(3);
    c.remove('p', { gracePeriodSeconds: second });
    expect(c.get('p')?.metadata).toMatchObject({
      deletionGracePeriodSeconds: seconds,
      deletionTimestamp: deadline,
      generation: 2,
    });
  });

  it('keeps an object until its last finalizer is gone', () => {
    const c = cluster();
    const hold = { finalizers: ['example.com/a', 'example.com/b'] };
    c.must({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      object: configMap('c', {}, hold),
    });
    c.must({ verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'c' });
    const get = () => c.server.get('configmaps', 'default', 'c');
    expect(get()?.metadata).toMatchObject({
      deletionTimestamp: '2026-03-01T12:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    const drop = (finalizers: readonly string[]) =>
      c.must({
        verb: 'update',
        resource: 'configmaps',
        object: { ...get()!, metadata: { ...get()!.metadata, finalizers } },
      });
    drop(['example.com/b']);
    expect(get()).toBeDefined();
    drop([]);
    expect(get()).toBeUndefined();
  });

  it.each([
    ['replicationcontrollers', undefined, ['orphan']],
    ['jobs', undefined, ['orphan']],
    ['configmaps', undefined, undefined],
    ['configmaps', 'Orphan', ['orphan']],
    ['configmaps', 'Foreground', ['foregroundDeletion']],
    ['jobs', 'Background', undefined],
  ] as const)('of %s with propagation %s leaves finalizers %j', (resource, propagationPolicy, finalizers) => {
    const c = cluster();
    const spec = {
      template: {
        metadata: { labels: { a: 'b' } },
        spec: {
          restartPolicy: resource === 'jobs' ? 'Never' : 'Always',
          containers: [{ name: 'c', image: 'x' }],
        },
      },
    };
    const bodies = {
      configmaps: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      jobs: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec },
      replicationcontrollers: {
        apiVersion: 'v1',
        kind: 'ReplicationController',
        metadata: { name: 'x' },
        spec: { ...spec, replicas: 0 },
      },
    };
    c.must({ verb: 'create', resource, namespace: 'default', object: bodies[resource] });
    c.must({ verb: 'delete', resource, namespace: 'default', name: 'x', options: { propagationPolicy } });
    expect(c.server.get(resource, 'default', 'x')?.metadata.finalizers).toEqual(finalizers);
  });

  it('checks preconditions', () => {
    const c = cluster();
    c.pod('p');
    expect(c.remove('p', { preconditions: { uid: 'other' } })).toMatchObject({
      ok: false,
      error: { code: 409 },
    });
    expect(c.remove('p', { preconditions: { resourceVersion: '1' } })).toMatchObject({
      ok: false,
      error: { code: 409 },
    });
    expect(c.get('p')).toBeDefined();
    expect(c.remove('p', { preconditions: { uid: c.get('p')!.metadata.uid } })).toMatchObject({ ok: true });
  });
});

describe('namespaces', () => {
  it('take nothing new while they are terminated, and go with their last finalizer', () => {
    const c = cluster();
    c.must({
      verb: 'create',
      resource: 'namespaces',
      namespace: '',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
    });
    const get = () => c.server.get('namespaces', '', 'team') as Namespace;
    expect(get()).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
    c.must({ verb: 'delete', resource: 'namespaces', namespace: '', name: 'team' });
    expect(get()).toMatchObject({ status: { phase: 'Terminating' } });
    expect(
      c.server.execute({ verb: 'create', resource: 'configmaps', namespace: 'team', object: configMap('c') }),
    ).toMatchObject({
      ok: false,
      error: {
        code: 403,
        message:
          'configmaps "c" is forbidden: unable to create new content in namespace team because it is being terminated',
        causes: [{ reason: 'NamespaceTerminating' }],
      },
    });
    c.must({ verb: 'update', resource: 'namespaces', object: { ...get(), spec: { finalizers: [] } } });
    expect(get().spec?.finalizers).toEqual(['kubernetes']);
    c.must({
      verb: 'update',
      resource: 'namespaces',
      object: { ...get(), spec: { finalizers: [] } },
      subresource: 'finalize',
    });
    expect(get()).toBeUndefined();
  });
});

describe('evict', () => {
  const budget = (c: ReturnType<typeof cluster>, status: PodDisruptionBudget['status'], spec = {}) => {
    const object = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } }, ...spec },
    };
    const stored = c.must({ verb: 'create', resource: 'poddisruptionbudgets', namespace: 'default', object })
      .object as PodDisruptionBudget;
    c.must({
      verb: 'update',
      resource: 'poddisruptionbudgets',
      object: { ...stored, status },
      subresource: 'status',
    });
  };
  const counts = { currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, observedGeneration: 1 };
  const runningPod = (c: ReturnType<typeof cluster>, name: string, ready: boolean) => {
    c.pod(name, {}, { labels: { app: 'a' } });
    c.bind(name);
    const current = c.get(name)!;
    const conditions = [{ type: 'Ready', status: ready ? ('True' as const) : ('False' as const) }];
    c.must({
      verb: 'update',
      resource: 'pods',
      object: { ...current, status: { phase: 'Running', conditions } },
      subresource: 'status',
    });
  };
  const evict = (c: ReturnType<typeof cluster>, name: string) =>
    c.server.execute({ verb: 'evict', namespace: 'default', name });

  it('spends the budget, then refuses', () => {
    const c = cluster();
    budget(c, { ...counts, disruptionsAllowed: 1 });
    for (const name of ['p', 'q']) runningPod(c, name, true);
    expect(evict(c, 'p')).toMatchObject({ ok: true });
    expect(c.get('p')?.metadata.deletionTimestamp).toBeDefined();
    const spent = c.server.get('poddisruptionbudgets', 'default', 'b')!;
    expect(spent.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: '2026-03-01T12:00:00Z' },
    });
    expect(evict(c, 'q')).toMatchObject({
      ok: false,
      error: {
        code: 429,
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget b needs 1 healthy pods and has 2 currently',
          },
        ],
      },
    });
  });

  it.each([
    { name: 'unready, budget healthy', ready: false, healthy: 2, policy: undefined, ok: true },
    { name: 'unready, budget unhealthy', ready: false, healthy: 0, policy: undefined, ok: false },
    { name: 'unready, always allowed', ready: false, healthy: 0, policy: 'AlwaysAllow', ok: true },
    { name: 'ready', ready: true, healthy: 2, policy: 'AlwaysAllow', ok: false },
  ])('with nothing left: $name → $ok', ({ ready, healthy, policy, ok }) => {
    const c = cluster();
    budget(
      c,
      { ...counts, currentHealthy: healthy, disruptionsAllowed: 0 },
      { unhealthyPodEvictionPolicy: policy },
    );
    runningPod(c, 'p', ready);
    expect(evict(c, 'p').ok).toBe(ok);
  });

  it('asks no budget for pods that do not run, and refuses two budgets', () => {
    const c = cluster();
    budget(c, { ...counts, disruptionsAllowed: 0 });
    c.pod('pending', {}, { labels: { app: 'a' } });
    expect(evict(c, 'pending')).toMatchObject({ ok: true });
    const second = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'c' },
      spec: { minAvailable: 1, selector: {} },
    };
    c.must({ verb: 'create', resource: 'poddisruptionbudgets', namespace: 'default', object: second });
    runningPod(c, 'p', true);
    expect(evict(c, 'p')).toMatchObject({ ok: false, error: { code: 500 } });
  });
});

describe('lists', () => {
  it('come in key order, filtered by namespace, labels and fields', () => {
    const c = cluster();
    for (const name of ['b', 'a', 'c']) {
      c.must({
        verb: 'create',
        resource: 'configmaps',
        namespace: 'default',
        object: configMap(name, {}, { labels: { half: name < 'c' ? '1' : '2' } }),
      });
    }
    c.must({ verb: 'create', resource: 'configmaps', namespace: 'kube-system', object: configMap('a') });
    const names = (scope: object) => {
      const result = c.must({ verb: 'list', resource: 'configmaps', ...scope });
      return (result.object as { items?: readonly ConfigMap[] }).items?.map(
        ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
      );
    };
    expect(names({})).toEqual(['default/a', 'default/b', 'default/c', 'kube-system/a']);
    expect(names({ namespace: 'default', labelSelector: 'half=1' })).toEqual(['default/a', 'default/b']);
    expect(names({ fieldSelector: 'metadata.name=a' })).toEqual(['default/a', 'kube-system/a']);
    expect(names({ namespace: 'default', fieldSelector: 'metadata.name=a' })).toEqual(['default/a']);
    expect(
      c.server.execute({ verb: 'list', resource: 'configmaps', fieldSelector: 'spec.x=1' }),
    ).toMatchObject({ ok: false, error: { code: 400 } });
  });
});
