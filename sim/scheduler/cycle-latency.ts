/**
 * How long a scheduling cycle takes, in simulated time. Derived from the cycle medians of kube-scheduler v1.36.3 on a quiet
 * machine (golden/scheduler/README.md, performance section: simple pods 0.60 ms with 420 nodes looked at and 0.70 ms with 500;
 * constrained pods 2.36 ms with 466 and 4.1 ms with 580); the split into a fixed and a per-node part is assumed.
 */
import type { Pod } from '../api/index.ts';
import { type Duration, microseconds } from '../engine/index.ts';

export interface CycleLatency {
  readonly fixedUs: number;
  readonly perNodeUs: number;
  /** For pods with topology spread constraints or inter-pod affinity. */
  readonly perNodeConstrainedUs: number;
}

export const defaultCycleLatency: CycleLatency = { fixedUs: 75, perNodeUs: 1.25, perNodeConstrainedUs: 5.5 };

/** The cycle of one pod that looked at so many nodes. */
export function cycleDuration(latency: CycleLatency, pod: Pod, evaluatedNodes: number): Duration {
  const { affinity, topologySpreadConstraints } = pod.spec;
  const constrained =
    topologySpreadConstraints !== undefined ||
    affinity?.podAffinity !== undefined ||
    affinity?.podAntiAffinity !== undefined;
  const perNode = constrained ? latency.perNodeConstrainedUs : latency.perNodeUs;
  return microseconds(latency.fixedUs + perNode * evaluatedNodes);
}
