/**
 * The scheduling queue: `backend/queue/scheduling_queue.go`, Kubernetes v1.36. activeQ holds pods to be tried now, backoffQ
 * pods that wait a while first, unschedulablePods those that wait for something to change. Queueing hints tell what changes
 * are worth another try.
 */

import { keyOf, type Pod } from '../../api/index.ts';
import { type Duration, minutes, type SimTime, seconds } from '../../engine/index.ts';
import { type ClusterEvent, FORCE_ACTIVATE, UNSCHEDULABLE_TIMEOUT } from '../framework/cluster-event.ts';
import type { Nominator } from '../framework/nominator.ts';
import { podEvents } from '../framework/pod-events.ts';
import { schedulerNameOf } from '../framework/profile.ts';
import type { Framework } from '../framework/runtime.ts';
import { BackoffQueue } from './backoff-queue.ts';
import { GroupedPodHeap } from './grouped-pod-heap.ts';
import { InFlight } from './in-flight.ts';
import { PodHeap } from './pod-heap.ts';
import { NOT_YET, QueuedPod } from './queued-pod.ts';
import { QueueingHints, type QueueingStrategy } from './queueing-hints.ts';
import { SteadyMap } from './steady-map.ts';
import { UnschedulablePods } from './unschedulable-pods.ts';

export interface QueueOptions {
  readonly initialBackoff: Duration;
  readonly maxBackoff: Duration;
  /** How long a pod may stay unschedulable before it is tried again regardless. */
  readonly unschedulableTimeout: Duration;
}

/** podInitialBackoffSeconds, podMaxBackoffSeconds and DefaultPodMaxInUnschedulablePodsDuration of v1.36. */
export const defaultQueueOptions: QueueOptions = {
  initialBackoff: seconds(1),
  maxBackoff: seconds(10),
  unschedulableTimeout: minutes(5),
};

export interface QueueServices {
  now(): SimTime;
  /** Something can be popped now. */
  onReady(): void;
}

export class SchedulingQueue {
  readonly nominator: Nominator;
  readonly #frameworks: ReadonlyMap<string, Framework>;
  readonly #services: QueueServices;
  readonly #active: PodHeap | GroupedPodHeap;
  readonly #backoff: BackoffQueue;
  readonly #unschedulable: UnschedulablePods;
  /** Every pod that waits, wherever; not those in flight. By key. */
  readonly #waiting = new SteadyMap<QueuedPod>();
  readonly #inFlight = new InFlight();
  readonly #hints: QueueingHints;

  constructor(
    frameworks: ReadonlyMap<string, Framework>,
    nominator: Nominator,
    options: QueueOptions,
    services: QueueServices,
  ) {
    this.#frameworks = frameworks;
    this.nominator = nominator;
    this.#services = services;
    // All profiles must have the same queue sort plugin, as upstream demands.
    const [framework] = frameworks.values();
    const less = (a: { pod: Pod; timestamp: SimTime }, b: { pod: Pod; timestamp: SimTime }): boolean =>
      framework!.less(a, b);
    const group = framework!.queueGroup;
    this.#active = group === undefined ? new PodHeap(less) : new GroupedPodHeap(less, group);
    this.#backoff = new BackoffQueue({ initial: options.initialBackoff, max: options.maxBackoff }, less);
    this.#unschedulable = new UnschedulablePods(options.unschedulableTimeout);
    this.#hints = new QueueingHints(frameworks);
  }

  get activeCount(): number {
    return this.#active.size;
  }

  get backoffCount(): number {
    return this.#backoff.size;
  }

  get unschedulableCount(): number {
    return this.#unschedulable.size;
  }

  /** True if `pop` would return a pod. */
  get ready(): boolean {
    return this.#active.peek() !== undefined || this.#backoff.size > 0;
  }

  get(key: string): QueuedPod | undefined {
    return this.#waiting.get(key);
  }

  /** A new pod. `key`, here and below, saves making it; `slot`: where the API server keeps it, if known. */
  add(pod: Pod, key?: string, slot?: number): void {
    const queued = new QueuedPod(pod, this.#services.now(), key, slot);
    if (!this.#toActive(queued, false)) return;
    const nominee = pod.status?.nominatedNodeName;
    if (nominee !== undefined && nominee !== '') this.nominator.set(pod, nominee);
    this.#services.onReady();
  }

  /**
   * The next pod to try: from activeQ, or, if that is empty, the one in backoffQ that a plugin rejected and whose back-off
   * ends first.
   */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.popEarly();
    if (queued === undefined) return undefined;
    this.#waiting.delete(queued.key);
    queued.queue = 'in-flight';
    queued.attempts++;
    queued.backoffExpiration = NOT_YET;
    queued.forgetRejections();
    this.#inFlight.begin(queued.pod.metadata.uid);
    return queued;
  }

  /** The pod's attempt is over and it does not come back. */
  done(uid: string): void {
    this.#inFlight.done(uid);
  }

  /** The attempt failed: the pod waits, where what rejected it and what happened meanwhile decide. */
  addUnschedulable(queued: QueuedPod): void {
    const uid = queued.pod.metadata.uid;
    if (queued.rejected) {
      queued.unschedulableCount++;
      queued.consecutiveErrors = 0;
    } else queued.consecutiveErrors++;
    queued.timestamp = this.#services.now();
    queued.backoffExpiration = NOT_YET;
    const strategy = this.#hints.afterAttempt(queued, this.#inFlight);
    this.#inFlight.done(uid);
    if (this.#requeue(queued, strategy)) this.#services.onReady();
  }

  /** A waiting pod changed. */
  update(before: Pod, pod: Pod, slot?: number): void {
    const events = podEvents(before, pod);
    const uid = pod.metadata.uid;
    if (this.#inFlight.has(uid)) {
      for (const event of events) this.#inFlight.record(event, before, pod);
      return;
    }
    const queued = this.#waiting.get(keyOf(pod));
    if (queued === undefined) {
      this.add(pod, undefined, slot);
      return;
    }
    this.#replacePod(queued, pod);
    this.nominator.update(before, pod);
    if (queued.queue !== 'unschedulable') return;
    for (const event of events) {
      const strategy = this.#hints.worthRequeuing(queued, event, before, pod);
      if (strategy === 'skip') continue;
      if (!this.#requeue(queued, strategy)) continue;
      this.#services.onReady();
      return;
    }
  }

  #replacePod(queued: QueuedPod, pod: Pod): void {
    queued.pod = pod;
    if (queued.queue !== 'active') return;
    this.#active.remove(queued);
    this.#active.push(queued);
  }

  /** The pod is gone, or bound by someone else. */
  delete(pod: Pod, key = keyOf(pod)): void {
    this.nominator.remove(pod.metadata.uid);
    const queued = this.#waiting.get(key);
    if (queued === undefined) return;
    this.#takeOut(queued);
    this.#waiting.delete(queued.key);
    queued.queue = 'none';
  }

  /** Tries these pods again at once, if they wait; those in flight come back to be tried again. */
  activate(pods: readonly Pod[]): void {
    let ready = false;
    for (const pod of pods) {
      const queued = this.#waiting.get(keyOf(pod));
      if (queued !== undefined && queued.queue !== 'active') {
        const fromBackoff = queued.queue !== 'unschedulable';
        if (this.#toActive(queued, fromBackoff)) ready = true;
      } else if (this.#inFlight.has(pod.metadata.uid)) this.#inFlight.record(FORCE_ACTIVATE, undefined, pod);
    }
    if (ready) this.#services.onReady();
  }

  /** Something happened: moves the unschedulable pods that it may help. O(pods whose rejecters asked for such events). */
  moveAll(event: ClusterEvent, before: unknown, after: unknown, preCheck?: (pod: Pod) => boolean): void {
    if (this.#unschedulable.size === 0 && !this.#inFlight.any) return;
    const askers = this.#hints.askersFor(event);
    if (askers.length === 0) return;
    if (this.#unschedulable.size > 0) {
      const candidates = this.#unschedulable.rejectedBy(askers);
      const checked = preCheck === undefined ? candidates : candidates.filter(({ pod }) => preCheck(pod));
      if (checked.length > 0) this.#move(checked, event, before, after);
    }
    this.#inFlight.record(event, before, after);
  }

  /** Moves all pods whose back-off is over to activeQ. */
  flushBackoff(): void {
    const done: QueuedPod[] = [];
    this.#backoff.popCompleted(this.#services.now(), done);
    let ready = false;
    for (const queued of done) if (this.#toActive(queued, true)) ready = true;
    if (ready) this.#services.onReady();
  }

  /** When `flushBackoff` has something to do next; Infinity if never. */
  get nextBackoffFlush(): number {
    return this.#backoff.size === 0 ? Infinity : this.#backoff.nextRelease();
  }

  /** Moves pods that were unschedulable for too long. */
  flushUnschedulable(): void {
    const late = this.#unschedulable.late(this.#services.now());
    if (late.length > 0) this.#move(late, UNSCHEDULABLE_TIMEOUT, undefined, undefined);
  }

  /** When `flushUnschedulable` has something to do next; Infinity if never. */
  get nextUnschedulableFlush(): number {
    return this.#unschedulable.nextTimeout(this.#services.now());
  }

  #move(candidates: readonly QueuedPod[], event: ClusterEvent, before: unknown, after: unknown): void {
    let ready = false;
    for (const queued of candidates) {
      if (queued.gated && !this.#hints.concernsGate(queued, event)) continue;
      const strategy = this.#hints.worthRequeuing(queued, event, before, after);
      if (strategy !== 'skip' && this.#requeue(queued, strategy)) ready = true;
    }
    if (ready) this.#services.onReady();
  }

  /** True if the pod can be popped now. */
  #requeue(queued: QueuedPod, strategy: QueueingStrategy): boolean {
    if (strategy === 'skip') {
      this.#toUnschedulable(queued);
      return false;
    }
    if (strategy === 'after-backoff' && this.#backoff.isBackingOff(queued, this.#services.now()))
      return this.#toBackoff(queued);
    return this.#toActive(queued, false);
  }

  #toUnschedulable(queued: QueuedPod): void {
    if (queued.queue === 'unschedulable') {
      this.#unschedulable.add(queued);
      return;
    }
    this.#takeOut(queued);
    queued.queue = 'unschedulable';
    this.#unschedulable.add(queued);
    this.#waiting.set(queued.key, queued);
  }

  #toBackoff(queued: QueuedPod): boolean {
    this.#runPreEnqueue(queued);
    if (queued.gated) {
      this.#toUnschedulable(queued);
      return false;
    }
    this.#takeOut(queued);
    this.#backoff.add(queued);
    this.#waiting.set(queued.key, queued);
    return true;
  }

  /** PreEnqueue has been asked already when a pod comes from backoffQ. */
  #toActive(queued: QueuedPod, fromBackoff: boolean): boolean {
    if (!fromBackoff) this.#runPreEnqueue(queued);
    if (queued.gated) {
      this.#toUnschedulable(queued);
      return false;
    }
    if (queued.initialAttempt === NOT_YET) queued.initialAttempt = this.#services.now();
    this.#takeOut(queued);
    queued.queue = 'active';
    this.#active.push(queued);
    this.#waiting.set(queued.key, queued);
    return true;
  }

  #takeOut(queued: QueuedPod): void {
    switch (queued.queue) {
      case 'active':
        this.#active.remove(queued);
        break;
      case 'backoff':
      case 'error-backoff':
        this.#backoff.remove(queued);
        break;
      case 'unschedulable':
        this.#unschedulable.delete(queued);
        break;
      case 'in-flight':
      case 'none':
    }
  }

  #runPreEnqueue(queued: QueuedPod): void {
    const framework = this.#frameworks.get(schedulerNameOf(queued.pod));
    const status = framework?.preEnqueue(queued.pod);
    queued.gatingPlugin = status?.plugin ?? '';
    if (status !== undefined) queued.rejectedBy(status.plugin);
  }
}
