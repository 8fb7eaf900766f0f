/** Trace readers: generated samples in every format, broken rows, the published traces where they are at hand. */

import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { RandomStreams, START } from '../../sim/engine/index.ts';
import {
  type Arrival,
  cpuDemand,
  gpuDemand,
  readOpenbNodes,
  readTrace,
  selectRows,
  TRACE_FORMAT_NAMES,
  type Trace,
  TraceArrivals,
  type TraceFormatName,
} from '../../sim/workload/index.ts';
import { eachLine, splitCells } from '../../sim/workload/trace-lines.ts';
import { hasPublished, published } from './published.ts';
import { csvSample, openbNodesSample, openbSample, swfSample, swimSample } from './samples.ts';

const SAMPLES: Record<TraceFormatName, string> = {
  csv: csvSample(300),
  openb: openbSample(300),
  swf: swfSample(300),
  swim: swimSample(300),
};

const REPLAY = {
  name: 'trace',
  namespace: 'default',
  from: START,
  timeScale: 1,
  runTimes: true,
  sharedGpus: false,
} as const;

function podsOf(
  trace: Trace,
  options: Partial<ConstructorParameters<typeof TraceArrivals>[1]> = {},
): Arrival[] {
  const source = new TraceArrivals(trace, { ...REPLAY, ...options });
  const pods: Arrival[] = [];
  for (let arrival = source.next(); arrival !== undefined; arrival = source.next()) pods.push(arrival);
  return pods;
}

/** Everything of a pod that a trace decides, in short. */
const brief = ({ at, pod }: Arrival) => ({
  at: at / 1e6,
  name: pod.metadata.name,
  requests: pod.spec?.containers[0]?.resources?.requests,
  ...(pod.metadata.labels && { labels: pod.metadata.labels }),
  ...(pod.metadata.annotations && { annotations: pod.metadata.annotations }),
});

describe.each(TRACE_FORMAT_NAMES)('a generated %s trace', (format) => {
  const trace = readTrace(format, [SAMPLES[format]]);

  it('is read whole, without a broken row', () => {
    expect(trace.problems).toEqual([]);
    expect(trace.count).toBe(300);
    expect(trace.unreadable).toBe(false);
  });

  it('arrives in order', () => {
    for (let i = 1; i < trace.count; i++)
      expect(trace.arrivalUs[i]!).toBeGreaterThanOrEqual(trace.arrivalUs[i - 1]!);
  });

  it('is the same however the text is cut in pieces', () => {
    const text = SAMPLES[format];
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
        expect(readTrace(format, pieces)).toEqual(trace);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('stops at the limit', () => {
    const short = readTrace(format, [SAMPLES[format]], { limit: 7 });
    expect(short.ids).toEqual(trace.ids.slice(0, 7));
  });

  it('names broken rows by line, ten of them, and counts all', () => {
    const lines = SAMPLES[format].trimEnd().split('\n');
    const first = format === 'swf' ? 3 : format === 'swim' ? 0 : 1;
    const broken = lines.map((line, i) => (i >= first && i < first + 12 ? line.replace(/\d+/g, 'x') : line));
    const read = readTrace(format, [broken.join('\n')]);
    expect(read.broken).toBe(12);
    expect(read.count).toBe(288);
    expect(read.problems).toHaveLength(10);
    expect(read.problems[0]?.line).toBe(first + 1);
    expect(new Set(read.problems.map(({ line }) => line)).size).toBeGreaterThan(1);
  });
});

describe('one row', () => {
  it.each([
    [
      'csv',
      'id,arrival,cpu,memory,duration,gpu,labels,tenant\na,1.5,500m,1Gi,2m,1,app=x;tier=y,team\n',
      {
        at: 1.5,
        name: 'a',
        requests: { cpu: '500m', memory: '1073741824', 'nvidia.com/gpu': '1' },
        labels: { app: 'x', tier: 'y' },
        annotations: { 'kubedes.io/tenant': 'team', 'kubedes.io/run-time': '120000000us' },
      },
    ],
    [
      'csv',
      'memory,id,arrival_s,cpu_m\n"1Gi",b,0.047,250\n',
      { at: 0.047, name: 'b', requests: { cpu: '250m', memory: '1073741824' } },
    ],
    [
      'openb',
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\np,6000,12288,1,460,T4|G2,LS,Failed,10,100,40\n',
      {
        at: 10,
        name: 'p',
        requests: { cpu: '6000m', memory: '12884901888', 'nvidia.com/gpu': '1' },
        labels: { qos: 'LS' },
        annotations: {
          'kubedes.io/gpu-milli': '460',
          'kubedes.io/gpu-models': 'T4|G2',
          'kubedes.io/exit-code': '1',
          'kubedes.io/run-time': '60000000us',
        },
      },
    ],
    [
      'openb',
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1000,1024,0,0\n',
      { at: 0, name: 'p', requests: { cpu: '1000m', memory: '1073741824' }, annotations: {} },
    ],
    [
      'swf',
      '; a comment\n 7 100 -1 50 4 -1 1024 -1 3600 -1 0 3 1 -1 2 -1 -1 -1\n',
      {
        at: 100,
        name: 'job-7',
        requests: { cpu: '4000m', memory: String(4 * 1048576) },
        labels: { queue: '2' },
        annotations: {
          'kubedes.io/tenant': 'user-3',
          'kubedes.io/run-time-estimate': '3600s',
          'kubedes.io/exit-code': '1',
          'kubedes.io/run-time': '50000000us',
        },
      },
    ],
    [
      'swim',
      'job0\t9\t9\t100000000\t0\t50000000\tinputPath1\n',
      {
        at: 9,
        name: 'job0',
        requests: { cpu: '1000m', memory: '1073741824' },
        annotations: { 'kubedes.io/input': 'inputPath1', 'kubedes.io/run-time': '3000000us' },
      },
    ],
  ] as const)('%s %j', (format, text, expected) => {
    const trace = readTrace(format, [text]);
    expect(trace.problems).toEqual([]);
    expect(podsOf(trace).map(brief)).toEqual([expected]);
  });
});

describe('what is wrong with a row', () => {
  const CSV = 'id,arrival_s,cpu_m,mem_mib,duration_s\n';
  const OPENB = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\n';
  it.each([
    ['csv', `${CSV}a,-1,1,1,1\n`, 'arrival_s'],
    ['csv', `${CSV}a,0,1e400,1,1\n`, 'cpu_m'],
    ['csv', `${CSV}a,0,,1,1\n`, 'cpu_m'],
    ['csv', `${CSV}a,0,1\n`, 'mem_mib'],
    ['csv', `${CSV}A b,0,1,1,1\n`, 'id'],
    ['csv', `id,arrival,cpu,memory\na,0,1x,1Gi\n`, 'cpu'],
    ['csv', `id,arrival,cpu,memory\na,soon,1,1Gi\n`, 'arrival'],
    ['csv', `id,arrival,cpu,memory,gpu_milli\na,0,1,1Gi,1001\n`, 'gpu_milli'],
    ['openb', `${OPENB}a,1,1,2,500,0,1,0\n`, 'gpu_milli'],
    ['openb', `${OPENB}a,1,1,0.5,500,0,1,0\n`, 'num_gpu'],
    ['openb', `${OPENB}a,1,1,0,0,5,3,4\n`, 'deletion_time'],
    ['swf', '1 2 3\n', 'row'],
    ['swf', '1 0 -1 5 0 -1 -1 0 -1 -1 1 1 1 -1 -1 -1 -1 -1\n', 'allocated'],
    ['swf', '1 0 -1 -1 4 -1 -1 4 -1 -1 1 1 1 -1 -1 -1 -1 -1\n', 'runTime'],
    ['swim', 'job0\t1\t1\tx\t0\t0\n', 'input'],
    ['swim', 'job0 1 1 1 0 0\n', 'row'],
  ] as const)('%s %j: %s', (format, text, column) => {
    const { count, broken, problems } = readTrace(format, [text]);
    expect(count).toBe(0);
    expect(broken).toBe(1);
    expect(problems.map((problem) => problem.column)).toEqual([column]);
  });

  it('is a second row of an id', () => {
    expect(readTrace('csv', [`${CSV}a,0,1,1,1\na,1,1,1,1\n`]).problems).toEqual([
      { line: 3, column: 'id', found: 'a', expected: 'an id that is not used twice' },
    ]);
  });

  it.each(['csv', 'openb'] as const)('is the file itself if %s columns are missing', (format) => {
    const { unreadable, problems } = readTrace(format, ['id,nothing\na,0\n']);
    expect(unreadable).toBe(true);
    expect(problems.length).toBeGreaterThan(0);
  });

  it('cancelled jobs of SWF are left out and counted apart', () => {
    const trace = readTrace('swf', ['1 0 -1 -1 4 -1 -1 4 -1 -1 5 1 1 -1 -1 -1 -1 -1\n']);
    expect(trace.broken).toBe(0);
    expect([...trace.notes]).toEqual([['cancelled before it ran: left out', 1]]);
  });
});

describe('jobs as several pods', () => {
  it('SWF: one pod per processor', () => {
    const text = '1 0 -1 9 3 -1 -1 3 -1 -1 1 1 1 -1 -1 -1 -1 -1\n';
    const trace = readTrace('swf', [text], { podsPer: 'processor' });
    expect(trace.ids).toEqual(['job-1-0', 'job-1-1', 'job-1-2']);
    expect(trace.shapes).toEqual([
      { cpuMilli: 1000, memoryBytes: 1073741824, gpus: 0, priorityClassName: '' },
    ]);
  });

  it('SWIM: one pod per split of the input, each with its block', () => {
    const trace = readTrace('swim', ['j\t0\t0\t250\t0\t50\n'], { splitBytes: 100, bytesPerSecond: 10 });
    expect(podsOf(trace).map(brief)).toMatchObject([
      { name: 'j-0', annotations: { 'kubedes.io/input': 'j-input.0', 'kubedes.io/run-time': '10000000us' } },
      { name: 'j-1' },
      { name: 'j-2', annotations: { 'kubedes.io/input': 'j-input.2' } },
    ]);
  });
});

describe('replay', () => {
  const trace = readTrace('csv', [
    'id,arrival_s,cpu_m,mem_mib,duration_s\nb,4,100,1,8\na,2,200,1,6\nc,4,100,1,\n',
  ]);

  it('sorts by arrival, equal ones as in the file', () => {
    expect(
      podsOf(trace)
        .map(brief)
        .map(({ at, name }) => [at, name]),
    ).toEqual([
      [2, 'a'],
      [4, 'b'],
      [4, 'c'],
    ]);
  });

  it('shares the spec of equal requests and gives run times', () => {
    const [a, b, c] = podsOf(trace).map(({ pod }) => pod);
    expect(b?.spec).toBe(c?.spec);
    expect(a?.spec).not.toBe(b?.spec);
    expect([a, b, c].map((pod) => pod?.metadata.annotations?.['kubedes.io/run-time'])).toEqual([
      '6000000us',
      '8000000us',
      undefined,
    ]);
  });

  it('scales times, leaves run times out, spaces arrivals', () => {
    expect(podsOf(trace, { timeScale: 0.5 }).map(({ at }) => at)).toEqual([1e6, 2e6, 2e6]);
    expect(podsOf(trace, { timeScale: 0.5 })[0]?.pod.metadata.annotations).toEqual({
      'kubedes.io/run-time': '3000000us',
    });
    expect(podsOf(trace, { runTimes: false })[0]?.pod.metadata.annotations).toBeUndefined();
    const spacing = { every: { mean: 7, sample: () => 7 }, gaps: () => 0 };
    expect(podsOf(trace, { spacing }).map(({ at }) => at)).toEqual([0, 7, 14]);
  });

  it('lets pods with a share of a GPU request no device, if asked', () => {
    const gpus = readTrace('openb', [
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,1,500\nb,1,1,1,1000\n',
    ]);
    const requests = podsOf(gpus, { sharedGpus: true }).map(
      ({ pod }) => pod.spec?.containers[0]?.resources?.requests,
    );
    expect(requests.map((list) => list?.['nvidia.com/gpu'])).toEqual([undefined, '1']);
  });
});

describe('selection', () => {
  const trace = readTrace('openb', [openbSample(400)]);
  const stream = (seed: string) => new RandomStreams(seed).stream('selection', 'trace');
  const demand = (rows: Iterable<number>) =>
    [...rows].reduce((sum, row) => sum + gpuDemand(trace, row).total, 0);

  it('shuffles: the same rows, another order, the same for a seed', () => {
    const a = selectRows(trace, { shuffled: true }, stream('1'));
    expect([...a.rows].toSorted((x, y) => x - y)).toEqual([...Array(400).keys()]);
    expect([...a.rows]).not.toEqual([...Array(400).keys()]);
    expect(selectRows(trace, { shuffled: true }, stream('1'))).toEqual(a);
    expect(selectRows(trace, { shuffled: true }, stream('2'))).not.toEqual(a);
  });

  it('inflates to the target: whole trace first, then copies', () => {
    const target = 1.3 * demand([...Array(400).keys()]);
    const { rows, copiesFrom } = selectRows(trace, { shuffled: true, target }, stream('1'));
    expect(copiesFrom).toBe(400);
    expect(demand(rows)).toBeGreaterThan(target - 8000);
    expect(demand(rows)).toBeLessThan(target + 8000);
    const names = podsOf(trace, {
      selection: { rows, copiesFrom },
      spacing: { every: { mean: 1, sample: () => 1 }, gaps: () => 0 },
    }).map(({ pod }) => pod.metadata.name ?? '');
    expect(new Set(names).size).toBe(rows.length);
    expect(names[400]).toMatch(/^openb-pod-\d{4}-tuned-0$/);
  });

  it('drops pods above the target', () => {
    const target = 0.5 * [...Array(400).keys()].reduce((sum, row) => sum + cpuDemand(trace, row).total, 0);
    const { rows } = selectRows(trace, { shuffled: false, target, demandOf: cpuDemand }, stream('1'));
    const total = [...rows].reduce((sum, row) => sum + cpuDemand(trace, row).total, 0);
    expect(total).toBeLessThanOrEqual(target);
    expect(total).toBeGreaterThan(target - 8000);
  });

  it('refuses a resource that nobody asks for', () => {
    const none = readTrace('csv', [csvSample(10)]);
    expect(() => selectRows(none, { shuffled: false, target: 1 }, stream('1'))).toThrow(RangeError);
  });
});

describe('node list', () => {
  it('is read in the order of the file', () => {
    const { nodes, problems } = readOpenbNodes([openbNodesSample(50)]);
    expect(problems).toEqual([]);
    expect(nodes).toHaveLength(50);
    expect(nodes[7]?.name).toBe('openb-node-0007');
  });

  it('names broken rows', () => {
    const trace = readOpenbNodes(['sn,cpu_milli,memory_mib,gpu,model\na,1,1,x,T4\nb,1,1,0,\n']);
    expect(trace.nodes.map(({ name }) => name)).toEqual(['b']);
    expect(trace.problems).toEqual([{ line: 2, column: 'gpu', found: 'x', expected: 'a number of GPUs' }]);
    expect(readOpenbNodes(['name,cpu\n']).unreadable).toBe(true);
  });
});

describe('lines and cells', () => {
  it('agree with papaparse on quoted cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '1', '='), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const line = Papa.unparse([cells], { newline: '\n' });
        expect(splitCells(line)).toEqual(cells);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('know carriage returns, a byte order mark and a missing last line break', () => {
    const lines: [string, number][] = [];
    eachLine(['\ufeffa\r', '\n\nb\r\nc\r'], (line, number) => lines.push([line, number]));
    expect(lines).toEqual([
      ['a', 1],
      ['', 2],
      ['b', 3],
      ['c', 4],
    ]);
  });
});

describe('published traces', () => {
  const cases = [
    ['openb', 'traces/openb/openb_pod_list_default.csv.gz', 8152],
    ['openb', 'traces/openb/openb_pod_list_multigpu50.csv.gz', 9061],
    ['openb', 'golden/fgd/placements/default_s42_pods.csv.gz', 10_866],
    ['swf', 'traces/swf/NASA-iPSC-1993-3.1-cln.swf.gz', 18_239],
    ['swf', 'traces/swf/lublin_256.swf.gz', 10_000],
    ['swim', 'traces/swim/FB-2009_samples_24_times_1hr_0.tsv.gz', 5894],
    ['swim', 'traces/swim/FB-2010_samples_24_times_1hr_withInputPaths_0.tsv.gz', 25_428],
    ['csv', 'peers/workloads/n1000_p100000.pods.csv.gz', 100_000],
  ] as const;
  for (const [format, path, count] of cases) {
    it.skipIf(!hasPublished(path))(`${format} ${path}: every row is read`, () => {
      const trace = readTrace(format, [published(path)]);
      expect(trace.problems).toEqual([]);
      expect(trace.broken).toBe(0);
      expect(trace.count).toBe(count);
    });
  }

  const DEFAULT = 'traces/openb/openb_pod_list_default.csv.gz';
  it.skipIf(!hasPublished(DEFAULT))('openb default asks for what the paper says', () => {
    const trace = readTrace('openb', [published(DEFAULT)]);
    const total = trace.ids.reduce((sum, _, row) => sum + gpuDemand(trace, row).total, 0);
    expect(total).toBe(6_086_800);
    expect(trace.ids.filter((_, row) => trace.shapes[trace.shape[row]!]!.gpus === 0)).toHaveLength(1088);
    expect(
      trace.marks.filter((mark) => mark?.annotations?.['kubedes.io/gpu-milli'] !== undefined),
    ).toHaveLength(3078);
    expect(trace.notes.get('never scheduled in the trace: run time counted from creation')).toBe(897);
  });

  const NODES = 'traces/openb/openb_node_list_gpu_node.csv.gz';
  it.skipIf(!hasPublished(NODES))('openb GPU nodes add up', () => {
    const { nodes, broken } = readOpenbNodes([published(NODES)]);
    const sum = (of: (node: (typeof nodes)[number]) => number) =>
      nodes.reduce((total, node) => total + of(node), 0);
    expect([broken, nodes.length, sum((n) => n.gpus), sum((n) => n.cpuMilli)]).toEqual([
      0, 1213, 6212, 107_018_000,
    ]);
    expect(sum((n) => n.memoryBytes) / 1048576).toBe(503_828_480);
  });
});
