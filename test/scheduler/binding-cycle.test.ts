/** What happens between a decision and its effect in the API: reports waited for, bindings ended, late answers. */
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import type { ApiResult } from '../../sim/apiserver/request.ts';
import { seconds } from '../../sim/engine/index.ts';
import { BindingCycle, BindingCycles } from '../../sim/scheduler/binding-cycle.ts';
import { type Plugin, Status, type StepOutcome, type Turn } from '../../sim/scheduler/index.ts';
import { QueuedPod } from '../../sim/scheduler/queue/queued-pod.ts';
import { queuedPod, queueHarness } from '../support/scheduler/queue-harness.ts';
import { RunningCluster, withPlugins } from '../support/scheduler/running-cluster.ts';

const scheduledCondition = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');

describe('the report on a pod that got no node', () => {
  /** When each attempt began, with what the API knew of the pod `big` then. */
  function attempts() {
    const seen: { pod: string; time: number; reported: boolean }[] = [];
    const cluster: RunningCluster = new RunningCluster({
      onDecision: ({ pod, time }) =>
        seen.push({
          pod: pod.metadata.name,
          time,
          reported: scheduledCondition(cluster.pod('big'))?.status === 'False',
        }),
    });
    return { cluster, seen };
  }

  it('is there before the next pod is tried', () => {
    const { cluster, seen } = attempts();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    cluster.addPod('small', '500m');
    cluster.runTo(5);
    expect(seen.map(({ pod, reported }) => [pod, reported])).toEqual([
      ['big', false],
      ['small', true],
    ]);
  });

  it('is waited for only if there is something new to report', () => {
    const { cluster, seen } = attempts();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    cluster.runTo(5);
    // The same again after five minutes: nothing is sent.
    cluster.runTo(329);
    cluster.addPod('other', '2', { priority: 0 });
    cluster.runTo(329.5);
    const before = cluster.pod('big')?.metadata.resourceVersion;
    cluster.runTo(400);
    expect(seen.filter(({ pod }) => pod === 'big')).toHaveLength(2);
    expect(cluster.pod('big')?.metadata.resourceVersion).toBe(before);
    expect(cluster.scheduler.idle).toBe(true);
  });

  it('does not stop the scheduler if the pod is gone by then', () => {
    const { cluster, seen } = attempts();
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('big', '2');
    while (seen.length === 0) cluster.simulation.run({ maxEvents: 1 });
    cluster.deletePod('big');
    cluster.addPod('small', '500m');
    cluster.runTo(5);
    expect(cluster.nodeOf('small')).toBe('a');
  });
});

describe('a binding in PreBind', () => {
  /** Pods called slow take their time. */
  const slow: Plugin = {
    name: 'Slow',
    preBind: (_state, pod, _node, { number }): StepOutcome =>
      pod.metadata.name === 'slow' && number < 3 ? { pollAfter: seconds(10) } : undefined,
  };

  it('is ended by a preemption, and its pod tried again', () => {
    const cluster = new RunningCluster(withPlugins(slow));
    cluster.addPriorityClass('high', 1000);
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('slow', '1');
    cluster.runTo(5);
    expect(cluster.nodeOf('slow')).toBeUndefined();
    cluster.addPod('vip', '1', { priorityClassName: 'high' });
    cluster.runTo(9);
    expect(cluster.nodeOf('vip')).toBe('a');
    const { metadata } = cluster.pod('slow')!;
    expect(metadata.deletionTimestamp).toBeUndefined();
    const told = cluster.events.filter(({ object }) => object === 'slow');
    expect(told.map(({ reason }) => reason)).toContain('Preempted');
    expect(told.map(({ message }) => message)).toContain(
      'running PreBind plugin "Slow": preempted by DefaultPreemption',
    );
    // Tried again after its back-off, it fits nowhere. The poll of the binding that was ended comes to nothing; the pod gets the next node there is.
    cluster.runTo(60);
    expect(cluster.nodeOf('slow')).toBeUndefined();
    expect(scheduledCondition(cluster.pod('slow'))?.message).toMatch(
      /^0\/1 nodes are available: 1 Insufficient/,
    );
    cluster.addNode('b', { cpu: '1' });
    cluster.runTo(120);
    expect(cluster.nodeOf('slow')).toBe('b');
    expect(cluster.scheduler.cache.podCount).toBe(2);
    expect(cluster.scheduler.idle).toBe(true);
  });
});

describe('a wait for Permit', () => {
  const holds: Plugin = {
    name: 'Holds',
    permit: (_state, pod) => ({
      status: pod.metadata.name === 'held' ? new Status('Wait') : undefined,
      timeout: seconds(600),
    }),
  };

  it('is ended by a preemption, and its pod tried again', () => {
    const cluster = new RunningCluster(withPlugins(holds));
    cluster.addPriorityClass('high', 1000);
    cluster.addNode('a', { cpu: '1' });
    cluster.addPod('held', '1');
    cluster.runTo(5);
    cluster.addPod('vip', '1', { priorityClassName: 'high' });
    cluster.runTo(20);
    expect(cluster.nodeOf('vip')).toBe('a');
    expect(cluster.pod('held')?.metadata.deletionTimestamp).toBeUndefined();
    const attempts = cluster.attempts.filter(({ pod }) => pod.metadata.name === 'held');
    expect(attempts.map(({ result }) => result)).toEqual(['scheduled', 'unschedulable']);
    expect(cluster.scheduler.cache.podCount).toBe(1);
  });
});

describe('an attempt that found a node', () => {
  const seen = ({ attempts }: RunningCluster) =>
    attempts.map(({ result, node, feasibleNodes, message }) => ({ result, node, feasibleNodes, message }));

  it.each<[string, Omit<Plugin, 'name'>, string, string]>([
    [
      'Reserve refuses',
      { reserve: () => new Status('Unschedulable', ['no room']) },
      'unschedulable',
      '0/1 nodes are available: 1 no room.',
    ],
    [
      'Permit refuses',
      { permit: () => ({ status: new Status('Unschedulable', ['not now']) }) },
      'unschedulable',
      '0/1 nodes are available: 1 not now.',
    ],
    ['Reserve fails', { reserve: () => new Status('Error', ['broken']) }, 'error', 'broken'],
    ['Permit fails', { permit: () => ({ status: new Status('Error', ['broken']) }) }, 'error', 'broken'],
  ])('is observed as what it is: %s', (_, methods, result, message) => {
    const cluster = new RunningCluster(withPlugins({ name: 'Refuses', ...methods }));
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('p', '1');
    cluster.runTo(0.9);
    expect(cluster.nodeOf('p')).toBeUndefined();
    expect(seen(cluster)).toEqual([{ result, node: '', feasibleNodes: 1, message }]);
    expect(scheduledCondition(cluster.pod('p'))?.message).toBe(message);
  });

  it('is observed as scheduled while Permit waits', () => {
    const cluster = new RunningCluster(
      withPlugins({ name: 'Waits', permit: () => ({ status: new Status('Wait') }) }),
    );
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('p', '1');
    cluster.runTo(5);
    expect(seen(cluster)).toEqual([{ result: 'scheduled', node: 'a', feasibleNodes: 1, message: '' }]);
  });

  it('is observed as an error when someone else binds the pod meanwhile', () => {
    let begun = false;
    const slow = { fixedUs: 1e6, perNodeUs: 0, perNodeConstrainedUs: 0 };
    const cluster = new RunningCluster({ cycleLatency: slow, onDecision: () => (begun = true) });
    cluster.addNode('a', { cpu: '4' });
    cluster.addPod('p', '1');
    while (!begun) cluster.simulation.run({ maxEvents: 1 });
    cluster.execute({ verb: 'bind', namespace: 'default', name: 'p', node: 'a' });
    cluster.runTo(5);
    expect(cluster.nodeOf('p')).toBe('a');
    expect(seen(cluster)).toEqual([
      { result: 'error', node: '', feasibleNodes: 1, message: 'the pod was bound by someone else meanwhile' },
    ]);
    expect(cluster.scheduler.idle).toBe(true);
  });
});

describe('a late answer', () => {
  const answer = (name: string): ApiResult => ({ ok: true, code: 200, object: queuedPod(name) });

  it('to a binding that was ended does not count for the next one of the same pod', () => {
    const turns: Turn[] = [];
    const asks: Plugin = {
      name: 'Asks',
      preBind: (_state, _pod, _node, turn): StepOutcome => {
        turns.push(turn);
        return turn.number > 0
          ? undefined
          : { requests: [1, 2].map(() => ({ verb: 'get', resource: 'pods', namespace: '', name: 'x' })) };
      },
    };
    const { framework } = queueHarness({ plugins: [asks] });
    const sent: number[] = [];
    const done: string[] = [];
    const bindings = new BindingCycles({
      now: () => seconds(0) as never,
      send: (_request, _uid, _key, number) => sent.push(number),
      poll: () => undefined,
      permitTimeout: () => undefined,
      permitted: () => undefined,
      bound: () => done.push('bound'),
      failed: (_cycle, { plugin, message }) => done.push(`${plugin}: ${message}`),
    });
    const pod = queuedPod('p');
    const { uid } = pod.metadata;
    const begin = () =>
      bindings.start(
        new BindingCycle(new QueuedPod(pod, seconds(0) as never), 'n', framework.newState(pod), framework),
      );
    begin();
    bindings.reply(uid, sent[0]!, answer('first'));
    expect(bindings.end(uid, 'preempted')).toBe(true);
    expect(done).toEqual(['Asks: running PreBind plugin "Asks": preempted']);
    begin();
    expect(sent).toHaveLength(4);
    // The second answer to the first binding, then one of the new ones twice.
    bindings.reply(uid, sent[1]!, answer('late'));
    bindings.reply(uid, sent[3]!, answer('d'));
    bindings.reply(uid, sent[3]!, answer('again'));
    expect([done.length, bindings.size]).toEqual([1, 1]);
    bindings.reply(uid, sent[2]!, answer('c'));
    expect(done).toEqual(['Asks: running PreBind plugin "Asks": preempted', 'bound']);
    const names = turns.at(-1)!.results.map((result) => (result.ok ? result.object.metadata.name : ''));
    expect(names).toEqual(['c', 'd']);
    expect(bindings.end(uid, 'preempted')).toBe(false);
  });
});
