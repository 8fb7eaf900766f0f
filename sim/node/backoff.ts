/**
 * Exponential back-off as the kubelet keeps it for crashing containers and failing image pulls, one window per
 * container or (pod, image). Source: client-go `util/flowcontrol` Backoff and its users in the kubelet, Kubernetes v1.36.3.
 */
import type { SimTime } from '../engine/index.ts';

/** µs. */
export interface BackoffPolicy {
  readonly initialUs: number;
  readonly maxUs: number;
}

/** `--crash-loop-back-off` and image pulls alike: 10 s, doubling to 5 min (documented). */
export const DEFAULT_BACKOFF: BackoffPolicy = { initialUs: 10e6, maxUs: 300e6 };

/** How often stale windows are dropped: the kubelet's housekeeping, on its own 2 s grid (documented). */
export const HOUSEKEEPING_US = 2e6;

/** The wait that the last failure earned, and when that was decided. Absent: no failure is remembered. */
export interface BackoffWindow {
  readonly backoffUs: number;
  readonly lastUpdate: SimTime;
}
type Remembered = BackoffWindow | undefined;

/** More than twice the maximum since the last decision: the history no longer counts. */
export const isStale = (policy: BackoffPolicy, window: BackoffWindow, at: SimTime): boolean =>
  at - window.lastUpdate > 2 * policy.maxUs;

/** The window after one more failure, noticed `now`, of something that ended at `eventTime`. */
export function advance(
  policy: BackoffPolicy,
  window: Remembered,
  eventTime: SimTime,
  now: SimTime,
): BackoffWindow {
  const backoffUs =
    window === undefined || isStale(policy, window, eventTime)
      ? policy.initialUs
      : Math.min(window.backoffUs * 2, policy.maxUs);
  return { backoffUs, lastUpdate: now };
}

/** A container that ended at `eventTime` has to wait on. The wait counts from its end. */
export const mustWait = (
  policy: BackoffPolicy,
  window: Remembered,
  eventTime: SimTime,
  now: SimTime,
): boolean =>
  window !== undefined && !isStale(policy, window, eventTime) && now - eventTime < window.backoffUs;

/** An image pull has to wait on. The wait counts from the last failure. */
export const mustWaitToPull = (policy: BackoffPolicy, window: Remembered, now: SimTime): boolean =>
  window !== undefined && mustWait(policy, window, window.lastUpdate, now) && !isStale(policy, window, now);

/** What housekeeping leaves of a window. */
export const collect = (policy: BackoffPolicy, window: Remembered, now: SimTime): Remembered =>
  window !== undefined && isStale(policy, window, now) ? undefined : window;

/** A Go duration of whole seconds as the kubelet prints it: 10s, 1m20s, 5m0s. */
export function goSeconds(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds % 60}s` : `${hours}h${minutes % 60}m${seconds % 60}s`;
}

export const crashLoopMessage = (
  window: BackoffWindow,
  container: string,
  pod: { readonly name: string; readonly namespace?: string | undefined; readonly uid: string },
): string =>
  `back-off ${goSeconds(window.backoffUs)} restarting failed container=${container} pod=${pod.name}_${pod.namespace ?? ''}(${pod.uid})`;
