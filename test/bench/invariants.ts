/**
 * What the always-on invariants cost: their share of the CPU time of whole runs, by V8's sampling profiler, on the workload
 * on which other cluster simulators were measured; and that share in time per pod.
 */
import { type Profiler, Session } from 'node:inspector';
import { type RunResult, runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { type FileSource, loadScenario } from '../../sim/scenario/index.ts';
import { PEER_NODE, peerPods } from '../support/peer-workload.ts';
import { type BenchOptions, median, type RunRow } from './row.ts';

const SIZES = [
  { nodes: 100, pods: 10_000 },
  { nodes: 1000, pods: 100_000 },
] as const;
const SAMPLE_US = 200;
/** Where the invariants live, as the profiler names it. */
const INVARIANTS = /\/scenario\/(invariants|node-accounts|dangling-endpoints)\.[jt]s$/;

export function run({ runs = 3, quick = false }: BenchOptions = {}): RunRow[] {
  return SIZES.slice(0, quick ? 1 : undefined).map(({ nodes, pods }) => {
    const all = Array.from({ length: runs }, () => profiledRun(nodes, pods));
    const shares = all.map(({ share }) => share);
    const { manifest } = all[0]!.result;
    const cpuS = median(all.map(({ result }) => result.manifest.wall.cpuSeconds));
    return {
      workload: `${nodes} nodes, ${pods} pods`,
      events: manifest.events,
      cpuS,
      invariantsPercent: 100 * median(shares),
      minPercent: 100 * Math.min(...shares),
      maxPercent: 100 * Math.max(...shares),
      invariantsNsPerPod: (median(shares) * cpuS * 1e9) / pods,
      runs,
    };
  });
}

function profiledRun(nodes: number, pods: number): { result: RunResult; share: number } {
  const [loaded] = loadScenario('scenario.yaml', filesOf(nodes, pods)).runs;
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  session.post('Profiler.start');
  const result = runScenario(loaded!, loadRegistries());
  let share = Number.NaN;
  session.post('Profiler.stop', (_error, { profile }) => {
    share = shareOf(profile);
  });
  session.disconnect();
  return { result, share };
}

/** Samples within calls into the invariants, whatever those call in turn. */
function shareOf({ nodes }: Profiler.Profile): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root = nodes[0]!;
  let inside = 0;
  let all = 0;
  const visit = (node: Profiler.ProfileNode, counted: boolean): void => {
    const hit = counted || INVARIANTS.test(node.callFrame.url);
    all += node.hitCount ?? 0;
    if (hit) inside += node.hitCount ?? 0;
    for (const child of node.children ?? []) visit(byId.get(child)!, hit);
  };
  visit(root, false);
  return inside / all;
}

/** JSON is YAML. Runs until the last pod is done. */
function filesOf(nodes: number, count: number): FileSource {
  const capacity = {
    cpu: `${PEER_NODE.cpuMilli}m`,
    memory: `${PEER_NODE.memoryMib}Mi`,
    pods: PEER_NODE.maxPods,
  };
  const scenario = {
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: 'peers' },
    duration: '8760h',
    stop: 'workload-done',
    cluster: { nodes: [{ name: 'node', count: nodes, capacity }] },
    workload: [{ trace: 'pods.csv' }],
    record: { files: ['pods', 'summary'] },
  };
  const texts = new Map([
    ['scenario.yaml', JSON.stringify(scenario)],
    ['pods.csv', traceOf(nodes, count)],
  ]);
  return { read: (path) => texts.get(path), resolve: (_from, path) => path, show: (path) => path };
}

function traceOf(nodes: number, count: number): string {
  const { arrivalUs, durationUs, cpuMilli, memoryMib } = peerPods(nodes, count);
  const rows = Array.from(
    arrivalUs,
    (at, i) => `p${i},${at / 1e6},${cpuMilli[i]},${memoryMib[i]},${durationUs[i]! / 1e6}`,
  );
  return ['id,arrival_s,cpu_m,mem_mib,duration_s', ...rows].join('\n');
}
