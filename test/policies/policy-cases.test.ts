/**
 * Worked examples from the papers (golden/analytic/policy_cases.json and analytic.json) for the policies that exist, through the
 * scheduler where it can play them.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { skipsPerNode } from '../../policies/data-locality/delay.ts';
import { edf } from '../../policies/edf.ts';
import { formatSecond, type Pod } from '../../sim/api/index.ts';
import { START } from '../../sim/engine/index.ts';
import { ProfileCluster } from '../support/policies/profile-cluster.ts';

interface Case {
  readonly id: string;
  readonly input: never;
  readonly params: never;
  readonly expected: never;
}

const read = (file: string): ReadonlyMap<string, Case> => {
  const bytes = readFileSync(new URL(`../golden/analytic/${file}.json.gz`, import.meta.url));
  const { cases } = JSON.parse(gunzipSync(bytes).toString('utf8')) as { cases: readonly Case[] };
  return new Map(cases.map((one) => [one.id, one]));
};
const examples = read('policy_cases');
const forms = read('analytic');

/** The tenants of the pods in the order in which they got room on one node; each has two pods more than it can place. */
function drfOrder(
  capacity: readonly number[],
  demands: readonly (readonly number[])[],
  weights: readonly number[],
  tasks: readonly number[],
): readonly number[] {
  const amounts = ([cpu = 0, memory = 0, gpus = 0]: readonly number[]) => ({
    cpu: `${cpu}`,
    memory: `${memory}Gi`,
    requests: gpus === 0 ? {} : { 'nvidia.com/gpu': `${gpus}` },
  });
  const cluster = new ProfileCluster('drf', {
    DRF: { weights: weights.map((weight, t) => ({ tenant: `t${t}`, weight })) },
  });
  for (const [t, demand] of demands.entries())
    for (let i = 0; i < tasks[t]! + 2; i++)
      cluster.submit(`t${t}-${i}`, { ...amounts(demand), annotations: { tenant: `t${t}` } });
  const { cpu, memory, requests } = amounts(capacity);
  cluster.addNode('n', { cpu, memory, pods: '1000', ...requests });
  cluster.runTo(10);
  return cluster.placedInOrder.map((name) => Number(name.slice(1).split('-')[0]));
}

describe('dominant resource fairness', () => {
  it('schedules Table 1 of the paper in its order', () => {
    const { input, expected } = examples.get('drf-table1') as unknown as {
      input: { capacity: Amounts; A: Amounts; B: Amounts; first: 'A' | 'B' };
      expected: { order: readonly ('A' | 'B')[]; tasks: Readonly<Record<'A' | 'B', number>> };
    };
    // The first pick is a tie, and ties go by name: the tenant that comes first is t0.
    const tenants = input.first === 'A' ? (['A', 'B'] as const) : (['B', 'A'] as const);
    const demands = tenants.map((name) => [input[name].cpu, input[name].mem]);
    const capacity = [input.capacity.cpu, input.capacity.mem];
    const tasks = tenants.map((name) => expected.tasks[name]);
    const order = drfOrder(capacity, demands, [1, 1], tasks);
    expect(order.map((t) => tenants[t])).toEqual(expected.order);
  });

  it.each(['drf-0', 'drf-1', 'drf-2', 'drf-3'])('places tasks as in %s', (id) => {
    const { params, expected } = forms.get(id) as unknown as {
      params: { capacity: number[]; demands: number[][]; weights: number[] };
      expected: { discrete: { tasks: number[]; sequence: number[] } };
    };
    const { tasks, sequence } = expected.discrete;
    expect(drfOrder(params.capacity, params.demands, params.weights, tasks)).toEqual(sequence);
  });
});

interface Amounts {
  readonly cpu: number;
  readonly mem: number;
}

describe('earliest deadline first', () => {
  interface Task {
    readonly id: number;
    readonly arrival: number;
    readonly exec: number;
    readonly deadline: number;
  }

  /** Which of the ready tasks the policy puts first; the lowest id among equals. */
  function first(ready: readonly Task[]): Task {
    const { less } = edf(undefined);
    const sortable = (task: Task) => ({
      pod: {
        metadata: {
          creationTimestamp: formatSecond(task.arrival),
          annotations: { 'kubedes.io/deadline': `${task.deadline - task.arrival}s` },
        },
        spec: {},
      } as unknown as Pod,
      timestamp: START,
    });
    return ready.reduce((best, task) => (less!(sortable(task), sortable(best)) ? task : best));
  }

  it('runs tasks on one CPU as in edf-uni', () => {
    const { input, expected } = examples.get('edf-uni') as unknown as {
      input: { jobs: readonly Task[] };
      expected: { timeline: readonly number[]; finish: Record<string, number>; missed: readonly number[] };
    };
    const left = new Map(input.jobs.map(({ id, exec }) => [id, exec]));
    const finish: Record<string, number> = {};
    const timeline: number[] = [];
    for (let now = 0; timeline.length < expected.timeline.length; now++) {
      const ready = input.jobs.filter(({ id, arrival }) => arrival <= now && left.get(id)! > 0);
      const { id } = first(ready);
      timeline.push(id);
      left.set(id, left.get(id)! - 1);
      if (left.get(id) === 0) finish[id] = now + 1;
    }
    expect(timeline).toEqual(expected.timeline);
    expect(finish).toEqual(expected.finish);
    const missed = input.jobs.filter(({ id, deadline }) => finish[id]! > deadline).map(({ id }) => id);
    expect(missed).toEqual(expected.missed);
  });

  it('misses the heavy task on two CPUs, as Dhall showed', () => {
    const { input, expected } = examples.get('edf-dhall') as unknown as {
      input: { cpus: number; tasks: readonly (readonly [number, number])[] };
      expected: { heavy_finish: number; missed: boolean };
    };
    // Times in tenths, as creation is known to the second.
    let waiting = input.tasks.map(([exec, deadline], id): Task => {
      return { id, arrival: 0, exec: exec * 10, deadline: deadline * 10 };
    });
    const cpus = Array<number>(input.cpus).fill(0);
    let heavy = 0;
    while (waiting.length > 0) {
      const task = first(waiting);
      waiting = waiting.filter((other) => other !== task);
      const cpu = cpus.indexOf(Math.min(...cpus));
      cpus[cpu]! += task.exec;
      if (task.id === input.tasks.length - 1) heavy = cpus[cpu]! / 10;
    }
    expect(heavy).toBeCloseTo(expected.heavy_finish, 12);
    expect(heavy > input.tasks.at(-1)![1]).toBe(expected.missed);
  });
});

describe('delay scheduling', () => {
  it('waits as section 4 of the paper says', () => {
    const { input, expected } = examples.get('delay-sched-D') as unknown as {
      input: { locality: number; N: number; R: number; L: number };
      expected: { D_over_M: number; wait_in_task_lengths: number };
    };
    const skips = skipsPerNode(input.locality, input.N, input.R);
    expect(skips).toBeCloseTo(expected.D_over_M, 9);
    expect(skips / input.L).toBeCloseTo(expected.wait_in_task_lengths, 9);
  });

  it.each(['delay-0', 'delay-1', 'delay-2'])('waits as in %s', (id) => {
    const { params, expected } = forms.get(id) as unknown as {
      params: { N: number; R: number; L: number; target: number };
      expected: { D_needed_over_M: number; max_wait_in_task_lengths: number };
    };
    const skips = skipsPerNode(params.target, params.N, params.R);
    expect(skips).toBeCloseTo(expected.D_needed_over_M, 8);
    expect(skips / params.L).toBeCloseTo(expected.max_wait_in_task_lengths, 8);
  });
});

describe('bin packing', () => {
  const { input, expected } = examples.get('bin-packing') as unknown as {
    input: { items: readonly number[]; capacity: number };
    expected: Readonly<Record<string, readonly (readonly number[])[]>>;
  };

  it.each([
    ['FF', 'first-fit', false],
    ['BF', 'most-allocated', false],
    ['FFD', 'first-fit', true],
    ['BFD', 'most-allocated', true],
  ] as const)('%s is %s', (rule, profile, falling) => {
    const cluster = new ProfileCluster(profile);
    for (let bin = 0; bin < input.items.length; bin++)
      cluster.addNode(`bin-${bin}`, { cpu: `${input.capacity}`, memory: `${input.capacity}Gi` });
    cluster.runTo(1);
    const items = falling ? input.items.toSorted((a, b) => b - a) : input.items;
    for (const [i, item] of items.entries()) {
      cluster.submit(`item-${i}`, { cpu: `${item}`, memory: `${item}Gi` });
      cluster.runTo(2 + i);
    }
    const bins = input.items.map((_, bin) =>
      items.filter((_item, i) => cluster.nodeOf(`item-${i}`) === `bin-${bin}`),
    );
    expect(bins.filter((bin) => bin.length > 0)).toEqual(expected[rule]);
  });
});
