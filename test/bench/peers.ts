/**
 * The workloads on which other cluster simulators were measured, as users would run them: the built command line in a fresh
 * process, pods.csv and digest on, the full life of every pod, finished pods kept as pod GC keeps them. Each run stands
 * between two bare loops, so that the multiple is of the machine as it was then.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type FreshRun, freshRun } from '../../sim/cli/fresh-run.ts';
import type { PeerNode, PeerPods } from '../support/peer-workload.ts';
import { bareLoopSeconds } from './bare-loop.ts';
import { builtCommand } from './built.ts';
import { type BenchOptions, median, type RunRow } from './row.ts';

const DEFAULT_FOLDER = '../shared/peers/workloads';
const PODS_FILE = /\.pods\.csv(\.gz)?$/;

interface Workload {
  readonly name: string;
  readonly path: string;
  readonly nodes: number;
  readonly node: PeerNode;
  readonly pods: PeerPods;
}

/** Replays every `NAME.pods.csv[.gz]` that has a `NAME.cluster.json` beside it; skips visibly without the default folder. */
export function run({ runs = 3, quick = false, workloads = DEFAULT_FOLDER }: BenchOptions = {}): RunRow[] {
  const folder = resolve(workloads);
  if (!existsSync(folder)) {
    if (workloads !== DEFAULT_FOLDER) throw new Error(`no such folder: ${workloads}`);
    process.stderr.write(`peers: skipped, no folder ${workloads}; name one with --workloads\n`);
    return [];
  }
  const files = readdirSync(folder).filter((file) => PODS_FILE.test(file));
  const found = files
    .map((file) => readWorkload(folder, file))
    .sort((a, b) => a.pods.arrivalUs.length - b.pods.arrivalUs.length);
  return found.slice(0, quick ? 1 : undefined).map((workload) => replay(workload, runs));
}

function readWorkload(folder: string, file: string): Workload {
  const name = file.replace(PODS_FILE, '');
  const { nodes } = JSON.parse(readFileSync(join(folder, `${name}.cluster.json`), 'utf8')) as {
    nodes: { count: number; cpu_m: number; mem_mib: number; max_pods: number };
  };
  const node = { cpuMilli: nodes.cpu_m, memoryMib: nodes.mem_mib, maxPods: nodes.max_pods };
  const path = join(folder, file);
  return { name, path, nodes: nodes.count, node, pods: readPods(path) };
}

/** For the bare loop. */
function readPods(path: string): PeerPods {
  const bytes = readFileSync(path);
  const [header = '', ...lines] = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .trim()
    .split('\n');
  const names = header.trim().split(',');
  const rows = lines.map((line) => line.split(','));
  const column = (name: string): number[] => {
    const at = names.indexOf(name);
    return rows.map((row) => Number(row[at]));
  };
  const microseconds = (seconds: number): number => Math.round(seconds * 1e6);
  return {
    arrivalUs: Float64Array.from(column('arrival_s'), microseconds),
    durationUs: Float64Array.from(column('duration_s'), microseconds),
    cpuMilli: Int32Array.from(column('cpu_m')),
    memoryMib: Int32Array.from(column('mem_mib')),
  };
}

function replay(workload: Workload, runs: number): RunRow {
  const { name, nodes, node, pods } = workload;
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-peers-'));
  const scenario = join(folder, 'scenario.yaml');
  writeFileSync(scenario, scenarioOf(workload));
  const bare = [bareLoopSeconds(nodes, pods, node)];
  const fresh: FreshRun[] = [];
  try {
    for (let i = 0; i < runs; i++) {
      fresh.push(freshRun(builtCommand(), scenario));
      bare.push(bareLoopSeconds(nodes, pods, node));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return rowOf(name, pods.arrivalUs.length, fresh, median(bare));
}

function rowOf(workload: string, pods: number, runs: readonly FreshRun[], bareLoopS: number): RunRow {
  const { manifest, summary } = runs[0]!.results[0]!;
  const seconds = runs.map((run) => run.cpuS);
  const cpuS = median(seconds);
  return {
    workload,
    scheduled: summary['pods_bound'] ?? 0,
    finished: summary['pods_finished'] ?? 0,
    events: manifest.events,
    cpuS,
    cpuMinS: Math.min(...seconds),
    cpuMaxS: Math.max(...seconds),
    wallS: median(runs.map((run) => run.wallS)),
    rssMb: Math.max(...runs.map((run) => run.rssMb)),
    bareLoopS,
    bareLoopMultiple: cpuS / bareLoopS,
    usPerPod: (cpuS * 1e6) / pods,
    runs: runs.length,
    eventDigest: manifest.eventDigest,
    stateDigest: manifest.stateDigest,
  };
}

/** JSON is YAML. Runs until the last pod is done. */
function scenarioOf({ name, path, nodes, node }: Workload): string {
  const capacity = { cpu: `${node.cpuMilli}m`, memory: `${node.memoryMib}Mi`, pods: String(node.maxPods) };
  return JSON.stringify({
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: name.toLowerCase().replace(/[^a-z0-9-]+/g, '-') },
    duration: '8760h',
    stop: 'workload-done',
    cluster: { nodes: [{ name: 'node', count: nodes, capacity }] },
    workload: [{ trace: path }],
    record: { files: ['pods', 'summary'] },
  });
}
