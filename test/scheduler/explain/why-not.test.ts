/** Single changes that send a pod to a node: found, minimal, and true in a cluster made that way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Namespace, Node, Pod } from '../../../sim/api/index.ts';
import {
  type Change,
  changedNode,
  changedPod,
  describeChange,
  evaluate,
  type WhyNot,
  whyNot,
} from '../../../sim/scheduler/index.ts';
import { loadCluster } from '../../support/scheduler/golden-cluster.ts';
import { nodeOf, podOf, podSpec } from '../../support/scheduler/random-cluster.ts';

const NODE_NAMES = ['n1', 'n2', 'n3', 'n4'];
const namespaces: readonly Namespace[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'default',
      uid: 'default',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
  },
];

function node(
  name: string,
  cpu: string,
  more: { spec?: Node['spec']; labels?: Record<string, string> } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/hostname': name, ...more.labels },
    },
    spec: more.spec ?? {},
    status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
  };
}

function pod(cpu: string, spec: Partial<Pod['spec']> = {}): Pod {
  const containers = [{ name: 'c', image: 'web:1', resources: { requests: { cpu, memory: '1Gi' } } }];
  return podOf('p', 'default', 'x', { containers, ...spec });
}

const bind = (bound: Pod, uid: string, name: string): Pod => ({
  ...bound,
  metadata: { ...bound.metadata, name: uid, uid },
  spec: { ...bound.spec, nodeName: name },
});

const ask = (nodes: readonly Node[], asked: Pod, name: string, pods: readonly Pod[] = []): WhyNot =>
  whyNot(loadCluster({ nodes, namespaces, pods }).framework, asked, name);

const texts = ({ flips }: WhyNot): string[] => flips.map(({ change }) => describeChange(change));

describe('why a node refuses a pod', () => {
  it('names the request that would fit', () => {
    const answer = ask([node('a', '4'), node('b', '3')], pod('2'), 'b', [bind(pod('1500m'), 'q', 'b')]);
    expect(answer.standing).toBe('refused');
    expect([...answer.refusals].map(([plugin, { reasons }]) => [plugin, reasons])).toEqual([
      ['NodeResourcesFit', ['Insufficient cpu']],
    ]);
    expect(texts(answer)).toEqual(['request cpu 1500m instead of 2']);
  });

  it('leaves room for pods nominated to the node', () => {
    const { framework } = loadCluster({ nodes: [node('a', '4')], namespaces });
    framework.nominator.set(bind(pod('3'), 'nominee', ''), 'a');
    expect(texts(whyNot(framework, pod('2'), 'a'))).toEqual(['request cpu 1 instead of 2']);
  });

  it('names tolerations, one for each taint and one for all', () => {
    const taints = [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' as const }];
    const one = ask([node('a', '4', { spec: { taints } })], pod('1'), 'a');
    expect(texts(one)).toEqual(['tolerate gpu=yes:NoSchedule']);
    const cordoned = ask([node('a', '4', { spec: { taints, unschedulable: true } })], pod('1'), 'a');
    expect([...cordoned.refusals.keys()]).toEqual(['NodeUnschedulable', 'TaintToleration']);
    expect(texts(cordoned)).toEqual(['tolerate every taint']);
  });

  it('names the label that the pod asks for', () => {
    const answer = ask(
      [node('a', '4', { labels: { disk: 'hdd' } })],
      pod('1', { nodeSelector: { disk: 'ssd' } }),
      'a',
    );
    expect(texts(answer)).toEqual(['label the node disk="ssd" instead of "hdd"']);
  });

  it('names the label of the pod that keeps it away from another', () => {
    const term = {
      labelSelector: { matchLabels: { app: 'x' } },
      topologyKey: 'kubernetes.io/hostname',
    };
    const jealous = pod('1', {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    });
    const answer = ask([node('a', '4')], pod('1'), 'a', [bind(jealous, 'q', 'a')]);
    expect(texts(answer)).toEqual(['take the label app from the pod']);
  });

  it('finds nothing where two things are wrong', () => {
    const answer = ask([node('a', '1')], pod('2', { nodeSelector: { disk: 'ssd' } }), 'a');
    expect([...answer.refusals.keys()]).toEqual(['NodeAffinity', 'NodeResourcesFit']);
    expect(answer.flips).toEqual([]);
  });

  it('knows the cluster', () => {
    expect(() => ask([node('a', '1')], pod('1'), 'z')).toThrow('there is no node z');
  });
});

describe('why another node was better', () => {
  const preferred = {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            preference: { matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['ssd'] }] },
          },
        ],
      },
    },
  };

  it('names the label and the weights that would do', () => {
    const answer = ask(
      [node('a', '4', { labels: { disk: 'ssd' } }), node('b', '16')],
      pod('1', preferred),
      'b',
    );
    expect(answer.standing).toBe('outscored');
    expect(answer.behind).toBeGreaterThan(0);
    expect(texts(answer)).toContain('label the node disk="ssd"');
    expect(answer.flips.map(({ change }) => change.kind)).toContain('weight');
  });

  it('says so of a draw and of the best', () => {
    const nodes = [node('a', '4'), node('b', '4')];
    expect(ask(nodes, pod('1'), 'b').standing).toBe('tied');
    expect(ask([...nodes, node('c', '8')], pod('1'), 'c')).toMatchObject({ standing: 'best', flips: [] });
  });
});

describe('every change named', () => {
  const cluster = fc.tuple(...NODE_NAMES.map(nodeOf));
  const placed = fc.array(fc.record({ spec: fc.nat(), node: fc.constantFrom(...NODE_NAMES) }), {
    maxLength: 6,
  });

  it('does what it says in a cluster made that way, and the question leaves no trace', () => {
    let seen = 0;
    fc.assert(
      fc.property(
        cluster,
        fc.array(podSpec, { minLength: 3, maxLength: 3 }),
        placed,
        (nodes, specs, where) => {
          const pods = where.map((one, i) =>
            bind(podOf(`q${i}`, 'default', 'x', specs[one.spec % 3]!), `q${i}`, one.node),
          );
          const asked = podOf('p', 'default', 'y', specs[0]!);
          const { framework } = loadCluster({ nodes, namespaces, pods });
          const before = JSON.stringify(visible(framework, asked));
          for (const name of NODE_NAMES) {
            const answer = whyNot(framework, asked, name);
            for (const { change, wins } of answer.flips) {
              seen++;
              const made = outcome(nodes, pods, asked, name, change);
              expect(made, describeChange(change)).toMatchObject({ taken: true, wins });
              expect(wins || answer.standing === 'refused', describeChange(change)).toBe(true);
            }
          }
          expect(JSON.stringify(visible(framework, asked))).toBe(before);
        },
      ),
      { seed: 20260103, numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});

/** What an evaluation says, as plain data. */
function visible(framework: ReturnType<typeof loadCluster>['framework'], asked: Pod) {
  const { filterAll, scores, best } = evaluate(framework, asked);
  return {
    filterAll: [...filterAll].map(([name, verdicts]) => [name, [...verdicts]]),
    scores: [...scores].map(([name, { total, plugins }]) => [name, total, [...plugins]]),
    best,
  };
}

/** What becomes of the node in a cluster made with the change. */
function outcome(nodes: readonly Node[], pods: readonly Pod[], asked: Pod, name: string, change: Change) {
  const changed = nodes.map((one) => (one.metadata.name === name ? changedNode(one, change) : one));
  const { framework } = loadCluster({ nodes: changed, namespaces, pods });
  const { feasible, scores } = evaluate(framework, changedPod(asked, change));
  const total = (node: string): number => {
    const { total: usual, plugins } = scores.get(node)!;
    return change.kind === 'weight'
      ? usual + ((plugins.get(change.plugin) ?? 0) / change.from) * (change.to - change.from)
      : usual;
  };
  return {
    taken: feasible.includes(name),
    wins: feasible.every((node) => node === name || total(node) < total(name)),
  };
}
