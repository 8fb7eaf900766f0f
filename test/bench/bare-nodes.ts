/** Nodes that are alike, as columns: what is free, and where a pod goes. */
import type { BareWorkload } from './own-process.ts';

export interface BareNodes {
  /** The fitting node with the largest free share afterwards, the first of equals. Throws if none fits. O(nodes). */
  place(cpuMilli: number, memoryMib: number): number;
  /** Negative amounts give back. */
  take(node: number, cpuMilli: number, memoryMib: number, pods: number): void;
}

/**
 * Once per process: V8 compiles the columns that `place` closes over as constants only while there is one such closure, and a
 * second one takes three times as long per node.
 */
export function bareNodes({ nodes, node: { cpuMilli, memoryMib, maxPods } }: BareWorkload): BareNodes {
  const freeCpu = new Float64Array(nodes).fill(cpuMilli);
  const freeMemory = new Float64Array(nodes).fill(memoryMib);
  const freePods = new Int32Array(nodes).fill(maxPods);
  const perCpu = 1 / cpuMilli;
  const perMemory = 1 / memoryMib;
  const place = (cpu: number, memory: number): number => {
    let best = -1;
    let bestScore = -1;
    for (let node = 0; node < nodes; node++) {
      const cpuLeft = freeCpu[node]! - cpu;
      const memoryLeft = freeMemory[node]! - memory;
      if (cpuLeft < 0 || memoryLeft < 0 || freePods[node]! < 1) continue;
      const score = cpuLeft * perCpu + memoryLeft * perMemory;
      if (score > bestScore) {
        bestScore = score;
        best = node;
      }
    }
    if (best < 0) throw new Error(`a pod of ${cpu}m and ${memory}Mi fits nowhere`);
    return best;
  };
  const take = (node: number, cpu: number, memory: number, count: number): void => {
    freeCpu[node] = freeCpu[node]! - cpu;
    freeMemory[node] = freeMemory[node]! - memory;
    freePods[node] = freePods[node]! - count;
  };
  return { place, take };
}
