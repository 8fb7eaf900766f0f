/**
 * The scenario of 5,000 nodes, 1,500 Deployments and 150,000 pods in a process of its own, told as a multiple of the bare loop on
 * as many nodes and pods; then with a fifth of the pods on 1,000 and on 5,000 nodes: what nodes cost, and what a pod takes in memory.
 */
import { join } from 'node:path';
import { type FreshRun, freshRun } from '../../sim/cli/fresh-run.ts';
import { PROJECT } from '../support/cli.ts';
import { PEER_NODE, peerPods } from '../support/peer-workload.ts';
import { bareLoopSeconds } from './bare-loop.ts';
import { builtCommand } from './built.ts';
import { type BenchOptions, median, type RunRow } from './row.ts';

const SCENARIO = join(PROJECT, 'scenarios/scale-5000.yaml');
const ROLL_US = 50 * 60e6;
const BARE = { nodes: 5000, pods: 150_000 } as const;

interface Size {
  readonly nodes: number;
  readonly deployments: number;
}

/** The second has as many pods as the last, and as many nodes as the first. */
const SIZES: readonly Size[] = [
  { nodes: 5000, deployments: 1500 },
  { nodes: 5000, deployments: 300 },
  { nodes: 1000, deployments: 300 },
];

export function run({ runs = 1, quick = false }: BenchOptions = {}): RunRow[] {
  const shrink = quick ? 50 : 1;
  const pods = peerPods(BARE.nodes, BARE.pods);
  const bare = (): number => bareLoopSeconds(BARE.nodes, pods, PEER_NODE);
  const bareS = [bare()];
  const measured = SIZES.map((size) => {
    const small = { nodes: size.nodes / shrink, deployments: size.deployments / shrink };
    const fresh = Array.from({ length: runs }, () => {
      const one = freshRun(builtCommand(), SCENARIO, settingsOf(small));
      bareS.push(bare());
      return one;
    });
    return rowOf(small, fresh);
  });
  const bareLoopS = median(bareS);
  const [full, wide, narrow] = measured as [Measured, Measured, Measured];
  return [
    ...measured.map(({ row }) => ({ ...row, bareLoopS, bareLoopMultiple: Number(row['cpuS']) / bareLoopS })),
    {
      workload: 'five times the nodes at equal pods',
      cpuRatio: wide.cpuS / narrow.cpuS,
      rssRatio: wide.rssMb / narrow.rssMb,
    },
    {
      workload: 'memory of a running pod',
      kbPerPod: (1024 * (full.rssMb - wide.rssMb)) / (full.pods - wide.pods),
    },
  ];
}

/** Half of the Deployments are rolled over within 50 minutes, whatever the size. */
function settingsOf({ nodes, deployments }: Size): string[] {
  const rolled = deployments / 2;
  const settings = [
    `cluster.nodes.0.count=${nodes}`,
    `manifests.0.count=${deployments}`,
    `timeline.0.repeat.count=${rolled}`,
    `timeline.0.repeat.every=${Math.round(ROLL_US / rolled)}us`,
  ];
  return settings.flatMap((setting) => ['--set', setting]);
}

interface Measured {
  readonly row: RunRow;
  readonly cpuS: number;
  readonly rssMb: number;
  /** Running at the end. */
  readonly pods: number;
}

function rowOf({ nodes, deployments }: Size, runs: readonly FreshRun[]): Measured {
  const { manifest, summary } = runs[0]!.results[0]!;
  const seconds = runs.map((run) => run.cpuS);
  const cpuS = median(seconds);
  const rssMb = Math.max(...runs.map((run) => run.rssMb));
  const created = summary['pods_created'] ?? 0;
  const pods = summary['pods_running'] ?? 0;
  const row = {
    workload: `${nodes} nodes, ${deployments} Deployments`,
    created,
    running: pods,
    events: manifest.events,
    cpuS,
    cpuMinS: Math.min(...seconds),
    cpuMaxS: Math.max(...seconds),
    wallS: median(runs.map((run) => run.wallS)),
    rssMb,
    usPerPod: (cpuS * 1e6) / created,
    startupP99S: summary['startup_time_p99_s'] ?? Number.NaN,
    programmingP99S: summary['programming_latency_p99_s'] ?? Number.NaN,
    runs: runs.length,
    eventDigest: manifest.eventDigest,
    stateDigest: manifest.stateDigest,
  };
  return { row, cpuS, rssMb, pods };
}
