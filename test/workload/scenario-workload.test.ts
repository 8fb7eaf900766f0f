/** Workloads as written in a scenario: traces with their problems, changing rates and drawn sizes, mistakes with positions. */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../sim/engine/index.ts';
import { type Load, type LoadOptions, loadScenario } from '../../sim/scenario/index.ts';
import { sourcesOf } from '../../sim/scenario/sources.ts';
import { openbNodesSample, openbSample, swfSample } from './samples.ts';

const FILES: Readonly<Record<string, string>> = {
  'pods.csv': openbSample(40),
  'few.csv': openbSample(7),
  'nodes.csv': openbNodesSample(12),
  'log.swf': swfSample(20),
  'broken.csv': `id,arrival_s,cpu_m,mem_mib\n${Array.from({ length: 15 }, (_, i) => `p${i},${i},x,1`).join('\n')}\nok,1,1,1\n`,
};

function load(body: string, options: LoadOptions = {}): Load {
  const text = `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\n${body}`;
  const files = { ...FILES, 's.yaml': text };
  return loadScenario(
    's.yaml',
    {
      read: (path) => files[path as keyof typeof files],
      resolve: (_, reference) => reference,
      show: (path) => path,
    },
    options,
  );
}

const podsOf = ({ runs }: Load, seed = '1') => {
  const [run] = runs;
  const source = sourcesOf(run!, new RandomStreams(seed), run!.tracedNodes)[0]!;
  const pods = [];
  for (let next = source.next(); next !== undefined && pods.length < 5000; next = source.next())
    pods.push(next);
  return pods;
};

describe('traces', () => {
  it('fill a cluster of traced machines to a share of its GPUs', () => {
    const loaded = load(
      'cluster: { trace: { file: nodes.csv } }\nworkload:\n  - { trace: pods.csv, format: openb, order: shuffled, spacing: 10ms, runTimes: none, inflate: { resource: gpu, to: 1.3 } }\n',
    );
    expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const nodes = loaded.runs[0]!.tracedNodes;
    expect(nodes).toHaveLength(12);
    const withGpu = nodes.find((node) => node.capacity['nvidia.com/gpu'] !== undefined);
    expect(withGpu?.labels?.['nvidia.com/gpu.product']).toMatch(/^(T4|G2)$/);
    const capacity = nodes.reduce(
      (sum, node) => sum + 1000 * Number(node.capacity['nvidia.com/gpu'] ?? 0),
      0,
    );
    const demand = podsOf(loaded).reduce((sum, { pod }) => {
      const gpus = Number(pod.spec?.containers[0]?.resources?.requests?.['nvidia.com/gpu'] ?? 0);
      return sum + gpus * Number(pod.metadata.annotations?.['kubedes.io/gpu-milli'] ?? 1000);
    }, 0);
    expect(demand / capacity).toBeGreaterThan(1.2);
    expect(demand / capacity).toBeLessThan(1.4);
    const names = (seed: string) => podsOf(loaded, seed).map(({ pod }) => pod.metadata.name);
    expect(names('1')).toEqual(names('1'));
    expect(names('1')).not.toEqual(names('2'));
  });

  it('come in the order of a list for the seeds that have one, as it is', () => {
    const body =
      'cluster: { trace: { file: nodes.csv } }\nworkload:\n  - { trace: pods.csv, format: openb, order: shuffled, spacing: 10ms, inflate: { resource: gpu, to: 1.3 }, orders: { "42": few.csv } }\n';
    const names = (seed: string) => podsOf(load(body, { seed }), seed).map(({ pod }) => pod.metadata.name);
    const recorded = FILES['few.csv']!.trim().split('\n').slice(1);
    expect(names('42')).toEqual(recorded.map((line) => line.split(',')[0]));
    expect(names('1').length).not.toBe(recorded.length);
    const missing = load(body.replace('few.csv', 'gone.csv')).diagnostics;
    expect(missing.filter(({ severity }) => severity === 'error')).toMatchObject([
      { message: 'workload.0.orders.42: no such file', line: 6 },
    ]);
  });

  it('take the settings of their format', () => {
    const loaded = load(
      'workload:\n  - { trace: log.swf, format: swf, limit: 5, swf: { podsPer: processor, processor: { cpu: 500m, memory: 2Gi } } }\n',
    );
    expect(podsOf(loaded).map(({ pod }) => pod.spec?.containers[0]?.resources?.requests)).toEqual(
      new Array(5).fill({ cpu: '500m', memory: '2147483648' }),
    );
  });

  it('report broken rows: ten by line and how many in all; errors if strict', () => {
    const body = 'workload:\n  - { trace: broken.csv }\n';
    const { diagnostics, runs } = load(body);
    expect(diagnostics).toHaveLength(11);
    expect(diagnostics.find(({ line }) => line === 2)).toMatchObject({
      severity: 'warning',
      file: 'broken.csv',
      line: 2,
      found: 'x',
      expected: 'milli-CPU',
    });
    expect(diagnostics.some(({ message }) => message.startsWith('15 rows left out in all'))).toBe(true);
    expect(runs[0]?.traces.get(0)?.trace.count).toBe(1);
    expect(load(body, { strict: true }).diagnostics.every(({ severity }) => severity === 'error')).toBe(true);
  });

  it.each([
    ['workload:\n  - { trace: gone.csv }\n', /no such file/, 5],
    [
      'workload:\n  - { trace: pods.csv, format: openb, inflate: { resource: gpu, to: 1.3 } }\n',
      /set spacing/,
      5,
    ],
    ['workload:\n  - { trace: pods.csv, format: opnb }\n', /format/, 5],
    ['workload:\n  - { trace: pods.csv }\n', /arrival_s: missing|id: missing/, 1],
    [
      'workload:\n  - { trace: log.swf }\n',
      /^workload.0.trace: not a csv trace; by its name: format: swf$/,
      5,
    ],
    ['cluster: { trace: { file: pods.csv } }\n', /sn: missing/, 1],
  ])('%j is a mistake with its place', (body, message, line) => {
    const errors = load(body).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.message).join('\n')).toMatch(message);
    expect(errors[0]?.line).toBe(line);
  });
});

describe('generators', () => {
  it.each([
    ['{ poisson: { perSecond: 2 } }'],
    ['{ every: { gamma: { shape: 0.5, scale: 1s } } }'],
    ['{ bursty: { quiet: { perSecond: 0.5, stay: 60s }, burst: { perSecond: 20, stay: 5s } } }'],
    ['{ diurnal: { perSecond: 1, amplitude: 0.8, period: 1h, peak: 30m } }'],
    ['{ diurnal: { period: 10m, rates: [{ from: 0s, perSecond: 1 }, { from: 5m, perSecond: 3 }] } }'],
  ])('arrive by %s', (arrival) => {
    const loaded = load(`workload:\n  - { name: g, arrival: ${arrival}, count: 300 }\n`);
    expect(loaded.diagnostics).toEqual([]);
    expect(podsOf(loaded)).toHaveLength(300);
  });

  it.each([
    ['arrival: { diurnal: { perSecond: 1, amplitude: 1.5 } }', 'amplitude'],
    ['arrival: { bursty: { quiet: { perSecond: 1 } } }', 'arrival'],
    ['arrival: { at: 0s }, sizes: []', 'sizes'],
    ['arrival: { at: 0s }, sizes: [{ requests: { cpu: { lognormal: { median: 1, sigma: -1 } } } }]', 'sizes'],
  ])('%s is refused', (text, where) => {
    const { diagnostics, runs } = load(`workload:\n  - { name: g, ${text} }\n`);
    expect(runs).toEqual([]);
    expect(diagnostics[0]?.message).toContain(where);
    expect(diagnostics[0]?.line).toBe(5);
  });

  it('draw sizes by weight, with run times of their own', () => {
    const loaded = load(
      'workload:\n  - name: g\n    arrival: { at: 0s }\n    count: 400\n    runTime: 10s\n    sizes:\n      - { weight: 3, requests: { cpu: 250m } }\n      - { requests: { cpu: { pareto: { shape: 1.5, scale: 500m }, step: 100m, most: 4 }, memory: 1Gi }, limits: as-requests, runTime: 1h }\n',
    );
    expect(loaded.diagnostics).toEqual([]);
    const pods = podsOf(loaded).map(({ pod }) => ({
      runTime: pod.metadata.annotations?.['kubedes.io/run-time'],
      ...pod.spec!.containers[0]!.resources,
    }));
    const small = pods.filter(({ runTime }) => runTime === '10000000us');
    expect(small.every(({ requests }) => requests?.['cpu'] === '250m')).toBe(true);
    expect(small.length / pods.length).toBeGreaterThan(0.65);
    expect(small.length / pods.length).toBeLessThan(0.85);
    const large = pods.filter(({ runTime }) => runTime === '3600000000us');
    expect(large).toHaveLength(pods.length - small.length);
    for (const { requests, limits } of large) {
      expect(limits).toEqual(requests);
      const milli = Number.parseInt(requests?.['cpu'] ?? '', 10);
      expect(milli % 100).toBe(0);
      expect(milli).toBeGreaterThanOrEqual(500);
      expect(milli).toBeLessThanOrEqual(4000);
    }
  });
});
