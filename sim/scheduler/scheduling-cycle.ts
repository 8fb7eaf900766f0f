/**
 * The scheduling cycle: `scheduleOne` of schedule_one.go, Kubernetes v1.36, up to the binding cycle. One at a time. A cycle
 * decides on the cluster as it is when the cycle begins; the decision takes effect when the cycle's simulated time is over, as
 * the real one's does.
 */
import { isTerminating, type Pod } from '../api/index.ts';
import type { ObservationMap } from '../api/observations.ts';
import type { ApiRequest } from '../apiserver/request.ts';
import { type Channel, type Duration, elapsed, type SimTime } from '../engine/index.ts';
import { BindingCycle, type BindingCycles } from './binding-cycle.ts';
import type { SchedulerCache } from './cache/cache.ts';
import type { Decision } from './decision.ts';
import type { Evictions } from './evictions.ts';
import { type FailureServices, podFailed, refused } from './failures.ts';
import type { CycleState } from './framework/cycle-state.ts';
import type { Diagnosis } from './framework/diagnosis.ts';
import type { PostFilterResult, PreemptionPlan } from './framework/interface.ts';
import { schedulerNameOf } from './framework/profile.ts';
import type { Framework } from './framework/runtime.ts';
import { isRejection, Status } from './framework/status.ts';
import { NOT_YET, type QueuedPod } from './queue/queued-pod.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import { NO_NODES, type SchedulingAlgorithm } from './search/algorithm.ts';
import type { ScheduleResult } from './search/schedule-result.ts';

/** How scheduling cycles reach the world; the scheduler component's side. */
export interface CycleServices {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly bindings: BindingCycles;
  readonly evictions: Evictions;
  readonly failures: FailureServices;
  /** By schedulerName. */
  readonly algorithms: ReadonlyMap<string, SchedulingAlgorithm>;
  readonly attempts: Channel<ObservationMap['scheduling-attempt']> | undefined;
  readonly onDecision: ((decision: Decision) => void) | undefined;
  now(): SimTime;
  /** Calls `end` when the time of the cycle is over. */
  takeTime(queued: QueuedPod, evaluatedNodes: number): void;
  /** Tells the API, and calls `reported` when it knows. */
  report(request: ApiRequest, key: string): void;
  /** Tries the pod again after this long if it still waits. */
  retry(queued: QueuedPod, after: Duration): void;
}

/** The cycle under way. */
interface Cycle {
  readonly queued: QueuedPod;
  readonly framework: Framework;
  readonly state: CycleState;
  readonly result: ScheduleResult;
  readonly postFilter: PostFilterResult | undefined;
}

export class SchedulingCycles {
  readonly #services: CycleServices;
  #cycle: Cycle | undefined;
  /** The API is being told why the last pod got no node; the next cycle begins when it knows. */
  #reporting = false;

  constructor(services: CycleServices) {
    this.#services = services;
  }

  get busy(): boolean {
    return this.#cycle !== undefined || this.#reporting;
  }

  /** Begins a cycle for the next pod, if there is one. */
  begin(): void {
    const { queue, takeTime } = this.#services;
    for (let queued = queue.pop(); queued !== undefined; queued = queue.pop()) {
      if (this.#mustSkip(queued)) {
        queue.done(queued.pod.metadata.uid);
        continue;
      }
      this.#cycle = this.#decide(queued);
      takeTime(queued, this.#cycle.result.evaluatedNodes);
      return;
    }
  }

  /** The time of the cycle is over: what it decided takes effect. */
  end(): void {
    const cycle = this.#cycle!;
    this.#cycle = undefined;
    switch (cycle.result.kind) {
      case 'scheduled':
        this.#assume(cycle, cycle.result.node);
        break;
      case 'unschedulable':
        this.#unfit(cycle, cycle.result.diagnosis);
        break;
      case 'error':
        this.#erred(cycle, cycle.result.status);
        break;
      default:
        cycle.result satisfies never;
    }
    if (!this.#reporting) this.begin();
  }

  /** The API knows why the last pod got no node. */
  reported(): void {
    this.#reporting = false;
    this.begin();
  }

  #mustSkip(queued: QueuedPod): boolean {
    const { cache, failures } = this.#services;
    const { pod } = queued;
    if (cache.isAssumed(pod.metadata.uid)) return true;
    if (!isTerminating(pod)) return false;
    failures.warn(pod, `skip schedule deleting pod: ${queued.key}`);
    return true;
  }

  #decide(queued: QueuedPod): Cycle {
    const { algorithms, onDecision } = this.#services;
    const { pod, attempts } = queued;
    const algorithm = algorithms.get(schedulerNameOf(pod))!;
    const { framework } = algorithm;
    const state = framework.newState(pod, attempts, queued.initialAttempt as SimTime);
    const result = algorithm.schedule(state, attempts);
    const postFilter =
      result.kind === 'unschedulable' && framework.hasPostFilter
        ? framework.postFilter(state, result.diagnosis)
        : undefined;
    onDecision?.({
      time: this.#services.now(),
      pod,
      attempt: attempts,
      framework,
      result,
      postFilter,
      searchedNodes: () => algorithm.searchedNodes(),
    });
    return { queued, framework, state, result, postFilter };
  }

  /** The pod has its node as far as this scheduler is concerned; then Reserve, Permit and the binding cycle. */
  #assume(cycle: Cycle, node: string): void {
    const { queued, framework, state } = cycle;
    const { cache, queue, bindings } = this.#services;
    const { pod } = queued;
    if (!cache.assume(pod, state.shape, node)) {
      queue.done(pod.metadata.uid);
      // As upstream counts a pod that cannot be assumed (PodScheduleError).
      this.#observe(cycle, 'error', 'the pod was bound by someone else meanwhile');
      return;
    }
    queue.nominator.remove(pod.metadata.uid);
    const binding = new BindingCycle(queued, node, state, framework);
    const status = framework.reserve(state, node) ?? bindings.permit(binding);
    if (status === undefined) {
      this.#observe(cycle, 'scheduled', '');
      bindings.start(binding);
    } else this.#refuse(cycle, node, status);
  }

  /** Reserve or Permit would not have the pod on the node chosen for it. */
  #refuse(cycle: Cycle, node: string, status: Status): void {
    const { queued, framework, state } = cycle;
    framework.unreserve(state, node);
    this.#services.cache.forget(queued.pod.metadata.uid);
    const told = refused(queued, status);
    this.#failed(queued, told, undefined);
    this.#observe(cycle, isRejection(status) ? 'unschedulable' : 'error', told.message);
  }

  #unfit(cycle: Cycle, diagnosis: Diagnosis): void {
    const { queued, postFilter } = cycle;
    queued.unschedulablePlugins = diagnosis.unschedulablePlugins;
    queued.pendingPlugins = diagnosis.pendingPlugins;
    const message = diagnosis.message(postFilter?.status?.message ?? '');
    if (postFilter?.preemption !== undefined) this.#preempt(queued.pod, postFilter.preemption);
    this.#failed(queued, new Status('Unschedulable', [message]), postFilter?.nominatedNodeName);
    if (postFilter?.retryAfter !== undefined) this.#services.retry(queued, postFilter.retryAfter);
    this.#observe(cycle, 'unschedulable', message);
  }

  #erred(cycle: Cycle, status: Status): void {
    this.#failed(cycle.queued, status, status.reasons[0] === NO_NODES ? '' : undefined);
    this.#observe(cycle, 'error', status.message);
  }

  /** Evicts the victims; less important pods nominated to the node lose their nomination. */
  #preempt(pod: Pod, plan: PreemptionPlan): void {
    const { queue, evictions } = this.#services;
    const nominated = queue.nominator
      .on(plan.node)
      .map((placed) => placed.pod)
      .filter(
        ({ spec, status }) =>
          (spec.priority ?? 0) < (pod.spec.priority ?? 0) && (status?.nominatedNodeName ?? '') !== '',
      );
    evictions.begin(plan, pod, nominated);
  }

  /** As upstream (SchedulerAsyncAPICalls is off by default), the next cycle waits until the API knows. */
  #failed(queued: QueuedPod, status: Status, nominate: string | undefined): void {
    const report = podFailed(this.#services.failures, queued, status, nominate);
    if (report === undefined) return;
    this.#reporting = true;
    this.#services.report(report, queued.key);
  }

  #observe(cycle: Cycle, result: 'scheduled' | 'unschedulable' | 'error', message: string): void {
    const { attempts } = this.#services;
    if (attempts?.wanted !== true) return;
    const { queued, framework, result: found } = cycle;
    const now = this.#services.now();
    const since = queued.initialAttempt === NOT_YET ? now : (queued.initialAttempt as SimTime);
    attempts.emit({
      time: now,
      pod: queued.pod,
      slot: queued.slot,
      attempt: queued.attempts,
      profile: framework.profileName,
      result,
      node: result === 'scheduled' && found.kind === 'scheduled' ? found.node : '',
      evaluatedNodes: found.evaluatedNodes,
      feasibleNodes: found.kind === 'scheduled' ? found.feasibleNodes : 0,
      sinceQueued: elapsed(since, now),
      message,
    });
  }
}
