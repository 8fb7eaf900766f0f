/**
 * The least a cluster simulator can do: a struct-of-arrays least-allocated scan over all nodes, a typed heap, and three
 * events per pod (arrival, bind, finish). A lower bound to compare full runs with, not a peer: it has no API server,
 * kubelet, network or metrics.
 */
import { KeyHeap } from '../../sim/engine/index.ts';
import {
  PEER_NODE,
  PEER_WORKLOADS,
  type PeerNode,
  type PeerPods,
  peerPods,
} from '../support/peer-workload.ts';
import { type BenchOptions, type BenchRow, cpuMs, measure } from './row.ts';

const ARRIVAL = 0;
const BIND = 1;
const FINISH = 2;
const BIND_LATENCY_US = 1000;

/** Homogeneous or not: the scan divides by each node's own capacity. */
class BareCluster {
  readonly #freeCpu: Float64Array;
  readonly #freeMemory: Float64Array;
  readonly #freePods: Int32Array;
  readonly #perCpu: Float64Array;
  readonly #perMemory: Float64Array;

  constructor(nodes: number, { cpuMilli, memoryMib, maxPods }: PeerNode) {
    this.#freeCpu = new Float64Array(nodes).fill(cpuMilli);
    this.#freeMemory = new Float64Array(nodes).fill(memoryMib);
    this.#freePods = new Int32Array(nodes).fill(maxPods);
    this.#perCpu = new Float64Array(nodes).fill(1 / cpuMilli);
    this.#perMemory = new Float64Array(nodes).fill(1 / memoryMib);
  }

  /** The fitting node with the largest free share afterwards, the first of equals; -1 if none fits. */
  place(cpu: number, memory: number): number {
    const freeCpu = this.#freeCpu;
    const freeMemory = this.#freeMemory;
    const freePods = this.#freePods;
    const perCpu = this.#perCpu;
    const perMemory = this.#perMemory;
    const nodes = freeCpu.length;
    let best = -1;
    let bestScore = -1;
    for (let node = 0; node < nodes; node++) {
      const cpuLeft = freeCpu[node]! - cpu;
      const memoryLeft = freeMemory[node]! - memory;
      if (cpuLeft < 0 || memoryLeft < 0 || freePods[node]! < 1) continue;
      const score = cpuLeft * perCpu[node]! + memoryLeft * perMemory[node]!;
      if (score > bestScore) {
        bestScore = score;
        best = node;
      }
    }
    return best;
  }

  take(node: number, cpu: number, memory: number, pods: number): void {
    this.#freeCpu[node] = this.#freeCpu[node]! - cpu;
    this.#freeMemory[node] = this.#freeMemory[node]! - memory;
    this.#freePods[node] = this.#freePods[node]! - pods;
  }
}

/** Runs all pods to their end; returns a checksum of the placements. Throws if a pod fits nowhere when it comes. */
function simulate(nodes: number, pods: PeerPods, node: PeerNode = PEER_NODE): number {
  const cluster = new BareCluster(nodes, node);
  const heap = new KeyHeap();
  const placed = new Int32Array(pods.arrivalUs.length);
  let sequence = 0;
  let checksum = 0;
  heap.push(pods.arrivalUs[0]!, sequence++, ARRIVAL);
  while (heap.size > 0) {
    const time = heap.key;
    const slot = heap.pop();
    const pod = slot >> 2;
    const cpu = pods.cpuMilli[pod]!;
    const memory = pods.memoryMib[pod]!;
    switch (slot & 3) {
      case ARRIVAL: {
        if (pod + 1 < placed.length) heap.push(pods.arrivalUs[pod + 1]!, sequence++, (pod + 1) * 4 + ARRIVAL);
        const row = cluster.place(cpu, memory);
        if (row < 0) throw new Error(`pod ${pod} fits nowhere`);
        cluster.take(row, cpu, memory, 1);
        placed[pod] = row;
        checksum = (Math.imul(checksum, 31) + row) | 0;
        heap.push(time + BIND_LATENCY_US, sequence++, pod * 4 + BIND);
        break;
      }
      case BIND:
        heap.push(time + pods.durationUs[pod]!, sequence++, pod * 4 + FINISH);
        break;
      default:
        cluster.take(placed[pod]!, -cpu, -memory, -1);
    }
  }
  return checksum >>> 0;
}

/** CPU seconds of one pass over a workload, warmed up. */
export function bareLoopSeconds(nodes: number, pods: PeerPods, node: PeerNode): number {
  simulate(100, peerPods(100, 10_000));
  const begin = cpuMs();
  simulate(nodes, pods, node);
  return (cpuMs() - begin) / 1e3;
}

export function run({ runs = 5, quick = false }: BenchOptions = {}): BenchRow[] {
  return PEER_WORKLOADS.slice(0, quick ? 1 : undefined).flatMap(({ nodes, pods }) => {
    const workload = peerPods(nodes, pods);
    let checksum = 0;
    const prepare = () => {
      simulate(100, peerPods(100, 10_000));
      return () => {
        checksum = simulate(nodes, workload);
      };
    };
    const rows = measure(
      `bare loop ${nodes} nodes ${pods} pods`,
      pods,
      [{ name: 'soa-scan', prepare }],
      runs,
    );
    return rows.map((row) => ({
      ...row,
      extra: { cpuSeconds: (row.medianNs * pods) / 1e9, nsPerNodeScanned: row.medianNs / nodes, checksum },
    }));
  });
}
