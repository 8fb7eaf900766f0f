/**
 * The floor of this design: what a run of the peers' workloads costs before any Kubernetes is in it. Calendar and digest with as many
 * events a pod as a run has, one plain object per state of a pod, placements by the bare loop's scan, a row of pods.csv through
 * papaparse; no API server, watches, queue, plugins, kubelet or invariants, no reading of the workload, no start of the process. A run can
 * come near it but not below it without giving up one of these.
 */
import { PEER_NODE, PEER_WORKLOADS, peerPods } from '../support/peer-workload.ts';
import { inOwnProcess } from './own-process.ts';
import { type BenchOptions, median, type RunRow } from './row.ts';

export const note =
  'The floor is the event calendar, the digest, plain objects per state of a pod, the scan and pods.csv, without any Kubernetes; the bare loop is the scan alone. Neither has the start of the process.';

export function run({ runs = 3, quick = false }: BenchOptions = {}): RunRow[] {
  return PEER_WORKLOADS.slice(0, quick ? 1 : undefined).map(({ nodes, pods }) => {
    const workload = { nodes, node: PEER_NODE, pods: peerPods(nodes, pods) };
    const bare: number[] = [];
    const floor: number[] = [];
    for (let i = 0; i < runs; i++) {
      bare.push(inOwnProcess('./bare-scan.ts', workload).cpuS);
      floor.push(inOwnProcess('./floor-run.ts', workload).cpuS);
    }
    const bareLoopS = median(bare);
    const cpuS = median(floor);
    return {
      workload: `n${nodes}_p${pods}`,
      cpuS,
      cpuMinS: Math.min(...floor),
      cpuMaxS: Math.max(...floor),
      bareLoopS,
      bareLoopMultiple: cpuS / bareLoopS,
      runs,
    };
  });
}
