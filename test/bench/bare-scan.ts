/**
 * The bare loop itself, for a process of its own and without a warm-up (bare-nodes.ts says why). Up to a tenth of a second is
 * compilation, so that multiples of a short workload say little.
 */
import { KeyHeap } from '../../sim/engine/key-heap.ts';
import { bareNodes } from './bare-nodes.ts';
import { type BareWorkload, measureLoop } from './own-process.ts';

const ARRIVAL = 0;
const BIND = 1;
const FINISH = 2;
const BIND_LATENCY_US = 1000;

function simulate(workload: BareWorkload): number {
  const { pods } = workload;
  const { place, take } = bareNodes(workload);
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

measureLoop(simulate);
