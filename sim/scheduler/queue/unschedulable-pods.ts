/**
 * Pods that wait for something to change, by who rejected them: an event concerns those alone whose rejecters asked for it
 * (`backend/queue/unschedulable_pods.go`, Kubernetes v1.36, which looks at all of them).
 */
import { type Duration, type SimTime, seconds } from '../../engine/index.ts';
import type { QueuedPod } from './queued-pod.ts';

/** How often pods that waited too long are looked for. */
const TIMEOUT_PERIOD: Duration = seconds(30);

const NONE: ReadonlySet<QueuedPod> = new Set();

export class UnschedulablePods {
  /** Each with the plugins under which it is found. */
  readonly #pods = new Map<QueuedPod, readonly string[]>();
  readonly #byRejecter = new Map<string, Set<QueuedPod>>();
  readonly #timeout: Duration;
  /** No pod that is not gated has an older timestamp. */
  #oldest: number = Infinity;

  /** `timeout`: how long a pod may stay. */
  constructor(timeout: Duration) {
    this.#timeout = timeout;
  }

  get size(): number {
    return this.#pods.size;
  }

  values(): Iterable<QueuedPod> {
    return this.#pods.keys();
  }

  /** Adds the pod, or, if it is there, finds it under its present rejecters from now on. */
  add(queued: QueuedPod): void {
    this.delete(queued);
    const rejecters = [...queued.unschedulablePlugins, ...queued.pendingPlugins];
    this.#pods.set(queued, rejecters);
    for (const plugin of rejecters) {
      const pods = this.#byRejecter.get(plugin);
      if (pods === undefined) this.#byRejecter.set(plugin, new Set([queued]));
      else pods.add(queued);
    }
    if (!queued.gated) this.#oldest = Math.min(this.#oldest, queued.timestamp);
  }

  delete(queued: QueuedPod): void {
    const rejecters = this.#pods.get(queued);
    if (rejecters === undefined) return;
    this.#pods.delete(queued);
    for (const plugin of rejecters) this.#byRejecter.get(plugin)?.delete(queued);
  }

  /** The pods that any of the plugins rejected, in a list of its own. */
  rejectedBy(plugins: readonly string[]): QueuedPod[] {
    const sets = plugins
      .map((plugin) => this.#byRejecter.get(plugin) ?? NONE)
      .filter((pods) => pods.size > 0);
    if (sets.length <= 1) return [...(sets[0] ?? NONE)];
    const found = new Set<QueuedPod>();
    for (const pods of sets) for (const queued of pods) found.add(queued);
    return [...found];
  }

  /** The pods that have been here for too long, in a list of its own; no timeout frees a gated pod. O(pods). */
  late(now: SimTime): QueuedPod[] {
    const late: QueuedPod[] = [];
    this.#oldest = Infinity;
    for (const queued of this.#pods.keys()) {
      if (queued.gated) continue;
      if (now - queued.timestamp > this.#timeout) late.push(queued);
      else this.#oldest = Math.min(this.#oldest, queued.timestamp);
    }
    return late;
  }

  /** When `late` may find something next: every 30 s from the start; Infinity if never. */
  nextTimeout(now: SimTime): number {
    if (this.#pods.size === 0 || this.#oldest === Infinity) return Infinity;
    const due = this.#oldest + this.#timeout;
    return (Math.floor(Math.max(due, now) / TIMEOUT_PERIOD) + 1) * TIMEOUT_PERIOD;
  }
}
