/** Asks for OOM scores, cgroup values and shutdown groups. */
import type { Pod } from '../../../../sim/api/index.ts';
import { qosClass } from '../../../../sim/api/index.ts';
import {
  type CgroupSettings,
  cpuQuotaUs,
  cpuShares,
  podCgroup,
  podCpuWeight,
  runtimeCpuWeight,
} from '../../../../sim/node/cgroups.ts';
import {
  SHUTDOWN_STATUS,
  type ShutdownPeriod,
  shutdownGraceSeconds,
  shutdownGroups,
  shutdownPeriods,
} from '../../../../sim/node/graceful-shutdown.ts';
import { oomScoreAdj } from '../../../../sim/node/oom-score.ts';

export function oomScores({
  pod,
  memoryCapacity,
}: {
  readonly pod: Pod;
  readonly memoryCapacity: number;
}): unknown {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const scores = containers.map((container) => [container.name, oomScoreAdj(pod, container, memoryCapacity)]);
  return { qosClass: qosClass(pod.spec), oomScoreAdj: Object.fromEntries(scores) };
}

export function cpuConversion({
  milliCPU,
  periodUs,
}: {
  readonly milliCPU: number;
  readonly periodUs: number;
}): unknown {
  const shares = cpuShares(milliCPU);
  return {
    shares,
    quotaUs: cpuQuotaUs(milliCPU, periodUs),
    podCgroupV2Weight: podCpuWeight(shares),
    runtimeCgroupV2Weight: runtimeCpuWeight(shares),
  };
}

interface CgroupCase extends Omit<CgroupSettings, 'cpuPeriodUs'> {
  readonly pod: Pod;
  readonly cpuPeriod: number;
}

export function podConfig({ pod, cpuPeriod, ...settings }: CgroupCase): unknown {
  const cgroup = podCgroup(pod, { ...settings, cpuPeriodUs: cpuPeriod });
  return {
    qosClass: cgroup.qosClass,
    cpuShares: cgroup.cpuShares,
    cpuQuota: cgroup.cpuQuotaUs,
    cpuPeriod: cgroup.cpuPeriodUs,
    memory: cgroup.memoryBytes,
    unified: cgroup.unified,
  };
}

interface ShutdownPod {
  readonly name: string;
  readonly priority?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly phase: string;
}

interface ShutdownCase {
  readonly byPriority?: readonly ShutdownPeriod[];
  readonly pods?: readonly ShutdownPod[];
  readonly shutdownGracePeriodSeconds: number;
  readonly shutdownGracePeriodCriticalPodsSeconds: number;
}

export function nodeShutdown(given: ShutdownCase): unknown {
  const periods = shutdownPeriods({
    byPriority: given.byPriority ?? [],
    totalSeconds: given.shutdownGracePeriodSeconds,
    criticalSeconds: given.shutdownGracePeriodCriticalPodsSeconds,
  });
  const groups = shutdownGroups(periods, given.pods ?? []);
  const kills = groups.flatMap(({ pods, seconds }) =>
    pods.map((pod) => [
      pod.name,
      {
        ...SHUTDOWN_STATUS,
        gracePeriodSeconds: shutdownGraceSeconds(seconds, pod.terminationGracePeriodSeconds),
        phase: pod.phase === 'Succeeded' ? 'Succeeded' : 'Failed',
      },
    ]),
  );
  return {
    effectivePeriods: periods,
    totalSeconds: periods.reduce((sum, { seconds }) => sum + seconds, 0),
    groups: groups.map((group) => ({ ...group, pods: group.pods.map((pod) => pod.name) })),
    kills: Object.fromEntries(kills),
  };
}
