/** What a pod's status says when a controller ends it: DisruptionTarget with its reason, Kubernetes v1.36.3, pkg/apis/core/types.go. */
import { expect, it } from 'vitest';
import type { Draft, Node, Pod } from '../../sim/api/index.ts';
import { ApiServer } from '../../sim/apiserver/index.ts';
import { ControllerManager } from '../../sim/controllers/index.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';

/** A pod on node `n`, that stays until its kubelet, which is not there, has ended it; run for so many seconds after `then`. */
function afterwards(seconds: number, then: (apiserver: ApiServer) => void): readonly string[] {
  const simulation = new Simulation('disruption');
  const seen: string[] = [];
  const apiserver = new ApiServer(simulation);
  new ControllerManager(simulation, apiserver, {});
  const node: Draft<Node> = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} };
  apiserver.execute({ verb: 'create', resource: 'nodes', namespace: '', object: node });
  const pod: Draft<Pod> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
  };
  apiserver.execute({ verb: 'create', resource: 'pods', namespace: 'default', object: pod });
  apiserver.watch(
    { resource: 'pods' },
    {
      onList: () => undefined,
      onEvent: ({ object: { status } }) => {
        const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
        if (condition !== undefined) seen.push(`${status?.phase} ${condition.reason}: ${condition.message}`);
      },
    },
  );
  simulation.run({ until: instant(5e6) });
  then(apiserver);
  simulation.run({ until: instant((5 + seconds) * 1e6) });
  return [...new Set(seen)];
}

it('a taint NoExecute: the taint manager', () => {
  const seen = afterwards(10, (apiserver) => {
    const node = apiserver.get('nodes', '', 'n')!;
    const taints = [{ key: 'broken', effect: 'NoExecute' as const }];
    apiserver.execute({ verb: 'update', resource: 'nodes', object: { ...node, spec: { taints } } });
  });
  expect(seen).toEqual(['Pending DeletionByTaintManager: Taint manager: deleting due to NoExecute taint']);
});

it('a node that is gone for longer than the quarantine: the pod garbage collector, which fails it', () => {
  const seen = afterwards(120, (apiserver) =>
    apiserver.execute({ verb: 'delete', resource: 'nodes', namespace: '', name: 'n' }),
  );
  expect(seen).toEqual(['Failed DeletionByPodGC: PodGC: node no longer exists']);
});
