import { describe, expect, it, test } from 'vitest';
import type { Draft, KubernetesObject, Pod, ReplicaSet } from '../../sim/api/index.ts';
import { ApiServer, defaultLatency, type ReplyEvent } from '../../sim/apiserver/index.ts';
import { ConsistencyStore } from '../../sim/controllers/consistency-store.ts';
import { ControllerManager } from '../../sim/controllers/kube-controller-manager.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';

const version = (resourceVersion: number): KubernetesObject =>
  ({ metadata: { resourceVersion: String(resourceVersion) } }) as KubernetesObject;

describe('a key', () => {
  const cases: readonly [string, readonly number[], readonly number[], readonly [number, number], boolean][] =
    [
      ['is ready if nothing was written', [], [], [0, 0], true],
      ['waits for its write', [7], [], [6, 9], false],
      ['is ready at the version it wrote', [7], [], [7, 0], true],
      ['is ready past the version it wrote', [7], [], [8, 0], true],
      ['waits for the newest of its writes', [9, 7], [], [8, 0], false],
      ['waits for all resources', [7], [12], [9, 11], false],
      ['is ready when all resources are read', [7], [12], [7, 12], true],
    ];
  it.each(cases)('%s', (_, owners, pods, read, ready) => {
    const store = new ConsistencyStore();
    const readers = [{ resourceVersion: 5 }, { resourceVersion: 5 }] satisfies [unknown, unknown];
    for (const written of owners) store.wrote('default/a', readers[0], version(written));
    for (const written of pods) store.wrote('default/a', readers[1], version(written));
    readers[0].resourceVersion = read[0];
    readers[1].resourceVersion = read[1];
    expect(store.ready('default/a')).toBe(ready);
    expect(store.ready('default/b')).toBe(true);
    store.forget('default/a');
    expect(store.ready('default/a')).toBe(true);
  });

  it('does not wait for what can be read already', () => {
    const store = new ConsistencyStore();
    store.wrote('default/a', { resourceVersion: 7 }, version(7));
    expect(store.ready('default/a')).toBe(true);
  });
});

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

const web: Draft<ReplicaSet> = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 10, selector: { matchLabels: { app: 'web' } }, template },
};

test('a ReplicaSet whose informers lag is counted without a refused write while its pods become ready', () => {
  const simulation = new Simulation('lag');
  const apiserver = new ApiServer(simulation, { latency: { ...defaultLatency, watchDeliveryUs: 20_000 } });
  new ControllerManager(simulation, apiserver, { controllers: ['replicaset-controller'] });
  apiserver.execute({ verb: 'create', resource: 'replicasets', namespace: 'default', object: web });
  simulation.run({ until: instant(2e6) });
  const refused: number[] = [];
  simulation.trace((_number, _time, _phase, _component, event) => {
    const { result } = event as Partial<ReplyEvent>;
    if (result?.ok === false) refused.push(result.error.code);
  });
  for (const [i, pod] of apiserver.list('pods').entries()) {
    const object: Pod = { ...pod, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    apiserver.execute({ verb: 'update', resource: 'pods', subresource: 'status', object });
    simulation.run({ until: instant(2e6 + 3000 * (i + 1)) });
  }
  simulation.run({ until: instant(4e6) });
  expect(apiserver.get('replicasets', 'default', 'web')?.status?.readyReplicas).toBe(10);
  expect(refused).toEqual([]);
});
