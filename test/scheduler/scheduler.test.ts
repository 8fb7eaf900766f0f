import { describe, expect, it } from 'vitest';
import { defaultPlugins, schedulerPlugins } from '../../policies/index.ts';
import type { KubernetesObject, Node, Pod } from '../../sim/api/index.ts';
import { ApiServer } from '../../sim/apiserver/index.ts';
import { ApiClient, SharedInformerFactory } from '../../sim/client/index.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';
import { defaultConfiguration, Scheduler, type SchedulerOptions } from '../../sim/scheduler/index.ts';

function cluster(options: Partial<SchedulerOptions> = {}) {
  const simulation = new Simulation('seed');
  const apiserver = new ApiServer(simulation);
  const informers = new SharedInformerFactory(apiserver);
  const client = new ApiClient(simulation, apiserver, { name: 'kube-scheduler', qps: 50, burst: 100 });
  const scheduler = new Scheduler(simulation, client, informers, {
    configuration: defaultConfiguration(defaultPlugins),
    registry: schedulerPlugins,
    ...options,
  });
  informers.start();
  const create = (resource: 'nodes' | 'pods', object: unknown): KubernetesObject => {
    const namespace = resource === 'pods' ? 'default' : '';
    const result = apiserver.execute({
      verb: 'create',
      resource,
      namespace,
      object: object as KubernetesObject,
    });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.object;
  };
  /** Ready: admission taints new nodes. */
  const addNode = (object: unknown): void => {
    const { spec, ...rest } = create('nodes', object) as Node;
    const untainted = { ...rest, spec: { ...spec, taints: [] } };
    const result = apiserver.execute({ verb: 'update', resource: 'nodes', object: untainted });
    if (!result.ok) throw new Error(result.error.message);
  };
  const pod = (name: string): Pod => apiserver.get('pods', 'default', name)!;
  return { simulation, apiserver, scheduler, create, addNode, pod };
}

const node = (name: string, cpu: string): unknown => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: { allocatable: { cpu, memory: '8Gi', pods: '110' } } satisfies Node['status'],
});

const pod = (name: string, cpu: string, spec: object = {}): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }], ...spec },
});

describe('the scheduler in a cluster', () => {
  it('binds pods to nodes with room', () => {
    const { simulation, create, addNode, pod: get, scheduler } = cluster();
    addNode(node('a', '1'));
    addNode(node('b', '1'));
    for (const name of ['p', 'q']) create('pods', pod(name, '600m'));
    simulation.run({ until: instant(5e6) });
    expect([get('p').spec.nodeName, get('q').spec.nodeName].sort()).toEqual(['a', 'b']);
    expect(scheduler.idle).toBe(true);
  });

  it('reports an unschedulable pod and retries it when a node comes', () => {
    const { simulation, create, addNode, pod: get } = cluster();
    addNode(node('a', '1'));
    create('pods', pod('big', '2'));
    simulation.run({ until: instant(5e6) });
    expect(get('big').status?.conditions).toMatchObject([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: expect.stringContaining('0/1 nodes are available: 1 Insufficient cpu.'),
      },
    ]);
    addNode(node('b', '4'));
    simulation.run({ until: instant(10e6) });
    expect(get('big').spec.nodeName).toBe('b');
  });
});
