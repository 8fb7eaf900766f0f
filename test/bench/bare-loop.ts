/**
 * The least a cluster simulator can do: a struct-of-arrays least-allocated scan over all nodes, a typed heap, and three
 * events per pod (arrival, bind, finish). A lower bound to compare full runs with, not a peer: it has no API server,
 * kubelet, network or metrics.
 */
import {
  PEER_NODE,
  PEER_WORKLOADS,
  type PeerNode,
  type PeerPods,
  peerPods,
} from '../support/peer-workload.ts';
import { type BareWorkload, inOwnProcess, type LoopFigures } from './own-process.ts';
import { type BenchOptions, type BenchRow, median } from './row.ts';

/** CPU seconds of one pass over a workload, in a fresh process whose start does not count. */
export function bareLoopSeconds(nodes: number, pods: PeerPods, node: PeerNode): number {
  return bareLoop({ nodes, pods, node }).cpuS;
}

const bareLoop = (workload: BareWorkload): LoopFigures => inOwnProcess('./bare-scan.ts', workload);

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
