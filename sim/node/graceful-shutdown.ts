/**
 * Order and grace of killing pods when a machine shuts down in an orderly way: the lowest priorities first, each group in its own
 * time. Source: kubelet `nodeshutdown`, Kubernetes v1.36.3. No run uses it yet: recorded cases alone ask for it.
 */
const CRITICAL_PRIORITY = 2_000_000_000;

export interface ShutdownPeriod {
  /** Pods from this priority up to the next period's. */
  readonly priority: number;
  readonly seconds: number;
}

export interface ShutdownSettings {
  readonly byPriority: readonly ShutdownPeriod[];
  /** The simple settings, used if there is no list: all pods, and of that the share of critical pods. */
  readonly totalSeconds: number;
  readonly criticalSeconds: number;
}

/** By ascending priority; empty: shutdown kills nothing in an orderly way. */
export function shutdownPeriods(settings: ShutdownSettings): readonly ShutdownPeriod[] {
  if (settings.byPriority.length > 0) return [...settings.byPriority].sort((a, b) => a.priority - b.priority);
  const { totalSeconds, criticalSeconds } = settings;
  if (totalSeconds === 0 || totalSeconds < criticalSeconds || criticalSeconds < 0) return [];
  return [
    { priority: 0, seconds: totalSeconds - criticalSeconds },
    { priority: CRITICAL_PRIORITY, seconds: criticalSeconds },
  ];
}

export interface ShutdownGroup<P> extends ShutdownPeriod {
  readonly pods: readonly P[];
}

/** Every pod in the group of the highest period not above it; the lowest group takes what lies below all. */
export function shutdownGroups<P extends { readonly priority?: number | undefined }>(
  periods: readonly ShutdownPeriod[],
  pods: readonly P[],
): readonly ShutdownGroup<P>[] {
  const members: P[][] = periods.map(() => []);
  for (const pod of pods) {
    const above = periods.findLastIndex((period) => period.priority <= (pod.priority ?? 0));
    members[Math.max(above, 0)]?.push(pod);
  }
  return periods.map((period, i) => ({ ...period, pods: members[i]! }));
}

/** A pod's own grace period counts if it is shorter than its group's. */
export const shutdownGraceSeconds = (groupSeconds: number, podSeconds: number | undefined): number =>
  podSeconds === undefined ? groupSeconds : Math.min(groupSeconds, podSeconds);

/** What a pod killed so is told; one that has succeeded keeps its phase. */
export const SHUTDOWN_STATUS = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  condition: 'DisruptionTarget',
  conditionReason: 'TerminationByKubelet',
} as const;
