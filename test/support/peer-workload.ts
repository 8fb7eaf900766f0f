/**
 * The cluster workload on which other simulators were measured: N nodes of 16 cores, 64 GiB and 110 pods; Poisson arrivals
 * at 60 % CPU load; durations exponential with mean 600 s; requests uniform over five sizes of memory and four of CPU.
 * Generated as the published files were (same generator, seed, order of draws, three decimals), so the pods are the same.
 */
import { log } from '../../sim/engine/maths.ts';

export interface PeerPods {
  readonly arrivalUs: Float64Array;
  readonly durationUs: Float64Array;
  readonly cpuMilli: Int32Array;
  readonly memoryMib: Int32Array;
}

export interface PeerNode {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly maxPods: number;
}

export const PEER_NODE: PeerNode = { cpuMilli: 16_000, memoryMib: 65_536, maxPods: 110 };
export const PEER_WORKLOADS = [
  { nodes: 100, pods: 10_000 },
  { nodes: 1000, pods: 100_000 },
  { nodes: 5000, pods: 150_000 },
] as const;

const CPU_MILLI = [250, 500, 1000, 2000] as const;
const MEMORY_MIB = [256, 512, 1024, 2048, 4096] as const;
const MEAN_CPU_MILLI = 937.5;
const MEAN_DURATION_S = 600;
const LOAD = 0.6;

export function peerPods(nodes: number, pods: number): PeerPods {
  const random = sfc32(0x9e3779b9, nodes, pods, 1);
  for (let i = 0; i < 20; i++) random();
  const perSecond = (LOAD * nodes * PEER_NODE.cpuMilli) / (MEAN_CPU_MILLI * MEAN_DURATION_S);
  const made = {
    arrivalUs: new Float64Array(pods),
    durationUs: new Float64Array(pods),
    cpuMilli: new Int32Array(pods),
    memoryMib: new Int32Array(pods),
  };
  let arrival = 0;
  for (let i = 0; i < pods; i++) {
    arrival += -log(1 - random()) / perSecond;
    made.arrivalUs[i] = milliseconds(arrival);
    made.cpuMilli[i] = CPU_MILLI[Math.floor(random() * 4)]!;
    made.memoryMib[i] = MEMORY_MIB[Math.floor(random() * 5)]!;
    made.durationUs[i] = milliseconds(-log(1 - random()) * MEAN_DURATION_S);
  }
  return made;
}

/** Seconds rounded to milliseconds, in µs. */
const milliseconds = (seconds: number): number => Math.round(Number(seconds.toFixed(3)) * 1e6);

/** Small fast counter generator of 32 bits (Doty-Humphrey, PractRand). */
function sfc32(a: number, b: number, c: number, d: number): () => number {
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
}
