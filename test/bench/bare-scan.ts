/**
 * The bare loop itself, for a process of its own: workload on standard input, `{ cpuS, checksum }` on standard output. In its own
 * process, and without a warm-up, because V8 compiles the columns that `place` closes over as constants only while there is one
 * such closure: a second simulation in the same process takes three times as long per node, and would flatter whatever is told as a
 * multiple of it. Nodes are alike; up to a tenth of a second is compilation, so that multiples of a short workload say little.
 */
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { KeyHeap } from '../../sim/engine/key-heap.ts';
import type { PeerNode, PeerPods } from '../support/peer-workload.ts';
import { cpuMs } from './row.ts';

/** What the process reads, serialized by node:v8. */
export interface BareWorkload {
  readonly nodes: number;
  readonly node: PeerNode;
  readonly pods: PeerPods;
}

export interface BareFigures {
  /** CPU seconds of the simulation alone. */
  readonly cpuS: number;
  /** Of the placements. */
  readonly checksum: number;
}

const ARRIVAL = 0;
const BIND = 1;
const FINISH = 2;
const BIND_LATENCY_US = 1000;

/** Runs all pods to their end; returns a checksum of the placements. Throws if a pod fits nowhere when it comes. */
function simulate({ nodes, node: { cpuMilli, memoryMib, maxPods }, pods }: BareWorkload): number {
  const freeCpu = new Float64Array(nodes).fill(cpuMilli);
  const freeMemory = new Float64Array(nodes).fill(memoryMib);
  const freePods = new Int32Array(nodes).fill(maxPods);
  const perCpu = 1 / cpuMilli;
  const perMemory = 1 / memoryMib;
  /** The fitting node with the largest free share afterwards, the first of equals; -1 if none fits. */
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
    return best;
  };
  const take = (node: number, cpu: number, memory: number, count: number): void => {
    freeCpu[node] = freeCpu[node]! - cpu;
    freeMemory[node] = freeMemory[node]! - memory;
    freePods[node] = freePods[node]! - count;
  };
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
        const row = place(cpu, memory);
        if (row < 0) throw new Error(`pod ${pod} fits nowhere`);
        take(row, cpu, memory, 1);
        placed[pod] = row;
        checksum = (Math.imul(checksum, 31) + row) | 0;
        heap.push(time + BIND_LATENCY_US, sequence++, pod * 4 + BIND);
        break;
      }
      case BIND:
        heap.push(time + pods.durationUs[pod]!, sequence++, pod * 4 + FINISH);
        break;
      default:
        take(placed[pod]!, -cpu, -memory, -1);
    }
  }
  return checksum >>> 0;
}

const workload = deserialize(readFileSync(0)) as BareWorkload;
const begin = cpuMs();
const checksum = simulate(workload);
const figures: BareFigures = { cpuS: (cpuMs() - begin) / 1e3, checksum };
process.stdout.write(JSON.stringify(figures));
