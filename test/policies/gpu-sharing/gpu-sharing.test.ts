/** GPU sharing: the paper's worked example, and what becomes of GPUs in a running cluster. The recordings are in suite fgd. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagOf } from '../../../policies/gpu-sharing/demand.ts';
import { FgdRule } from '../../../policies/gpu-sharing/fgd.ts';
import { Fragmentation, typicalClasses } from '../../../policies/gpu-sharing/fragmentation.ts';
import { type PodWish, ProfileCluster } from '../../support/policies/profile-cluster.ts';

const CLASSES = [
  { cpuMilli: 4000, gpus: 1, gpuMilli: 500, gpuModels: '', popularity: 0.5 },
  { cpuMilli: 8000, gpus: 1, gpuMilli: 1000, gpuModels: '', popularity: 0.3 },
  { cpuMilli: 16000, gpus: 0, gpuMilli: 0, gpuModels: '', popularity: 0.2 },
];

describe('fragmentation', () => {
  const measure = new Fragmentation(CLASSES);

  it('is that of the worked example', () => {
    expect(measure.of([300, 700, 1000], 10_000, '')).toBe(850);
    expect(measure.of([300, 200, 1000], 6_000, '')).toBe(1000);
    expect(measure.of([300, 700, 500], 6_000, '')).toBe(900);
  });

  it('sends the pod of the worked example to the third GPU', () => {
    const node = {
      version: 1,
      cpuLeftMilli: 10_000,
      left: [300, 700, 1000],
      model: '',
      podsByTag: new Map(),
    };
    const demand = { id: 1, cpuMilli: 4000, gpus: 1, milli: 500, models: '', tag: tagOf(1, 500) };
    const rule = new FgdRule();
    expect(rule.score(measure, 850, node, demand)).toBe(48);
    expect(rule.gpu).toBe(2);
    expect(node.left).toEqual([300, 700, 1000]);
  });

  it('and what can be used make up what is idle', () => {
    const left = fc.array(
      fc.integer({ min: 0, max: 20 }).map((n) => n * 50),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(left, fc.integer({ min: 0, max: 20_000 }), (gpus, cpu) => {
        const fragmented = measure.of(gpus, cpu, 'T4');
        const idle = gpus.reduce((sum, milli) => sum + milli, 0);
        expect(fragmented + measure.parts().q3).toBeCloseTo(idle, 6);
      }),
      { seed: 3 },
    );
  });

  it('looks at the most frequent classes that cover enough', () => {
    const counted = [4, 4, 1, 1].map((count, i) => ({
      cpuMilli: i,
      gpus: 0,
      gpuMilli: 0,
      gpuModels: '',
      count,
    }));
    expect(typicalClasses(counted, 80).map(({ cpuMilli, popularity }) => [cpuMilli, popularity])).toEqual([
      [1, 0.5],
      [0, 0.5],
    ]);
    expect(typicalClasses(counted, 81).map(({ cpuMilli }) => cpuMilli)).toEqual([1, 0, 3]);
  });
});

const GPU_NODE = { cpu: '32', memory: '64Gi', pods: '1000', 'nvidia.com/gpu': '2' };
const share = (milli: number, more: Readonly<Record<string, string>> = {}): PodWish => ({
  annotations: { 'gpu-milli': String(milli), ...more },
});
const whole = (gpus: number): PodWish => ({ requests: { 'nvidia.com/gpu': String(gpus) } });

function gpuCluster(profile = 'gpu-best-fit'): ProfileCluster {
  const cluster = new ProfileCluster(profile);
  cluster.addNode('a', GPU_NODE);
  return cluster;
}

describe('GPUs in a cluster', () => {
  it('are told to the pod by the binding', () => {
    const cluster = gpuCluster();
    cluster.submit('p', share(600));
    cluster.runTo(1);
    cluster.submit('q', share(300));
    cluster.runTo(2);
    cluster.submit('r', share(500));
    cluster.submit('cpu');
    cluster.runTo(3);
    expect(['p', 'q', 'r', 'cpu'].map((name) => cluster.gpusOf(name))).toEqual(['0', '0', '1', undefined]);
    expect(cluster.nodeOf('cpu')).toBe('a');
  });

  it('are held from the decision on, however long the binding takes', () => {
    const cluster = gpuCluster();
    // More than the client's burst at once: bindings wait for their turn.
    for (let i = 0; i < 300; i++) cluster.submit(`cpu-${i}`, { cpu: '1m', memory: '1Mi' });
    for (let i = 0; i < 8; i++) cluster.submit(`p-${i}`, share(300));
    cluster.addNode('b', GPU_NODE);
    cluster.runTo(60);
    const used = new Map<string, number>();
    for (let i = 0; i < 8; i++) {
      const gpu = `${cluster.nodeOf(`p-${i}`)} ${cluster.gpusOf(`p-${i}`)}`;
      used.set(gpu, (used.get(gpu) ?? 0) + 300);
    }
    expect([...used.values()].reduce((sum, milli) => sum + milli, 0)).toBe(2400);
    expect(Math.max(...used.values())).toBe(900);
  });

  it('are free again when the pod is gone', () => {
    const cluster = gpuCluster();
    cluster.submit('p', whole(2));
    cluster.runTo(1);
    cluster.submit('q', share(100));
    cluster.runTo(2);
    expect(cluster.gpusOf('p')).toBe('0-1');
    expect(cluster.nodeOf('q')).toBeUndefined();
    expect(cluster.attempts.at(-1)?.message).toContain("didn't have enough left of their GPUs");
    cluster.deletePod('p');
    cluster.runTo(20);
    expect(cluster.gpusOf('q')).toBe('0');
  });

  it('of other models are refused', () => {
    const cluster = new ProfileCluster('fgd');
    const model = (name: string) => ({ metadata: { labels: { 'nvidia.com/gpu.product': name } } }) as never;
    cluster.addNode('t', GPU_NODE, model('T4'));
    cluster.addNode('v', GPU_NODE, model('V100'));
    cluster.submit('p', share(500, { 'gpu-models': 'A100|V100' }));
    cluster.submit('q', share(500, { 'gpu-models': 'A100' }));
    cluster.runTo(2);
    expect([cluster.nodeOf('p'), cluster.nodeOf('q')]).toEqual(['v', undefined]);
    expect(cluster.attempts.at(-1)?.message).toContain("didn't have GPUs of a model that the pod accepts");
  });

  it('taken by another scheduler count as the best that fit', () => {
    const cluster = gpuCluster();
    cluster.submit('foreign', { ...whole(1), spec: { nodeName: 'a' } });
    cluster.runTo(1);
    cluster.submit('p', share(500));
    cluster.runTo(2);
    expect(cluster.gpusOf('p')).toBe('1');
  });

  it.each(['fgd', 'gpu-best-fit', 'gpu-dot-prod', 'gpu-packing', 'gpu-clustering', 'gpu-random'])(
    'are never given twice by %s',
    (profile) => {
      const milli = fc.constantFrom(100, 250, 300, 500, 700, 1000, 2000);
      fc.assert(
        fc.property(fc.array(milli, { minLength: 10, maxLength: 25 }), (wishes) => {
          const cluster = new ProfileCluster(profile);
          for (const node of ['a', 'b', 'c']) cluster.addNode(node, GPU_NODE);
          for (const [i, wish] of wishes.entries())
            cluster.submit(`p-${i}`, wish >= 1000 ? whole(wish / 1000) : share(wish));
          cluster.runTo(3);
          const left = new Map<string, number>();
          for (const [i, wish] of wishes.entries())
            for (const gpu of cluster.gpusOf(`p-${i}`)?.split('-') ?? []) {
              const key = `${cluster.nodeOf(`p-${i}`)} ${gpu}`;
              left.set(key, (left.get(key) ?? 1000) - Math.min(wish, 1000));
            }
          for (const milliLeft of left.values()) expect(milliLeft).toBeGreaterThanOrEqual(0);
          const asked = wishes.reduce((sum, wish) => sum + wish, 0);
          // Something is placed, and all of it if it is little.
          expect(left.size).toBeGreaterThan(0);
          if (asked <= 2000)
            expect(wishes.every((_, i) => cluster.gpusOf(`p-${i}`) !== undefined)).toBe(true);
        }),
        { seed: 11, numRuns: 6 },
      );
    },
  );
});

describe('FGD without a list of tasks', () => {
  it('learns what to expect from the pods that come, in the memory of the framework', () => {
    const cluster = new ProfileCluster('fgd');
    for (const node of ['a', 'b', 'c']) cluster.addNode(node, { ...GPU_NODE, 'nvidia.com/gpu': '8' });
    for (let i = 0; i < 20; i++) cluster.submit(`p-${i}`, share(500));
    cluster.runTo(3);
    const [framework] = cluster.scheduler.frameworks.values();
    const learnt = framework!.memories
      .all()
      .get('FGD')
      ?.map(({ value }) => value) as {
      total: number;
      classes: unknown;
    }[];
    expect(learnt.find(({ total }) => total === 20)?.classes).toEqual([
      { cpuMilli: 100, gpus: 1, gpuMilli: 500, gpuModels: '', popularity: 1 },
    ]);
  });
});
