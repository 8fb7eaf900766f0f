/**
 * The least a cluster simulator can do: a struct-of-arrays least-allocated scan over all nodes, a typed heap, and three
 * events per pod (arrival, bind, finish). A lower bound to compare full runs with, not a peer: it has no API server,
 * kubelet, network or metrics.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import {
  PEER_NODE,
  PEER_WORKLOADS,
  type PeerNode,
  type PeerPods,
  peerPods,
} from '../support/peer-workload.ts';
import type { BareFigures, BareWorkload } from './bare-scan.ts';
import { type BenchOptions, type BenchRow, median } from './row.ts';

const PROGRAM = fileURLToPath(new URL('./bare-scan.ts', import.meta.url));

/** CPU seconds of one pass over a workload, in a fresh process whose start does not count. */
export function bareLoopSeconds(nodes: number, pods: PeerPods, node: PeerNode): number {
  return bareLoop({ nodes, pods, node }).cpuS;
}

function bareLoop(workload: BareWorkload): BareFigures {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', PROGRAM], {
    input: serialize(workload),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the bare loop failed: ${stderr}`);
  return JSON.parse(stdout) as BareFigures;
}

export function run({ runs = 5, quick = false }: BenchOptions = {}): BenchRow[] {
  return PEER_WORKLOADS.slice(0, quick ? 1 : undefined).map(({ nodes, pods }) => {
    const workload = { nodes, node: PEER_NODE, pods: peerPods(nodes, pods) };
    const figures = Array.from({ length: runs }, () => bareLoop(workload));
    const { checksum } = figures[0]!;
    if (figures.some((other) => other.checksum !== checksum))
      throw new Error('two bare loops placed the pods differently');
    const ns = figures.map(({ cpuS }) => (cpuS * 1e9) / pods);
    const medianNs = median(ns);
    return {
      name: `bare loop ${nodes} nodes ${pods} pods`,
      variant: 'soa-scan',
      medianNs,
      minNs: Math.min(...ns),
      maxNs: Math.max(...ns),
      runs,
      extra: {
        cpuSeconds: (medianNs * pods) / 1e9,
        nsPerNodeScanned: medianNs / nodes,
        checksum,
      },
    };
  });
}
