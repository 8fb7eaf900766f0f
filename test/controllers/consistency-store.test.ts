import { describe, expect, it } from 'vitest';
import type { Draft, Job, KubernetesObject, PodStatus, ReplicaSet } from '../../sim/api/index.ts';
import { type ApiRequest, ApiServer, defaultLatency, type ReplyEvent } from '../../sim/apiserver/index.ts';
import { ConsistencyStore } from '../../sim/controllers/consistency-store.ts';
import type { ControllerName } from '../../sim/controllers/controllers.ts';
import { ControllerManager } from '../../sim/controllers/kube-controller-manager.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';

const KEY = 'default/a';

const owner = (resourceVersion: number): KubernetesObject =>
  ({ kind: 'Job', metadata: { resourceVersion: String(resourceVersion) } }) as KubernetesObject;

const pod = (resourceVersion: number, controlled = true): KubernetesObject => {
  const ownerReferences = controlled ? [{ kind: 'Job', name: 'a', uid: 'u', controller: true }] : [];
  return {
    kind: 'Pod',
    metadata: { resourceVersion: String(resourceVersion), ownerReferences },
  } as unknown as KubernetesObject;
};

const verb = (name: 'create' | 'update' | 'patch' | 'get' | 'delete'): ApiRequest =>
  ({ verb: name }) as ApiRequest;

/** Two informers that have come to version 5 and show the owner. */
function informers(): { resourceVersion: number; get(key: string): unknown }[] {
  const get = (key: string): unknown => (key === KEY ? {} : undefined);
  return [
    { resourceVersion: 5, get },
    { resourceVersion: 5, get },
  ];
}

describe('a key', () => {
  type Case = readonly [
    what: string,
    writes: readonly (readonly [ApiRequest, KubernetesObject])[],
    read: readonly [owners: number, pods: number],
    ready: boolean,
  ];
  const cases: readonly Case[] = [
    ['is ready if nothing was written', [], [0, 0], true],
    ['waits for its write', [[verb('update'), owner(7)]], [6, 9], false],
    ['is ready at the version it wrote', [[verb('update'), owner(7)]], [7, 0], true],
    ['is ready past the version it wrote', [[verb('update'), owner(7)]], [8, 0], true],
    ['waits for the newest', [9, 7].map((n) => [verb('update'), owner(n)] as const), [8, 0], false],
    ['waits for the pods created', [[verb('create'), pod(12)]], [20, 11], false],
    ['waits for the pods patched', [[verb('patch'), pod(12)]], [20, 11], false],
    [
      'is ready when both are read',
      [
        [verb('update'), owner(7)],
        [verb('create'), pod(12)],
      ],
      [7, 12],
      true,
    ],
    ['does not wait for what was only read', [[verb('get'), owner(7)]], [5, 5], true],
    ['does not wait for deletions: expectations do', [[verb('delete'), pod(7)]], [5, 5], true],
    ['does not wait for a pod let go', [[verb('patch'), pod(7, false)]], [5, 5], true],
  ];
  it.each(cases)('%s', (_, writes, read, ready) => {
    const [owners, pods] = informers();
    const store = new ConsistencyStore(owners!, pods!);
    for (const [request, object] of writes) store.wrote(KEY, request, object);
    owners!.resourceVersion = read[0];
    pods!.resourceVersion = read[1];
    expect(store.ready(KEY)).toBe(ready);
    expect(store.ready('default/b')).toBe(true);
    store.forget(KEY);
    expect(store.ready(KEY)).toBe(true);
  });

  it('whose owner is gone has nothing to wait for', () => {
    const [owners, pods] = informers();
    const store = new ConsistencyStore(owners!, pods!);
    store.wrote('default/gone', verb('update'), owner(7));
    expect(store.ready('default/gone')).toBe(true);
  });
});

/** A control plane of one controller whose informers lag, and the codes of the refusals it gets. */
class Lagging {
  readonly simulation = new Simulation('lag');
  readonly apiserver: ApiServer;
  readonly refused: number[] = [];

  constructor(controller: ControllerName, watchDeliveryUs: number) {
    this.apiserver = new ApiServer(this.simulation, { latency: { ...defaultLatency, watchDeliveryUs } });
    new ControllerManager(this.simulation, this.apiserver, { controllers: [controller] });
    this.simulation.trace((_number, _time, _phase, _component, event) => {
      const { result } = event as Partial<ReplyEvent>;
      if (result?.ok === false) this.refused.push(result.error.code);
    });
  }

  runTo(milliseconds: number): void {
    this.simulation.run({ until: instant(milliseconds * 1e3) });
  }

  /** The kubelet's report, at once. */
  report(i: number, status: PodStatus): void {
    const object = { ...this.apiserver.list('pods')[i]!, status };
    this.apiserver.execute({ verb: 'update', resource: 'pods', subresource: 'status', object });
  }
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

describe('with informers that lag', () => {
  it('a ReplicaSet is counted without a refused write while its pods become ready', () => {
    const web: Draft<ReplicaSet> = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 10, selector: { matchLabels: { app: 'web' } }, template },
    };
    const lagging = new Lagging('replicaset-controller', 20_000);
    lagging.apiserver.execute({
      verb: 'create',
      resource: 'replicasets',
      namespace: 'default',
      object: web,
    });
    lagging.runTo(2_000);
    for (let i = 0; i < 10; i++) {
      lagging.report(i, { conditions: [{ type: 'Ready', status: 'True' }] });
      lagging.runTo(2_000 + 3 * (i + 1));
    }
    lagging.runTo(4_000);
    expect(lagging.apiserver.get('replicasets', 'default', 'web')?.status?.readyReplicas).toBe(10);
    expect(lagging.refused).toEqual([]);
  });

  it.each([
    { completionMode: 'NonIndexed' as const, completedIndexes: undefined },
    { completionMode: 'Indexed' as const, completedIndexes: '0-5' },
  ])(
    'a Job ($completionMode) counts its pods, each once, without a refused write',
    ({ completionMode, completedIndexes }) => {
      const spec = { ...template.spec, restartPolicy: 'Never' as const };
      const sum: Draft<Job> = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'sum', namespace: 'default' },
        spec: { completions: 6, parallelism: 6, completionMode, template: { ...template, spec } },
      };
      const lagging = new Lagging('job-controller', 2_000_000);
      lagging.apiserver.execute({ verb: 'create', resource: 'jobs', namespace: 'default', object: sum });
      lagging.runTo(10_000);
      for (let i = 0; i < 6; i++) {
        lagging.report(i, { phase: 'Succeeded' });
        lagging.runTo(10_000 + 1_300 * (i + 1));
      }
      lagging.runTo(60_000);
      const { status } = lagging.apiserver.get('jobs', 'default', 'sum')!;
      expect(status).toMatchObject({ succeeded: 6, active: 0 });
      expect(status?.completedIndexes).toBe(completedIndexes);
      expect(status?.conditions?.map(({ type }) => type)).toEqual(['SuccessCriteriaMet', 'Complete']);
      expect(lagging.apiserver.list('pods')).toHaveLength(6);
      expect(lagging.refused).toEqual([]);
    },
  );
});
