import { describe, expect, it } from 'vitest';
import type { Node, ObservationMap } from '../../../sim/api/index.ts';
import {
  nodeOf,
  podHistory,
  podOf,
  podSeen,
  recorded,
  seen,
  together,
} from '../../support/metrics/recorded.ts';

const node = (at: number, now: Node, previous?: Node, deleted = false) =>
  seen(at, 'node-changed', { node: now, previous, deleted });
type Step = ObservationMap['pod-lifecycle']['step'];
const step = (at: number, name: Step, state: Parameters<typeof podOf>[0]) =>
  podSeen(at, 'pod-lifecycle', { pod: podOf(state), node: state?.node ?? '', step: name });

const TWO_NODES = [node(0, nodeOf('a', true, 'east')), node(0, nodeOf('b', false, 'west'))];
const onA = { node: 'a', cpu: '2' };
/** Requests 2 of the 8 CPUs and 1 of 16 GiB from 10 s on, runs from 20 to 60 s. */
const POD = together(
  podHistory(
    [0, { cpu: '2' }],
    [10, onA],
    [20, { ...onA, phase: 'Running' }],
    [30, { ...onA, phase: 'Running', ready: true }],
    [60, { ...onA, phase: 'Succeeded' }],
  ),
  [step(20, 'started', onA), step(60, 'finished', onA)],
);

describe('cluster.csv', () => {
  it('counts pods by what they are at each sample', () => {
    const columns = ['pending', 'starting', 'running', 'ready', 'succeeded', 'failed'].map(
      (name) => `pods_${name}`,
    );
    const { rows } = recorded(together(TWO_NODES, POD), [5, 15, 25, 35, 65]);
    expect(rows('cluster', 'time_s', 'nodes', 'nodes_ready', 'pods', ...columns)).toEqual([
      ['5', '2', '1', '1', '1', '0', '0', '0', '0', '0'],
      ['15', '2', '1', '1', '0', '1', '0', '0', '0', '0'],
      ['25', '2', '1', '1', '0', '0', '1', '0', '0', '0'],
      ['35', '2', '1', '1', '0', '0', '1', '1', '0', '0'],
      ['65', '2', '1', '1', '0', '0', '0', '0', '1', '0'],
    ]);
  });

  it('has what is requested and used of what there is', () => {
    const columns = ['cpu_requested', 'cpu_used', 'memory_requested', 'memory_used'].map(
      (name) => `${name}_ratio`,
    );
    const { rows, metric } = recorded(together(TWO_NODES, POD), [5, 15, 25, 80]);
    expect(rows('cluster', ...columns)).toEqual([
      ['0', '0', '0', '0'],
      ['0.25', '0', '0.0625', '0'],
      ['0.25', '0.25', '0.0625', '0.0625'],
      ['0', '0', '0', '0'],
    ]);
    // Requested for 50 of 80 s, used for 40.
    expect(metric('cpu_requested_ratio_mean')).toBe((0.25 * 50) / 80);
    expect(metric('cpu_used_ratio_mean')).toBe((0.25 * 40) / 80);
    expect(metric('memory_used_ratio_mean')).toBe((0.0625 * 40) / 80);
  });

  it('has no ratios without nodes', () => {
    const { rows, metric } = recorded(podHistory([0, {}]), [5]);
    expect(rows('cluster', 'nodes', 'pods_pending', 'cpu_requested_ratio')).toEqual([['0', '1', '']]);
    expect(metric('cpu_requested_ratio_mean')).toBeUndefined();
  });

  it('follows nodes that come, get ready, lose readiness and go', () => {
    const ready = nodeOf('a', true);
    const lost = nodeOf('a', false);
    const told = [node(1, lost), node(11, ready, lost), node(21, lost, ready), node(31, lost, lost, true)];
    const { rows } = recorded(told, [5, 15, 25, 35]);
    expect(rows('cluster', 'nodes', 'nodes_ready')).toEqual([
      ['1', '0'],
      ['1', '1'],
      ['1', '0'],
      ['0', '0'],
    ]);
  });

  it.each([
    ['deleted while it runs', podHistory([0, onA], [20, { ...onA, phase: 'Running' }], [50, undefined])],
    ['failed', podHistory([0, onA], [20, { ...onA, phase: 'Running' }], [50, { ...onA, phase: 'Failed' }])],
  ])('gives back what a pod held that is %s', (_, life) => {
    const { rows } = recorded(together(TWO_NODES, life, [step(20, 'started', onA)]), [40, 60]);
    expect(rows('cluster', 'cpu_requested_ratio', 'cpu_used_ratio')).toEqual([
      ['0.25', '0.25'],
      ['0', '0'],
    ]);
  });
});

describe('nodes.csv', () => {
  const columns = ['time_s', 'node', 'zone', 'up', 'ready', 'pods', 'cpu_requested_milli', 'cpu_used_milli'];

  it('has a row for each node that changed since its last one', () => {
    const { rows } = recorded(together(TWO_NODES, POD), [5, 15, 25, 35, 65]);
    expect(rows('nodes', ...columns)).toEqual([
      ['5', 'a', 'east', '1', '1', '0', '0', '0'],
      ['5', 'b', 'west', '1', '0', '0', '0', '0'],
      ['15', 'a', 'east', '1', '1', '1', '2000', '0'],
      ['25', 'a', 'east', '1', '1', '1', '2000', '2000'],
      ['65', 'a', 'east', '1', '1', '0', '0', '0'],
    ]);
  });

  it('has GPUs in thousandths, shares and whole ones, and nothing for a node without', () => {
    const plain = nodeOf('a', true);
    const gpus: Node = {
      ...plain,
      status: { ...plain.status, allocatable: { ...plain.status?.allocatable, 'nvidia.com/gpu': '2' } },
    };
    const shared = { ...onA, annotations: { 'kubedes.io/gpu-milli': '320' } };
    const told = together(
      [node(0, gpus), node(0, nodeOf('b', true))],
      podHistory([10, shared], [20, { ...shared, phase: 'Succeeded' }]),
    );
    const { rows } = recorded(told, [5, 15, 25]);
    expect(rows('nodes', 'node', 'gpu_allocatable_milli', 'gpu_requested_milli')).toEqual([
      ['a', '2000', '0'],
      ['b', '', ''],
      ['a', '2000', '320'],
      ['a', '2000', '0'],
    ]);
  });

  it('knows machines that are down before the API does', () => {
    const down = seen(10, 'machine-changed', { node: 'a', up: false, cause: 'node-crash' });
    const { rows } = recorded([...TWO_NODES, down], [5, 15]);
    expect(rows('nodes', 'time_s', 'node', 'up', 'ready').filter(([, name]) => name === 'a')).toEqual([
      ['5', 'a', '1', '1'],
      ['15', 'a', '0', '1'],
    ]);
  });

  it('has no use of pods whose containers are down, as with their machine', () => {
    const told = [step(10, 'started', onA), step(20, 'halted', onA), step(50, 'resumed', onA)];
    const { rows, metric } = recorded(together(TWO_NODES, podHistory([0, onA]), told), [15, 25, 55, 100]);
    expect(rows('nodes', 'time_s', 'node', 'cpu_used_milli').filter(([, name]) => name === 'a')).toEqual([
      ['15', 'a', '2000'],
      ['25', 'a', '0'],
      ['55', 'a', '2000'],
    ]);
    expect(metric('cpu_used_ratio_mean')).toBeCloseTo((2 / 8) * 0.6, 9);
  });

  it('takes away the use that it added, whatever became of the annotations meanwhile', () => {
    const uses = (cpu: string) => ({ ...onA, annotations: { 'kubedes.io/usage-cpu': cpu } });
    const { rows, metric } = recorded(
      together(TWO_NODES, podHistory([0, uses('3')], [5, { ...uses('500m'), phase: 'Succeeded' }]), [
        step(0, 'started', uses('3')),
        step(5, 'finished', uses('500m')),
      ]),
      [4, 10],
    );
    expect(rows('nodes', 'node', 'cpu_used_milli')).toEqual([
      ['a', '3000'],
      ['b', '0'],
      ['a', '0'],
    ]);
    // 3 of 8 CPUs for 5 of 10 s.
    expect(metric('cpu_used_ratio_mean')).toBe((3 / 8) * 0.5);
  });
});
