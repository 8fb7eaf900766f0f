import { describe, expect, it } from 'vitest';
import { defaultPlugins, schedulerPlugins } from '../../policies/index.ts';
import type { Pod } from '../../sim/api/index.ts';
import { seconds } from '../../sim/engine/index.ts';
import {
  Action,
  type CycleState,
  type Decision,
  defaultConfiguration,
  describeChange,
  type EventInterest,
  type Handle,
  mergePlugins,
  type Plugin,
  PolicyError,
  Status,
  whyNot,
} from '../../sim/scheduler/index.ts';
import { RunningCluster, withPlugins } from '../support/scheduler/running-cluster.ts';

const condition = (cluster: RunningCluster, name: string) =>
  cluster.pod(name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled');

describe('the scheduler in a cluster', () => {
  it('binds pods to nodes with room', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addNode('b', { cpu: '1' });
    cluster.addPod('p', '600m');
    cluster.addPod('q', '600m');
    cluster.runTo(5);
    expect([cluster.nodeOf('p'), cluster.nodeOf('q')].sort()).toEqual(['a', 'b']);
    expect(cluster.scheduler.idle).toBe(true);
    expect(cluster.events.map(({ reason, message }) => [reason, message])).toEqual(
      expect.arrayContaining([['Scheduled', `Successfully assigned default/p to ${cluster.nodeOf('p')}`]]),
    );
  });

  it('reports an unschedulable pod once and tries again when a node comes', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    cluster.runTo(5);
    expect(condition(cluster, 'big')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    });
    expect(cluster.attempts).toHaveLength(1);
    cluster.addNode('b', { cpu: '4' });
    cluster.runTo(10);
    expect(cluster.nodeOf('big')).toBe('b');
  });

  it('lets each decision be looked at where it was taken', () => {
    const decisions: Decision[] = [];
    const searched: string[][] = [];
    const answers: string[] = [];
    const cluster = new RunningCluster({
      onDecision: (decision) => {
        decisions.push(decision);
        searched.push([...decision.searchedNodes()].sort());
        const { flips } = whyNot(decision.framework, decision.pod, 'a');
        answers.push(flips.map(({ change }) => describeChange(change)).join());
      },
    });
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    cluster.runTo(5);
    cluster.addNode('b', { cpu: '4' });
    cluster.runTo(10);
    expect(decisions.map(({ result: { kind } }) => kind)).toEqual(['unschedulable', 'scheduled']);
    expect(searched).toEqual([['a'], ['a', 'b']]);
    expect(answers).toEqual(['request cpu 1 instead of 2', 'request cpu 1 instead of 2']);
  });

  it('tries more important pods first', () => {
    const cluster = new RunningCluster();
    for (const [name, value] of [
      ['low', 1],
      ['high', 1000],
    ] as const)
      cluster.addPriorityClass(name, value);
    cluster.addPod('first', '100m', { priorityClassName: 'low' });
    cluster.addPod('second', '100m', { priorityClassName: 'high' });
    cluster.addNode('a', { cpu: '1' });
    cluster.runTo(30);
    const scheduled = cluster.attempts.filter(({ result }) => result === 'scheduled');
    expect(scheduled.map(({ pod }) => pod.metadata.name)).toEqual(['second', 'first']);
  });

  it('leaves a gated pod alone until its gates are gone', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('gated', '100m', { schedulingGates: [{ name: 'example.com/wait' }] });
    cluster.runTo(400);
    expect(cluster.attempts).toEqual([]);
    const pod = cluster.pod('gated')!;
    const spec = { ...pod.spec, schedulingGates: [] };
    cluster.execute({ verb: 'update', resource: 'pods', object: { ...pod, spec } });
    cluster.runTo(401);
    expect(cluster.nodeOf('gated')).toBe('a');
  });

  it('retries an unschedulable pod after five minutes even if nothing happens', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    cluster.runTo(700);
    // Looked for every 30 s: the first time more than 300 s after an attempt is at 330 s, then at 660 s.
    expect(cluster.attempts.map(({ time }) => Math.floor(time / 1e6))).toEqual([0, 330, 660]);
  });

  it('backs off longer each time a pod fails', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    for (let second = 1; second < 40; second++) {
      cluster.runTo(second);
      // Grows, but not enough: worth another try each time.
      const node = cluster.apiserver.get('nodes', '', 'a')!;
      const allocatable = { ...node.status?.allocatable, cpu: '1', pods: String(110 + second) };
      cluster.execute({
        verb: 'update',
        resource: 'nodes',
        subresource: 'status',
        object: { ...node, status: { ...node.status, allocatable } },
      });
    }
    expect(cluster.attempts.length).toBeLessThan(3);
  });

  it('does not look at pods of other schedulers', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('mine', '100m');
    cluster.addPod('theirs', '100m', { schedulerName: 'other' });
    cluster.runTo(5);
    expect([cluster.nodeOf('mine'), cluster.nodeOf('theirs')]).toEqual(['a', undefined]);
    const { profiles, ...rest } = defaultConfiguration(defaultPlugins);
    cluster.addScheduler({
      name: 'other-scheduler',
      configuration: { ...rest, profiles: [{ ...profiles[0]!, schedulerName: 'other' }] },
    });
    cluster.runTo(10);
    expect(cluster.nodeOf('theirs')).toBe('a');
  });

  it('serves several profiles in one process', () => {
    const { profiles, ...rest } = defaultConfiguration(defaultPlugins);
    const packing = {
      schedulerName: 'packing',
      plugins: mergePlugins(defaultPlugins, {}),
      pluginConfig: new Map([['NodeResourcesFit', { scoringStrategy: { type: 'MostAllocated' } }]]),
    };
    const cluster = new RunningCluster({ configuration: { ...rest, profiles: [...profiles, packing] } });
    cluster.addNode('busy', { cpu: '8' });
    cluster.addNode('empty', { cpu: '8' });
    cluster.addPod('load', '4', { nodeSelector: { 'kubernetes.io/hostname': 'busy' } });
    cluster.runTo(2);
    cluster.addPod('spread', '1', { schedulerName: 'default-scheduler' });
    cluster.runTo(4);
    cluster.addPod('packed', '1', { schedulerName: 'packing' });
    cluster.runTo(6);
    expect([cluster.nodeOf('spread'), cluster.nodeOf('packed')]).toEqual(['empty', 'busy']);
  });

  it('forgets an assumed pod that is deleted before its binding', () => {
    const cluster = new RunningCluster();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('gone', '800m');
    while (cluster.attempts.length === 0) cluster.simulation.run({ maxEvents: 1 });
    cluster.deletePod('gone');
    cluster.addPod('next', '800m');
    cluster.runTo(20);
    expect(cluster.nodeOf('next')).toBe('a');
    expect(cluster.scheduler.cache.podCount).toBe(1);
  });

  it('gives the same run twice', () => {
    const run = (seed: string) => {
      const cluster = new RunningCluster({}, seed);
      for (const name of ['a', 'b', 'c']) cluster.addNode(name, { cpu: '2' });
      for (let i = 0; i < 6; i++) cluster.addPod(`p${i}`, '500m');
      cluster.runTo(20);
      const nodes = Array.from({ length: 6 }, (_, i) => cluster.nodeOf(`p${i}`));
      return { digest: cluster.simulation.digest.hex(), nodes };
    };
    expect(run('one')).toEqual(run('one'));
    const seeds = ['one', 'two', 'three', 'four', 'five'].map((seed) => run(seed).nodes.join());
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });
});

describe('preemption', () => {
  it('evicts less important pods and then takes their place', () => {
    const cluster = new RunningCluster();
    cluster.addPriorityClass('high', 1000);
    cluster.addNode('a', { cpu: '2' });
    cluster.addPod('victim-1', '1');
    cluster.addPod('victim-2', '1');
    cluster.runTo(5);
    cluster.addPod('important', '1500m', { priorityClassName: 'high' });
    cluster.runTo(6);
    const victims = ['victim-1', 'victim-2'];
    expect(cluster.pod('important')?.status?.nominatedNodeName).toBe('a');
    for (const name of victims) {
      expect(cluster.pod(name)?.metadata.deletionTimestamp, name).toBeDefined();
      expect(cluster.pod(name)?.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }),
      );
    }
    for (const name of victims) cluster.deletePod(name);
    cluster.runTo(20);
    expect(cluster.nodeOf('important')).toBe('a');
  });
});

describe('permit', () => {
  /** Lets pods of a group go on once all of them are assumed. */
  const gang = (size: number, wait: number) => (_args: unknown, handle: Handle) => ({
    name: 'Gang',
    permit: () => {
      const waiting = handle.waitingPods();
      if (waiting.length + 1 < size) return { status: new Status('Wait'), timeout: seconds(wait) };
      for (const pod of waiting) pod.allow('Gang');
      return { status: undefined };
    },
  });
  const gangCluster = (size: number, wait: number): RunningCluster => {
    const { configuration } = withPlugins({ name: 'Gang' });
    return new RunningCluster({
      configuration: configuration!,
      registry: new Map([...schedulerPlugins, ['Gang', gang(size, wait)]]),
    });
  };

  it('holds pods until their group is complete', () => {
    const cluster = gangCluster(2, 60);
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('one', '1');
    cluster.runTo(10);
    expect(cluster.nodeOf('one')).toBeUndefined();
    expect(cluster.scheduler.cache.podCount).toBe(1);
    cluster.addPod('two', '1');
    cluster.runTo(12);
    expect([cluster.nodeOf('one'), cluster.nodeOf('two')]).toEqual(['a', 'a']);
  });

  it('rejects a pod that waited too long and frees its room', () => {
    const cluster = gangCluster(2, 5);
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('one', '1');
    cluster.runTo(5.5);
    expect(cluster.scheduler.cache.podCount).toBe(0);
    expect(condition(cluster, 'one')?.message).toBe(
      '0/1 nodes are available: 1 rejected due to timeout after waiting at plugin Gang.',
    );
  });
});

describe('the memory of a plugin', () => {
  /** A gang that is given up whole: when one of its pods is, those that wait are too. */
  const gang = (_args: unknown, handle: Handle): Plugin => {
    const given = handle.memory<readonly string[]>([]);
    return {
      name: 'Gang',
      reserve: () => undefined,
      unreserve: (_state, pod) => {
        for (const waiting of handle.waitingPods()) waiting.reject('Gang', 'given up');
        given.set([...given.value, pod.metadata.name]);
      },
      permit: (_state, pod) => ({
        status: pod.metadata.name === 'one' ? new Status('Wait') : new Status('Unschedulable', ['no']),
      }),
    };
  };

  it('may be written after an unreserve that gave up other pods', () => {
    const { configuration } = withPlugins({ name: 'Gang' });
    const cluster = new RunningCluster({
      configuration: configuration!,
      registry: new Map([...schedulerPlugins, ['Gang', gang]]),
    });
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('one', '1');
    cluster.runTo(0.5);
    cluster.addPod('two', '1');
    cluster.runTo(0.9);
    const [framework] = cluster.scheduler.frameworks.values();
    expect(framework!.memories.all().get('Gang')).toEqual([{ value: ['one', 'two'] }]);
    expect(condition(cluster, 'one')?.message).toContain('given up');
  });
});

describe('a policy that misbehaves', () => {
  const run = (plugin: Plugin, checkPolicies = false): (() => void) => {
    return () => {
      const cluster = new RunningCluster({ ...withPlugins(plugin), checkPolicies });
      cluster.addNode('a', { cpu: '4' });
      cluster.addNode('b', { cpu: '4' });
      cluster.addPod('p', '1');
      cluster.runTo(5);
      cluster.addNode('c', { cpu: '4' });
      cluster.runTo(10);
    };
  };
  const unkeyed = Math['random' as const];
  const oops = (): never => {
    throw new TypeError('oops');
  };
  const threw = /threw: oops/;
  const unfit = (): Status => new Status('Unschedulable', ['no']);
  const constant =
    (value: number) =>
    (_state: CycleState, _rows: Int32Array, count: number, into: Int32Array | Float64Array): void => {
      into.fill(value, 0, count);
    };
  const anyNode: EventInterest = { resource: 'Node', actions: Action.add };

  it.each<[string, Omit<Plugin, 'name'>, RegExp]>([
    ['throws', { filter: oops }, threw],
    ['returns NaN', { score: () => Number.NaN }, /returned NaN for node/],
    ['returns a fraction', { score: () => 0.5 }, /returned 0\.5 for node \w, not an integer/],
    ['leaves the range', { score: () => 101 }, /the score 101, which is not an integer from 0 to 100/],
    ['answers something else', { filter: () => true as never }, /returned true, not a Status/],
    [
      'draws unkeyed randomness',
      { score: () => Math.floor(unkeyed() * 0) + Math['random' as const]() },
      /unkeyed randomness/,
    ],
    ['throws in PreEnqueue', { preEnqueue: oops }, threw],
    ['throws in filterRows', { filterRows: oops, refusal: unfit }, /Filter .*threw: oops/],
    ['throws in refusal', { filterRows: constant(1), refusal: oops }, /Filter .*threw: oops/],
    [
      'explains a refusal with something else',
      { filterRows: constant(1), refusal: () => 'no' as never },
      /returned "no", not a Status/,
    ],
    ['throws in scoreRows', { scoreRows: oops }, /Score .*threw: oops/],
    ['scores rows NaN', { scoreRows: constant(Number.NaN) }, /the score NaN, which is not an integer/],
    [
      'throws in normalizeRows',
      { scoreRows: constant(1), normalizeRows: oops },
      /NormalizeScore .*threw: oops/,
    ],
    ['throws in normalizeScore', { score: () => 1, normalizeScore: oops }, /NormalizeScore .*threw: oops/],
    [
      'normalizes to something else',
      { score: () => 1, normalizeScore: () => 1 as never },
      /NormalizeScore .*returned 1, not a Status/,
    ],
    ['throws in idle', { filter: () => undefined, idle: oops }, /idle .*threw: oops/],
    ['throws in ignores', { filter: () => undefined, ignores: oops }, /ignores .*threw: oops/],
    ['throws in uniformScore', { score: () => 0, uniformScore: oops }, /uniformScore .*threw: oops/],
    [
      'has a uniform score of NaN',
      { score: () => 0, uniformScore: () => Number.NaN },
      /uniformScore .*returned NaN, not an integer from 0 to 100/,
    ],
    [
      'has a uniform score out of range',
      { score: () => 0, uniformScore: () => 500 },
      /uniformScore .*returned 500, not an integer from 0 to 100/,
    ],
    [
      'throws in a queueing hint',
      { filter: unfit, events: () => [{ ...anyNode, hint: oops }] },
      /QueueingHint .*threw: oops/,
    ],
  ])('is stopped when it %s', (_, methods, message) => {
    const error = catching(run({ name: 'Bad', ...methods }));
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ plugin: 'Bad', pod: 'default/p' });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('seed "seed"');
  });

  it.each<[string, Plugin['events']]>([
    ['throws', oops],
    ['returns no list', () => 1 as never],
  ])('is stopped before the run when its list of events %s', (_, events) => {
    const error = catching(run({ name: 'Bad', filter: () => undefined, events: events! }));
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ plugin: 'Bad', extensionPoint: 'EventsToRegister', pod: '' });
    expect(error.message).toContain('seed "seed"');
  });

  it.each(['less', 'queueGroup'] as const)('is stopped when it throws in %s', (method) => {
    const sort: Plugin = { name: 'Bad', less: (a, b) => a.timestamp < b.timestamp, [method]: oops };
    const { registry } = withPlugins(sort);
    const others = defaultPlugins.multiPoint!.enabled.filter(({ name }) => name !== 'PrioritySort');
    const enabled = [...others, { name: 'Bad' }];
    const configuration = defaultConfiguration({ multiPoint: { enabled, disabled: [] } });
    const cluster = new RunningCluster({ configuration, registry: registry! });
    cluster.addPod('p', '1');
    cluster.addPod('q', '1');
    const error = catching(() => cluster.runTo(5));
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ plugin: 'Bad', extensionPoint: 'QueueSort' });
    expect(error.message).toMatch(/default\/[pq] threw: oops/);
  });

  it('fails the attempt, as an error, when it cannot normalize', () => {
    const picky: Plugin = {
      name: 'Picky',
      score: () => 1,
      normalizeScore: () => new Status('Unschedulable', ['no scale']),
    };
    const cluster = new RunningCluster(withPlugins(picky));
    cluster.addNode('a', { cpu: '4' });
    cluster.addNode('b', { cpu: '4' });
    cluster.addPod('p', '1');
    cluster.runTo(0.9);
    expect(cluster.nodeOf('p')).toBeUndefined();
    expect(cluster.attempts).toMatchObject([
      {
        result: 'error',
        message: 'running Normalize on Score plugins: plugin "Picky" failed with: no scale',
      },
    ]);
  });

  it('is stopped when it writes to what it is given, in the checking mode', () => {
    const writer = {
      name: 'Writer',
      filter: (_state: CycleState, pod: Pod) => {
        Object.assign(pod, { touched: true });
        return undefined;
      },
    };
    const error = catching(run(writer, true));
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ plugin: 'Writer', extensionPoint: 'Filter' });
  });

  it('leaves the source of randomness of others in place', () => {
    catching(run({ name: 'Bad', score: () => Number.NaN }));
    expect(Math['random' as const]).toBe(unkeyed);
  });
});

function catching(body: () => void): Error {
  try {
    body();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
