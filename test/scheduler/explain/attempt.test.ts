/** What is told of an attempt equals what the scheduler did, and telling it changes nothing. */
import { describe, expect, it } from 'vitest';
import { defaultPlugins } from '../../../policies/index.ts';
import {
  type Code,
  type Decision,
  defaultConfiguration,
  type Evaluation,
  type ExplainedAttempt,
  evaluate,
  explainAttempt,
  type Plugin,
  type ScheduleResult,
  Status,
} from '../../../sim/scheduler/index.ts';
import { RunningCluster, withPlugins } from '../../support/scheduler/running-cluster.ts';

const NODES = 150;
const nodeName = (i: number): string => `n${String(i).padStart(3, '0')}`;

/** A cluster in which at most 100 nodes that fit are looked for. */
function sampled(onDecision?: (decision: Decision) => void): RunningCluster {
  const configuration = { ...defaultConfiguration(defaultPlugins), percentageOfNodesToScore: 5 };
  const cluster = new RunningCluster({ configuration, onDecision });
  for (let i = 0; i < NODES; i++) cluster.addNode(nodeName(i), { cpu: i % 3 === 0 ? '1' : `${2 + (i % 5)}` });
  for (let i = 0; i < 30; i++)
    cluster.addPod(`p${i}`, i % 2 === 0 ? '1500m' : '250m', {}, { app: i % 2 === 0 ? 'a' : 'b' });
  cluster.runTo(20);
  return cluster;
}

describe('an attempt explained', () => {
  const told: { explained: ExplainedAttempt; decision: Decision; searched: readonly string[] }[] = [];
  const watched = sampled((decision) =>
    told.push({
      explained: explainAttempt(decision, { top: 4, node: nodeName(7) }),
      decision,
      searched: decision.searchedNodes(),
    }),
  );

  it('has the score, the ties and the counts of the search itself, which stopped early', () => {
    expect(told).toHaveLength(30);
    for (const { explained, decision } of told) {
      const { result } = decision;
      if (result.kind !== 'scheduled') throw new Error('all of them fit');
      const [best, second] = explained.scores;
      expect(explained.node).toBe(result.node);
      expect(best).toMatchObject({ node: result.node, total: result.score });
      expect(explained.margin).toBe(best!.total - second!.total);
      expect(explained.margin === 0).toBe(result.ties > 1);
      expect(explained.scores).toHaveLength(4);
      expect(explained.nodesInCluster).toBe(NODES);
      const refused = explained.refusals.reduce((sum, { count }) => sum + count, 0);
      expect(explained.feasibleNodes + refused).toBe(explained.nodesLookedAt);
      expect(explained.feasibleNodes).toBe(100);
    }
  });

  it('tells nodes that were looked at from the rest', () => {
    for (const { explained, searched } of told)
      expect(explained.whyNot?.lookedAt).toBe(searched.includes(nodeName(7)));
    expect(new Set(told.map(({ explained }) => explained.whyNot!.lookedAt)).size).toBe(2);
  });

  it('changes nothing', () => {
    expect(sampled().simulation.digest.hex()).toBe(watched.simulation.digest.hex());
  });
});

describe('an attempt that ends because a plugin cannot answer', () => {
  const CODES: readonly Code[] = [
    'Success',
    'Skip',
    'Error',
    'Unschedulable',
    'UnschedulableAndUnresolvable',
    'Wait',
    'Pending',
  ];
  /** At PreFilter and PreScore Skip is an answer, and a rejection at PreFilter is none of these ends. */
  const fails = (point: string, code: Code): boolean =>
    code !== 'Success' &&
    (code !== 'Skip' || point === 'normalizeScore') &&
    (point !== 'preFilter' || code === 'Error' || code === 'Wait');
  const points = ['preFilter', 'preScore', 'normalizeScore'] as const;
  const cases = points.flatMap((point) => CODES.map((code) => ({ point, code })));

  /** The first attempt, in a cluster of so many nodes. */
  function first(nodes: number, methods: Partial<Plugin>) {
    const told: { explained: ExplainedAttempt; evaluation: Evaluation; result: ScheduleResult }[] = [];
    const cluster = new RunningCluster({
      ...withPlugins({ name: 'Picky', score: () => 1, ...methods }),
      onDecision: (decision) =>
        told.push({
          explained: explainAttempt(decision, { top: 2, node: 'n1' }),
          evaluation: evaluate(decision.framework, decision.pod),
          result: decision.result,
        }),
    });
    for (let i = 1; i <= nodes; i++) cluster.addNode(`n${i}`, { cpu: '4' });
    cluster.addPod('p', '1');
    cluster.runTo(0.9);
    return told[0]!;
  }

  it.each(cases)(
    'is an error to the search and to who explains it alike: $code at $point',
    ({ point, code }) => {
      const { explained, evaluation, result } = first(3, { [point]: () => new Status(code, ['no idea']) });
      expect(result.kind === 'error').toBe(fails(point, code));
      if (result.kind !== 'error') {
        expect(evaluation.failure).toBeUndefined();
        return;
      }
      expect(result.status.message).toMatch(/no idea$/);
      expect(evaluation.failure).toEqual(result.status);
      expect(explained).toMatchObject({ outcome: 'error', message: result.status.message, scores: [] });
      expect([evaluation.scores.size, evaluation.best]).toEqual([0, []]);
      const standing = point === 'preFilter' ? 'refused' : 'unscored';
      expect(explained.whyNot).toMatchObject({ standing, flips: [], refusals: [{ plugin: 'Picky' }] });
    },
  );

  it.each(['preScore', 'normalizeScore'] as const)('is none if a single node fits: %s', (point) => {
    const { explained, evaluation } = first(1, { [point]: () => new Status('Error', ['no idea']) });
    expect(explained).toMatchObject({ outcome: 'scheduled', node: 'n1' });
    expect([evaluation.failure, evaluation.best]).toEqual([undefined, ['n1']]);
  });
});

describe('a refusal explained', () => {
  function only(build: (cluster: RunningCluster) => void, node?: string): ExplainedAttempt {
    const told: ExplainedAttempt[] = [];
    const cluster = new RunningCluster({
      onDecision: (decision) => told.push(explainAttempt(decision, { top: 2, node })),
    });
    build(cluster);
    cluster.runTo(1);
    expect(told).toHaveLength(1);
    return told[0]!;
  }
  const three = (cluster: RunningCluster): void => {
    for (const name of ['a', 'b', 'c']) cluster.addNode(name, { cpu: '1' });
  };

  it('groups nodes by plugin and reasons, and names as many as asked for', () => {
    const { refusals, outcome, message } = only((cluster) => {
      three(cluster);
      cluster.addNode('d', { cpu: '4' }, { spec: { unschedulable: true } });
      cluster.addPod('p', '2');
    });
    expect(outcome).toBe('unschedulable');
    expect(message).toMatch(/^0\/4 nodes are available: /);
    expect(refusals.map(({ plugin, count, nodes }) => [plugin, count, nodes])).toEqual([
      ['NodeResourcesFit', 3, ['a', 'b']],
      ['NodeUnschedulable', 1, ['d']],
    ]);
  });

  it('tells of nodes that PreFilter left out, and of one that it rejected all for', () => {
    const named = (names: readonly string[], more: readonly string[] = names) => ({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchFields: [names, more].map((values) => ({
                  key: 'metadata.name',
                  operator: 'In' as const,
                  values: [...values],
                })),
              },
            ],
          },
        },
      },
    });
    const narrowed = only((cluster) => {
      three(cluster);
      cluster.addPod('p', '500m', named(['b']));
    }, 'c');
    expect(narrowed).toMatchObject({ outcome: 'scheduled', node: 'b', nodesLookedAt: 1, scores: [] });
    expect(narrowed.margin).toBeUndefined();
    expect(narrowed.refusals).toEqual([
      expect.objectContaining({ plugin: 'NodeAffinity', count: 2, nodes: ['a', 'c'] }),
    ]);
    expect(narrowed.whyNot).toMatchObject({ standing: 'refused', refusals: [{ plugin: 'NodeAffinity' }] });
    const rejected = only((cluster) => {
      three(cluster);
      cluster.addPod('p', '500m', named(['a'], ['b']));
    }, 'a');
    expect(rejected).toMatchObject({ outcome: 'unschedulable', nodesLookedAt: 0 });
    expect(rejected.refusals).toEqual([
      expect.objectContaining({
        plugin: 'NodeAffinity',
        reasons: ['pod affinity terms conflict'],
        count: 3,
      }),
    ]);
    expect(rejected.whyNot).toMatchObject({ standing: 'refused', refusals: [{ plugin: 'NodeAffinity' }] });
  });

  it('names victims', () => {
    const told: ExplainedAttempt[] = [];
    const cluster = new RunningCluster({
      onDecision: (decision) => told.push(explainAttempt(decision, { top: 2 })),
    });
    cluster.addPriorityClass('high', 1000);
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('low', '1');
    cluster.runTo(1);
    cluster.addPod('vip', '1', { priorityClassName: 'high' });
    cluster.runTo(2);
    expect(told[1]?.preemption).toEqual({ node: 'a', victims: ['default/low'] });
  });

  it('knows that there is no such node', () => {
    const { whyNot } = only((cluster) => {
      three(cluster);
      cluster.addPod('p', '500m');
    }, 'z');
    expect(whyNot).toMatchObject({ node: 'z', lookedAt: false, standing: undefined, flips: [] });
  });
});
