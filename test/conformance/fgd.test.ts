/** Suite fgd on a made-up set small enough to check by hand; the recordings themselves are not part of the project. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStreams } from '../../sim/engine/index.ts';
import { goldenFiles } from './golden.ts';
import type { CaseResult } from './suite.ts';
import { countClasses, gpuDemandOf, inflated, originalPods, readPods } from './suites/fgd/openb.ts';
import { Tally } from './suites/fgd/tally.ts';
import { suite } from './suites/fgd.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-fgd-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const golden = join(root, 'golden');
const placements = join(golden, 'fgd', 'placements');

const NODES = `sn,cpu_milli,memory_mib,gpu,model
big,64000,262144,2,T4
small,32000,131072,1,P100
`;
/** Best fit: the smaller node first, then what the other has; `whole` takes both of its GPUs. */
const PODS = `i,pod,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec
0,share,1000,1024,1,600,
1,whole,1000,1024,2,1000,
2,late,1000,1024,1,500,
3,rest,1000,1024,1,400,P100|T4
4,cpu,1000,1024,0,0,
5,share-tuned-0,1000,1024,1,600,
`;
const BEST_FIT = `i,node,gpu_index
0,small,0
1,big,0-1
2,,
3,small,0
4,small,
5,,
`;

beforeAll(() => {
  mkdirSync(placements, { recursive: true });
  writeFileSync(join(placements, 'tiny_s7_nodes.csv'), 'rank,node\n0000,big\n0001,small\n');
  writeFileSync(join(placements, 'tiny_s7_pods.csv.gz'), gzipSync(PODS));
  writeFileSync(join(placements, 'tiny_s7_BestFit.csv.gz'), gzipSync(BEST_FIT));
});

const results = (): readonly CaseResult[] => [...suite.run(goldenFiles(golden, 'fgd'))];
const traces = join(root, 'traces', 'openb');

describe('the suite', () => {
  it('says what it lacks', () => {
    expect(results()).toEqual([
      {
        id: 'placements/placements/tiny_s7/BestFit',
        category: 'placements',
        passed: false,
        notApplicable: expect.stringMatching(/traces\/openb|is not in the published list/),
      },
    ]);
  });

  it('replays the set with the lists of nodes beside the golden directory', () => {
    mkdirSync(traces, { recursive: true });
    writeFileSync(join(traces, 'openb_node_list_gpu_node.csv.gz'), gzipSync(NODES));
    expect(results()).toEqual([
      { id: 'placements/tiny_s7/BestFit', category: 'placements BestFit', passed: true },
    ]);
  });

  it('names the first pod that is elsewhere', () => {
    writeFileSync(join(placements, 'tiny_s7_BestFit.csv.gz'), gzipSync(BEST_FIT.replace('3,small,0', '3,,')));
    expect(results()[0]).toMatchObject({
      passed: false,
      difference: "pod 3: expected ' ', got 'small 0'",
    });
  });
});

describe('its workloads', () => {
  const pods = readPods(PODS);

  it('are made of what was there before copies', () => {
    expect(originalPods(pods)?.map(({ name }) => name)).toEqual(['share', 'whole', 'late', 'rest', 'cpu']);
    expect(originalPods(pods.slice(0, 5))).toBeUndefined();
    expect(countClasses(pods).map(({ gpuMilli, count }) => [gpuMilli, count])).toEqual([
      [600, 2],
      [1000, 1],
      [500, 1],
      [400, 1],
      [0, 1],
    ]);
  });

  it('ask for 130 % of the capacity when inflated', () => {
    const demand = (capacity: number): number =>
      inflated(pods.slice(0, 5), capacity, new RandomStreams('x').stream('a', 'b')).reduce(
        (sum, pod) => sum + gpuDemandOf(pod),
        0,
      );
    expect(demand(100_000)).toBeGreaterThan(127_000);
    expect(demand(100_000)).toBeLessThanOrEqual(132_000);
    expect(demand(1_000)).toBeLessThanOrEqual(1_300);
  });

  it('cannot be tallied where they do not fit', () => {
    const tally = new Tally([{ name: 'n', cpuMilli: 2000, memoryMib: 2048, gpus: 1, model: '' }], []);
    tally.add(pods[0]!, { node: 'n', gpus: [0] });
    expect(tally.usedMilli).toBe(600);
    expect(() => tally.add(pods[0]!, { node: 'n', gpus: [0] })).toThrow('has not so much left');
    expect(() => tally.add(pods[1]!, { node: 'n', gpus: [0] })).toThrow('wants 2 GPUs');
  });
});
