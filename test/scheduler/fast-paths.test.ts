/**
 * Whatever happened to a cluster, the columns, the counters kept pod by pod and the remembered verdicts must say what the plain
 * rules say about plain lists.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostPorts, type Namespace, type Node, type Pod } from '../../sim/api/index.ts';
import {
  evaluate,
  type Framework,
  numFeasibleNodesToFind,
  SchedulingAlgorithm,
} from '../../sim/scheduler/index.ts';
import { type GoldenCluster, loadCluster } from '../support/scheduler/golden-cluster.ts';
import { type NaiveCluster, naiveFilter, naiveScores } from '../support/scheduler/naive-scheduler.ts';
import { nodeOf, podOf, podSpec } from '../support/scheduler/random-cluster.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const NAMESPACES = new Map([
  ['default', {}],
  ['other', { team: 'a' }],
]);
const namespaces: readonly Namespace[] = [...NAMESPACES].map(([name, labels]) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
}));

type Step =
  | { readonly do: 'node'; readonly node: Node }
  | { readonly do: 'remove-node'; readonly name: string }
  | {
      readonly do: 'place';
      readonly spec: number;
      readonly app: string | undefined;
      readonly namespace: string;
      readonly node: string;
    }
  | { readonly do: 'finish' | 'terminate' | 'forget'; readonly which: number }
  | {
      readonly do: 'nominate';
      readonly spec: number;
      readonly app: string | undefined;
      readonly namespace: string;
      readonly node: string;
    }
  | {
      readonly do: 'schedule';
      readonly spec: number;
      readonly app: string | undefined;
      readonly namespace: string;
    };

const app = fc.constantFrom('x', 'y', undefined);
const namespace = fc.constantFrom('default', 'default', 'other');
const specs = fc.array(podSpec, { minLength: 3, maxLength: 4 });
const spec = fc.nat({ max: 3 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...NODES)
      .chain(nodeOf)
      .map((node) => ({ do: 'node' as const, node })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove-node' as const), name: fc.constantFrom(...NODES) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      spec,
      app,
      namespace,
      node: fc.constantFrom(...NODES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('nominate' as const),
      spec,
      app,
      namespace,
      node: fc.constantFrom(...NODES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('finish' as const, 'terminate' as const, 'forget' as const),
      which: fc.nat(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('schedule' as const), spec, app, namespace }) },
);

/** The same history, told to the scheduler's cache and kept as plain lists. */
class History {
  readonly nodes = new Map<string, Node>();
  readonly pods = new Map<string, Pod>();
  readonly cluster: GoldenCluster = loadCluster({ namespaces });
  readonly algorithm: SchedulingAlgorithm;
  nominee = '';
  readonly #assumed = new Set<string>();
  #count = 0;

  constructor() {
    this.algorithm = new SchedulingAlgorithm(this.cluster.framework, {
      percentageOfNodesToScore: 100,
      tieBreak: 'lowest-name',
      position: { next: 0 },
    });
  }

  get naive(): NaiveCluster {
    const pods = [...this.pods.values()].filter((pod) => this.nodes.has(pod.spec.nodeName ?? ''));
    return { nodes: this.nodes, pods, namespaces: NAMESPACES };
  }

  setNode(node: Node): void {
    this.nodes.set(node.metadata.name, node);
    this.cluster.cache.setNode(node);
  }

  removeNode(name: string): void {
    this.nodes.delete(name);
    this.cluster.cache.removeNode(name);
  }

  newPod(template: Pod['spec'], labelled: string | undefined, where: string): Pod {
    return podOf(`p${this.#count++}`, where, labelled, template);
  }

  place(pod: Pod, node: string): void {
    // Upstream's set of used ports loses a port that two pods share once one of them goes: kubelets refuse such pods.
    const ports = hostPorts(pod.spec).map(({ port }) => port);
    const shared = [...this.pods.values()].some(
      (other) =>
        other.spec.nodeName === node && hostPorts(other.spec).some(({ port }) => ports.includes(port)),
    );
    if (shared) return;
    const bound = { ...pod, spec: { ...pod.spec, nodeName: node } };
    this.pods.set(pod.metadata.uid, bound);
    this.cluster.cache.addPod(bound);
  }

  assume(pod: Pod, node: string): void {
    const bound = { ...pod, spec: { ...pod.spec, nodeName: node } };
    this.pods.set(pod.metadata.uid, bound);
    this.#assumed.add(pod.metadata.uid);
    this.cluster.cache.assume(bound, this.cluster.cache.snapshot.shapes.of(bound), node);
  }

  /** The latest nomination stands; the one before is withdrawn. */
  nominate(pod: Pod, node: string): void {
    const { nominator } = this.cluster.framework;
    nominator.remove(this.nominee);
    this.nominee = pod.metadata.uid;
    if (this.nodes.has(node)) nominator.set(pod, node);
  }

  change(what: 'finish' | 'terminate' | 'forget', which: number): void {
    const all = [...this.pods.values()];
    const pod = all[which % Math.max(1, all.length)];
    if (pod === undefined) return;
    const { uid } = pod.metadata;
    if (what === 'terminate') {
      const going = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
      this.pods.set(uid, going);
      this.cluster.cache.addPod(going);
      this.#assumed.delete(uid);
      return;
    }
    if (what === 'forget' && !this.#assumed.has(uid)) return;
    this.pods.delete(uid);
    if (what === 'forget') this.cluster.cache.forget(uid);
    else this.cluster.cache.removePod(uid);
    this.#assumed.delete(uid);
  }
}

const short = (reasons: readonly string[]): string => [...reasons].sort().join();

/** Verdicts and scores of every plugin, node by node. */
function compareWithNaive(history: History, pod: Pod): void {
  const { framework } = history.cluster;
  const priorities = [...history.pods.values()].map((placed) => placed.spec.priority ?? 0);
  expect(framework.snapshot.priorities.lowest).toBe(Math.min(...priorities));
  const evaluation = evaluate(framework, pod);
  const feasible: Node[] = [];
  for (const node of history.nodes.values()) {
    const { name } = node.metadata;
    const naive = naiveFilter(history.naive, pod, node);
    const alone = evaluation.filterAll.get(name);
    const got = Object.fromEntries(
      Object.entries(naive).map(([plugin, reason]) => {
        const status = alone?.get(plugin);
        if (status === undefined) return [plugin, undefined];
        return [
          plugin,
          plugin === 'NodeResourcesFit' ? short(status.reasons) : (reason ?? short(status.reasons)),
        ];
      }),
    );
    expect(got, name).toEqual(naive);
    if (Object.values(naive).every((reason) => reason === undefined)) feasible.push(node);
  }
  // The plain rules know nothing of nominated pods.
  if (framework.nominator.size > 0) return;
  expect(evaluation.feasible).toEqual(feasible.map(({ metadata }) => metadata.name).sort());
  for (const [plugin, wanted] of Object.entries(naiveScores(history.naive, pod, feasible)))
    for (const [node, score] of wanted) {
      const raw = evaluation.rawScores.get(plugin)?.get(node);
      const skipped = evaluation.skipScore.includes(plugin);
      const weighted = evaluation.scores.get(node)?.plugins.get(plugin);
      // A plugin that skips contributes nothing, so there must be nothing to tell the nodes apart.
      if (skipped) expect(new Set(wanted.values()).size, `${plugin} skipped`).toBeLessThan(2);
      else expect(raw ?? weighted, `${plugin} on ${node}`).toBe(score);
    }
}

/** The search that remembers must choose as the evaluation that does not. */
function compareWithSearch(history: History, pod: Pod): string | undefined {
  const { framework } = history.cluster;
  const evaluation = evaluate(framework, pod);
  const result = history.algorithm.schedule(framework.newState(pod), 1);
  if (history.nodes.size === 0) {
    expect(result.kind).toBe('error');
    return undefined;
  }
  if (result.kind !== 'scheduled') {
    expect(result.kind).toBe('unschedulable');
    expect(evaluation.feasible).toEqual([]);
    if (result.kind === 'unschedulable')
      expect(result.diagnosis.message()).toBe(evaluation.diagnosis?.message());
    return undefined;
  }
  expect(result.feasibleNodes).toBe(evaluation.feasible.length);
  expect(result.node).toBe([...evaluation.best].sort()[0]);
  if (result.score !== undefined) {
    expect(result.ties).toBe(evaluation.best.length);
    expect(result.score).toBe(evaluation.scores.get(result.node)?.total);
  }
  return result.node;
}

function scheduleBoth(history: History, pod: Pod): void {
  compareWithNaive(history, pod);
  const node = compareWithSearch(history, pod);
  if (node !== undefined) history.assume(pod, node);
}

describe('columns, counters and memos', () => {
  it('say what the plain rules say', () => {
    fc.assert(
      fc.property(
        specs,
        fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
        (templates, steps) => {
          const history = new History();
          for (const one of steps) {
            if (one.do === 'node') history.setNode(one.node);
            else if (one.do === 'remove-node') history.removeNode(one.name);
            else if ('which' in one) history.change(one.do, one.which);
            else {
              const pod = history.newPod(templates[one.spec % templates.length]!, one.app, one.namespace);
              if (one.do === 'place') history.place(pod, one.node);
              else if (one.do === 'nominate') history.nominate(pod, one.node);
              else scheduleBoth(history, pod);
            }
          }
        },
      ),
      { seed: 20260101, numRuns: 150 },
    );
  });

  it('stop a sampled search at the node at which a walk from node to node stops', () => {
    const count = 230;
    const names = Array.from({ length: count }, (_, i) => `n${String(i).padStart(3, '0')}`);
    const cluster = fc.tuple(...names.map(nodeOf));
    fc.assert(
      fc.property(cluster, specs, fc.integer({ min: 1, max: 99 }), (nodes, templates, percentage) => {
        const { cache, framework } = loadCluster({ nodes, namespaces });
        const position = { next: 17 };
        const options = { percentageOfNodesToScore: percentage, tieBreak: 'lowest-name', position } as const;
        const algorithm = new SchedulingAlgorithm(framework, options);
        for (let i = 0; i < 12; i++) {
          const pod = podOf(`p${i}`, 'default', 'x', templates[i % templates.length]!);
          const walked = walk(framework, pod, position.next, numFeasibleNodesToFind(percentage, count));
          const result = algorithm.schedule(framework.newState(pod), 1);
          expect(result.evaluatedNodes).toBe(walked.evaluated);
          expect(result.kind === 'scheduled' ? result.feasibleNodes : 0).toBe(walked.feasible);
          if (result.kind !== 'scheduled') continue;
          const bound = { ...pod, spec: { ...pod.spec, nodeName: result.node } };
          cache.assume(bound, cache.snapshot.shapes.of(bound), result.node);
        }
      }),
      { seed: 20260102, numRuns: 10 },
    );
  });
});

/** Asks every plugin about one node after the other until enough are found. */
function walk(framework: Framework, pod: Pod, start: number, wanted: number) {
  const { snapshot } = framework;
  snapshot.refreshOrder();
  const state = framework.newState(pod);
  if (framework.filtering.preFilter(state).status !== undefined) return { evaluated: 0, feasible: 0 };
  let evaluated = 0;
  let feasible = 0;
  for (; evaluated < snapshot.nodeCount && feasible < wanted; evaluated++) {
    const row = snapshot.order[(start + evaluated) % snapshot.nodeCount]!;
    if (framework.filtering.filter(state, snapshot.nodeAt(row)) === undefined) feasible++;
  }
  return { evaluated, feasible };
}
