/**
 * kube-scheduler: one scheduling cycle at a time, binding cycles beside it (`pkg/scheduler/schedule_one.go`, Kubernetes v1.36).
 * A cycle decides on the cluster as it is when the cycle begins; the decision takes effect when the cycle's simulated time is
 * over, as the real one's does.
 */
import { isTerminating, keyOf, type Pod } from '../api/index.ts';
import type { ObservationBus, ObservationMap } from '../api/observations.ts';
import type { ApiClient, EventRecorder, Informer, SharedInformerFactory } from '../client/index.ts';
import {
  type Channel,
  type Component,
  type Duration,
  type EventId,
  elapsed,
  NO_EVENT,
  Phase,
  type Port,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import { BindingCycle, BindingCycles } from './binding-cycle.ts';
import { SchedulerCache } from './cache/cache.ts';
import type { SchedulerConfiguration } from './configuration/configuration.ts';
import { schedulerNameOf } from './configuration/profile.ts';
import { type CycleLatency, cycleDuration, defaultCycleLatency } from './cycle-latency.ts';
import { EventHandlers, informerListers, podInformer } from './event-handlers.ts';
import { Evictions } from './evictions.ts';
import { type FailureServices, podFailed } from './failures.ts';
import { ASSIGNED_POD_DELETE } from './framework/cluster-event.ts';
import type { CycleState } from './framework/cycle-state.ts';
import { type Diagnosis, refusedOnNode } from './framework/diagnosis.ts';
import type { FrameworkServices } from './framework/handle.ts';
import type { PluginRegistry, PostFilterResult } from './framework/interface.ts';
import { Framework } from './framework/runtime.ts';
import { isRejection, Status } from './framework/status.ts';
import { Nominator } from './queue/nominator.ts';
import { NOT_YET, type QueuedPod } from './queue/queued-pod.ts';
import { defaultQueueOptions, SchedulingQueue } from './queue/scheduling-queue.ts';
import type { EvictionReplyEvent, ReportedEvent, SchedulerEvent, StepReplyEvent } from './scheduler-event.ts';
import { NO_NODES, SchedulingAlgorithm } from './search/algorithm.ts';
import type { TieBreak } from './search/node-priorities.ts';
import type { ScheduleResult } from './search/schedule-result.ts';

export interface SchedulerOptions {
  /** Component name, unique in the simulation; default kube-scheduler. */
  readonly name?: string | undefined;
  readonly configuration: SchedulerConfiguration;
  readonly registry: PluginRegistry;
  /** Among equally good nodes: a keyed draw (default, as upstream's), or the lowest name. */
  readonly tieBreak?: TieBreak | undefined;
  readonly cycleLatency?: CycleLatency | undefined;
  readonly observations?: ObservationBus | undefined;
  readonly events?: Pick<EventRecorder, 'enabled' | 'event'> | undefined;
  /** Freeze what policies are given, so that writing to it stops the run. */
  readonly checkPolicies?: boolean | undefined;
  /** Told of every decision on the cluster it was taken on, before anything follows from it; must change nothing. */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
}

/** What one attempt came to: with `evaluate` and `whyNot`, all there is to say about it. */
export interface Decision {
  readonly time: SimTime;
  readonly pod: Pod;
  readonly attempt: number;
  readonly framework: Framework;
  readonly result: ScheduleResult;
  readonly postFilter: PostFilterResult | undefined;
  /** The others were not looked at: enough had been found, or PreFilter had left them out. Only while the decision is told of. */
  searchedNodes(): readonly string[];
}

/** The scheduling cycle under way. */
interface Cycle {
  readonly queued: QueuedPod;
  readonly framework: Framework;
  readonly state: CycleState;
  readonly result: ScheduleResult;
  readonly postFilter: PostFilterResult | undefined;
}

export class Scheduler implements Component<SchedulerEvent> {
  readonly name: string;
  readonly cache = new SchedulerCache();
  readonly queue: SchedulingQueue;
  /** By schedulerName. */
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly #simulation: Simulation;
  readonly #client: ApiClient;
  readonly #options: SchedulerOptions;
  readonly #attempts: Channel<ObservationMap['scheduling-attempt']> | undefined;
  readonly #latency: CycleLatency;
  readonly #port: Port<SchedulerEvent>;
  readonly #stepReplies: Port<StepReplyEvent>;
  readonly #evictionReplies: Port<EvictionReplyEvent>;
  readonly #reportReplies: Port<ReportedEvent>;
  readonly #algorithms = new Map<string, SchedulingAlgorithm>();
  readonly #bindings: BindingCycles;
  readonly #evictions: Evictions;
  readonly #pods: Informer<Pod>;
  readonly #failures: FailureServices;
  #cycle: Cycle | undefined;
  /** The API is being told why the last pod got no node; the next cycle begins when it knows. */
  #reporting = false;
  #waking = false;
  #backoffFlush: EventId = NO_EVENT;
  #backoffFlushAt = Infinity;
  #unschedulableFlush: EventId = NO_EVENT;
  #unschedulableFlushAt = Infinity;

  /** Throws ConfigurationError for plugin arguments that are wrong. */
  constructor(
    simulation: Simulation,
    client: ApiClient,
    informers: SharedInformerFactory,
    options: SchedulerOptions,
  ) {
    this.name = options.name ?? 'kube-scheduler';
    this.#simulation = simulation;
    this.#client = client;
    this.#options = options;
    this.#attempts = options.observations?.channel('scheduling-attempt');
    this.#latency = options.cycleLatency ?? defaultCycleLatency;
    this.#port = simulation.port<SchedulerEvent>(this, Phase.component);
    this.#stepReplies = simulation.port<StepReplyEvent>(this, Phase.response);
    this.#evictionReplies = simulation.port<EvictionReplyEvent>(this, Phase.response);
    this.#reportReplies = simulation.port<ReportedEvent>(this, Phase.response);
    this.#bindings = this.#makeBindings();
    this.#evictions = this.#makeEvictions();
    this.#pods = podInformer(informers);
    const nominator = new Nominator(this.cache.snapshot);
    this.frameworks = this.#makeFrameworks(informers, nominator);
    this.queue = this.#makeQueue(nominator);
    this.#failures = {
      queue: this.queue,
      pod: (key) => this.#pods.get(key),
      warn: (pod, message) => this.#record(pod, 'Warning', 'FailedScheduling', message),
      timestamp: () => this.#timestamp(),
    };
    this.#makeAlgorithms();
    this.#makeHandlers().listen(informers);
  }

  handle(event: SchedulerEvent): void {
    switch (event.kind) {
      case 'wake':
        this.#waking = false;
        // A cycle that ended meanwhile may have begun the next one itself.
        if (!this.#busy) this.#beginCycle();
        break;
      case 'cycle-end':
        this.#endCycle();
        break;
      case 'flush-backoff':
        this.#backoffFlushAt = Infinity;
        this.queue.flushBackoff();
        break;
      case 'flush-unschedulable':
        this.#unschedulableFlushAt = Infinity;
        this.queue.flushUnschedulable();
        break;
      case 'retry':
        this.#retry(event.key, event.uid);
        break;
      case 'poll':
        this.#bindings.poll(event.uid);
        break;
      case 'permit-timeout':
        this.#bindings.timedOut(event.uid);
        break;
      case 'step-reply':
        this.#bindings.reply(event.uid, event.n, event.result);
        break;
      case 'nomination-cleared':
        this.#evictions.nominationCleared(event.preemptor, event.pod, event.result);
        break;
      case 'victim-marked':
        this.#evictions.marked(event.preemptor, event.pod, event.result);
        break;
      case 'victim-deleted':
        this.#evictions.deleted(event.preemptor, event.pod, event.result);
        break;
      case 'reported':
        this.#reporting = false;
        this.#beginCycle();
        break;
      default:
        event satisfies never;
    }
    this.#armTimers();
  }

  /** True if no pod waits, is being tried, or is being bound. */
  get idle(): boolean {
    return !this.#busy && this.#bindings.size === 0 && !this.queue.ready;
  }

  get #busy(): boolean {
    return this.#cycle !== undefined || this.#reporting;
  }

  #now(): SimTime {
    return this.#simulation.now;
  }

  /** A pod can be popped: it is, once everything else of this instant is known. */
  #wake(): void {
    this.#armTimers();
    if (this.#busy || this.#waking) return;
    this.#waking = true;
    this.#port.after(0 as Duration, { kind: 'wake', key: '' });
  }

  #beginCycle(): void {
    for (let queued = this.queue.pop(); queued !== undefined; queued = this.queue.pop()) {
      if (this.#mustSkip(queued)) {
        this.queue.done(queued.pod.metadata.uid);
        continue;
      }
      this.#cycle = this.#decide(queued);
      const { evaluatedNodes } = this.#cycle.result;
      const duration = cycleDuration(this.#latency, queued.pod, evaluatedNodes);
      this.#port.after(duration, { kind: 'cycle-end', key: queued.key, n: evaluatedNodes });
      return;
    }
  }

  #mustSkip(queued: QueuedPod): boolean {
    const { pod } = queued;
    if (this.cache.isAssumed(pod.metadata.uid)) return true;
    if (!isTerminating(pod)) return false;
    this.#record(pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${queued.key}`);
    return true;
  }

  #decide(queued: QueuedPod): Cycle {
    const algorithm = this.#algorithms.get(schedulerNameOf(queued.pod))!;
    const { framework } = algorithm;
    const state = framework.newState(queued.pod, queued.attempts, queued.initialAttempt as SimTime);
    const result = algorithm.schedule(state, queued.attempts);
    const postFilter =
      result.kind === 'unschedulable' && framework.hasPostFilter
        ? framework.postFilter(state, result.diagnosis)
        : undefined;
    const cycle = { queued, framework, state, result, postFilter };
    this.#options.onDecision?.({
      time: this.#now(),
      pod: queued.pod,
      attempt: queued.attempts,
      framework,
      result,
      postFilter,
      searchedNodes: () => algorithm.searchedNodes(),
    });
    return cycle;
  }

  #endCycle(): void {
    const cycle = this.#cycle!;
    this.#cycle = undefined;
    switch (cycle.result.kind) {
      case 'scheduled':
        this.#assume(cycle, cycle.result.node);
        break;
      case 'unschedulable':
        this.#unfit(cycle, cycle.result.diagnosis);
        break;
      case 'error': {
        const { status } = cycle.result;
        const nominate = status.reasons[0] === NO_NODES ? '' : undefined;
        this.#cycleFailed(cycle.queued, status, nominate);
        this.#observe(cycle, 'error', status.message);
        break;
      }
      default:
        cycle.result satisfies never;
    }
    if (!this.#reporting) this.#beginCycle();
  }

  /** The pod has its node as far as this scheduler is concerned; then Reserve, Permit and the binding cycle. */
  #assume(cycle: Cycle, node: string): void {
    const { queued, framework, state } = cycle;
    const { pod } = queued;
    if (!this.cache.assume(pod, state.shape, node)) {
      // Bound by someone else while this cycle ran.
      this.queue.done(pod.metadata.uid);
      return;
    }
    this.queue.nominator.remove(pod.metadata.uid);
    this.#observe(cycle, 'scheduled', '');
    const binding = new BindingCycle(queued, node, state, framework);
    const status = framework.reserve(state, node) ?? this.#bindings.permit(binding);
    if (status === undefined) {
      this.#bindings.start(binding);
      return;
    }
    framework.unreserve(state, node);
    this.cache.forget(pod.metadata.uid);
    this.#cycleFailed(queued, refused(queued, status), undefined);
  }

  #unfit(cycle: Cycle, diagnosis: Diagnosis): void {
    const { queued, postFilter } = cycle;
    queued.unschedulablePlugins = diagnosis.unschedulablePlugins;
    queued.pendingPlugins = diagnosis.pendingPlugins;
    const message = diagnosis.message(postFilter?.status?.message ?? '');
    if (postFilter?.preemption !== undefined) this.#preempt(cycle, postFilter.preemption.node);
    this.#cycleFailed(queued, new Status('Unschedulable', [message]), postFilter?.nominatedNodeName);
    if (postFilter?.retryAfter !== undefined)
      this.#port.after(postFilter.retryAfter, {
        kind: 'retry',
        key: queued.key,
        uid: queued.pod.metadata.uid,
      });
    this.#observe(cycle, 'unschedulable', message);
  }

  #retry(key: string, uid: string): void {
    const waiting = this.queue.get(key);
    if (waiting?.pod.metadata.uid === uid) this.queue.activate([waiting.pod]);
  }

  /** Evicts the victims; less important pods nominated to the node lose their nomination. */
  #preempt({ queued, postFilter }: Cycle, node: string): void {
    const { pod } = queued;
    const nominated = this.queue.nominator
      .on(node)
      .map((placed) => placed.pod)
      .filter(
        ({ spec, status }) =>
          (spec.priority ?? 0) < (pod.spec.priority ?? 0) && (status?.nominatedNodeName ?? '') !== '',
      );
    this.#evictions.begin(postFilter!.preemption!, pod, nominated);
  }

  /** As upstream (SchedulerAsyncAPICalls is off by default), the next cycle waits until the API knows. */
  #cycleFailed(queued: QueuedPod, status: Status, nominate: string | undefined): void {
    const report = podFailed(this.#failures, queued, status, nominate);
    if (report === undefined) return;
    this.#reporting = true;
    this.#client.send(report, { port: this.#reportReplies, event: { kind: 'reported', key: queued.key } });
  }

  #bound(cycle: BindingCycle): void {
    const { framework, state, queued, node } = cycle;
    framework.postBind(state, node);
    if (this.#options.events?.enabled !== true) return;
    this.#record(state.pod, 'Normal', 'Scheduled', `Successfully assigned ${queued.key} to ${node}`);
  }

  #bindingFailed(cycle: BindingCycle, status: Status): void {
    const { queued, framework, assumed } = cycle;
    framework.unreserve(cycle.state, cycle.node);
    this.cache.forget(cycle.uid);
    this.queue.moveAll(ASSIGNED_POD_DELETE, assumed, undefined, (pod) => pod.metadata.uid !== cycle.uid);
    const report = podFailed(this.#failures, queued, refused(queued, status), undefined);
    if (report !== undefined) this.#client.send(report);
  }

  #observe(cycle: Cycle, result: 'scheduled' | 'unschedulable' | 'error', message: string): void {
    const attempts = this.#attempts;
    if (attempts?.wanted !== true) return;
    const { queued } = cycle;
    const since = queued.initialAttempt === NOT_YET ? this.#now() : (queued.initialAttempt as SimTime);
    attempts.emit({
      time: this.#now(),
      pod: queued.pod,
      slot: queued.slot,
      attempt: queued.attempts,
      profile: cycle.framework.profileName,
      result,
      node: cycle.result.kind === 'scheduled' ? cycle.result.node : '',
      evaluatedNodes: cycle.result.evaluatedNodes,
      feasibleNodes: cycle.result.kind === 'scheduled' ? cycle.result.feasibleNodes : 0,
      sinceQueued: elapsed(since, this.#now()),
      message,
    });
  }

  #record(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#options.events?.event(pod, type, reason, message);
  }

  #timestamp(): string {
    return this.#client.apiserver.clock.timestamp(this.#now());
  }

  /** Flushes happen only when there is something to flush. */
  #armTimers(): void {
    const backoff = this.queue.nextBackoffFlush;
    if (backoff < this.#backoffFlushAt) {
      if (this.#backoffFlushAt !== Infinity) this.#port.cancel(this.#backoffFlush);
      this.#backoffFlushAt = backoff;
      this.#backoffFlush = this.#port.at(backoff as SimTime, { kind: 'flush-backoff', key: '' });
    }
    const timeout = this.queue.nextUnschedulableFlush;
    if (timeout < this.#unschedulableFlushAt) {
      if (this.#unschedulableFlushAt !== Infinity) this.#port.cancel(this.#unschedulableFlush);
      this.#unschedulableFlushAt = timeout;
      this.#unschedulableFlush = this.#port.at(timeout as SimTime, { kind: 'flush-unschedulable', key: '' });
    }
  }

  #makeBindings(): BindingCycles {
    return new BindingCycles({
      now: () => this.#now(),
      send: (request, uid, key, n) =>
        this.#client.send(request, {
          port: this.#stepReplies,
          event: { kind: 'step-reply', key, n, uid, result: undefined },
        }),
      poll: (uid, key, delay) => {
        this.#port.after(delay, { kind: 'poll', key, uid });
      },
      permitTimeout: (uid, key, delay) => {
        this.#port.after(delay, { kind: 'permit-timeout', key, uid });
      },
      permitted: (cycle) => this.queue.done(cycle.uid),
      bound: (cycle) => this.#bound(cycle),
      failed: (cycle, status) => this.#bindingFailed(cycle, status),
    });
  }

  #makeEvictions(): Evictions {
    return new Evictions({
      timestamp: () => this.#timestamp(),
      send: (request, kind, preemptor, pod) =>
        this.#client.send(request, {
          port: this.#evictionReplies,
          event: { kind, key: keyOf(pod), preemptor, pod: pod.metadata.uid },
        }),
      pod: (key) => this.#pods.get(key),
      endBinding: (uid) => this.#bindings.end(uid, 'preempted by DefaultPreemption'),
      preempted: (victim, message) => this.#record(victim, 'Normal', 'Preempted', message),
      activate: (preemptor) => this.queue.activate([preemptor]),
    });
  }

  #makeFrameworks(informers: SharedInformerFactory, nominator: Nominator): ReadonlyMap<string, Framework> {
    const { configuration, registry, checkPolicies } = this.#options;
    const services: FrameworkServices = {
      snapshot: this.cache.snapshot,
      listers: informerListers(informers),
      nominator,
      now: () => this.#now(),
      draw: (purpose, object, n) => this.#simulation.random.draw(purpose, object, n),
      isPreempting: (uid) => this.#evictions.isPreempting(uid),
      waitingPods: () => this.#bindings.waitingPods(),
      activate: (pods) => this.queue.activate(pods),
      replay: () => `at ${this.#now() / 1e6} s of the run with seed ${JSON.stringify(this.#simulation.seed)}`,
      checkPolicies,
    };
    return new Map(
      configuration.profiles.map((profile) => [
        profile.schedulerName,
        new Framework(profile, registry, services),
      ]),
    );
  }

  #makeQueue(nominator: Nominator): SchedulingQueue {
    const { initialBackoff, maxBackoff } = this.#options.configuration;
    return new SchedulingQueue(
      this.frameworks,
      nominator,
      { ...defaultQueueOptions, initialBackoff, maxBackoff },
      { now: () => this.#now(), onReady: () => this.#wake() },
    );
  }

  #makeAlgorithms(): void {
    const position = { next: 0 };
    const { configuration, tieBreak = 'random' } = this.#options;
    const { percentageOfNodesToScore } = configuration;
    for (const [name, framework] of this.frameworks)
      this.#algorithms.set(
        name,
        new SchedulingAlgorithm(framework, { percentageOfNodesToScore, tieBreak, position }),
      );
  }

  #makeHandlers(): EventHandlers {
    return new EventHandlers({
      cache: this.cache,
      queue: this.queue,
      isResponsible: (schedulerName) => this.frameworks.has(schedulerName),
      rejectWaiting: (uid) => this.#bindings.reject(uid, '', 'removed'),
    });
  }
}

/** Notes who refused the node that had been chosen for the pod; what the pod is told of it. */
function refused(queued: QueuedPod, status: Status): Status {
  if (!isRejection(status)) return status;
  if (status.code === 'Pending') queued.pendingFor(status.plugin);
  else queued.rejectedBy(status.plugin);
  return refusedOnNode(status);
}
