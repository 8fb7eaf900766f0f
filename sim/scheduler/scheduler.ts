/**
 * kube-scheduler as a component: one scheduling cycle at a time, binding cycles beside it (`pkg/scheduler/scheduler.go`,
 * Kubernetes v1.36).
 */
import { keyOf, type Pod } from '../api/index.ts';
import type { ObservationBus } from '../api/observations.ts';
import type { ApiClient, EventRecorder, Informer, SharedInformerFactory } from '../client/index.ts';
import {
  type Component,
  type Duration,
  Phase,
  type Port,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import { type BindingCycle, BindingCycles } from './binding-cycle.ts';
import { SchedulerCache } from './cache/cache.ts';
import type { SchedulerConfiguration } from './configuration/configuration.ts';
import { type CycleLatency, cycleDuration, defaultCycleLatency } from './cycle-latency.ts';
import type { Decision } from './decision.ts';
import { EventHandlers, informerListers, onEveryState, podInformer } from './event-handlers.ts';
import { Evictions } from './evictions.ts';
import { type FailureServices, podFailed, refused } from './failures.ts';
import { FlushTimers } from './flush-timers.ts';
import { ASSIGNED_POD_DELETE } from './framework/cluster-event.ts';
import type { FrameworkServices } from './framework/handle.ts';
import type { PluginRegistry } from './framework/interface.ts';
import { Nominator } from './framework/nominator.ts';
import { Framework } from './framework/runtime.ts';
import type { Status } from './framework/status.ts';
import { defaultQueueOptions, SchedulingQueue } from './queue/scheduling-queue.ts';
import type { EvictionReplyEvent, ReportedEvent, SchedulerEvent, StepReplyEvent } from './scheduler-event.ts';
import { SchedulingCycles } from './scheduling-cycle.ts';
import { SchedulingAlgorithm } from './search/algorithm.ts';
import type { TieBreak } from './search/node-priorities.ts';

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

export class Scheduler implements Component<SchedulerEvent> {
  readonly name: string;
  readonly cache = new SchedulerCache();
  readonly queue: SchedulingQueue;
  /** By schedulerName. */
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly #simulation: Simulation;
  readonly #client: ApiClient;
  readonly #options: SchedulerOptions;
  readonly #port: Port<SchedulerEvent>;
  readonly #stepReplies: Port<StepReplyEvent>;
  readonly #evictionReplies: Port<EvictionReplyEvent>;
  readonly #reportReplies: Port<ReportedEvent>;
  readonly #bindings: BindingCycles;
  readonly #evictions: Evictions;
  readonly #pods: Informer<Pod>;
  readonly #failures: FailureServices;
  readonly #cycles: SchedulingCycles;
  readonly #flushes: FlushTimers;
  #waking = false;

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
    this.#cycles = this.#makeCycles();
    this.#flushes = new FlushTimers(this.#port);
    const [framework] = this.frameworks.values();
    if (framework?.guard.checking === true)
      onEveryState(informers, (object) => framework.guard.freeze(object));
    this.#makeHandlers().listen(informers);
  }

  handle(event: SchedulerEvent): void {
    switch (event.kind) {
      case 'wake':
        this.#waking = false;
        // A cycle that ended meanwhile may have begun the next one itself.
        if (!this.#cycles.busy) this.#cycles.begin();
        break;
      case 'cycle-end':
        this.#cycles.end();
        break;
      case 'flush-backoff':
        this.#flushes.fired(event.kind);
        this.queue.flushBackoff();
        break;
      case 'flush-unschedulable':
        this.#flushes.fired(event.kind);
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
        this.#cycles.reported();
        break;
      default:
        event satisfies never;
    }
    this.#flushes.arm(this.queue);
  }

  /** True if no pod waits, is being tried, or is being bound. */
  get idle(): boolean {
    return !this.#cycles.busy && this.#bindings.size === 0 && !this.queue.ready;
  }

  #now(): SimTime {
    return this.#simulation.now;
  }

  /** A pod can be popped: it is, once everything else of this instant is known. */
  #wake(): void {
    this.#flushes.arm(this.queue);
    if (this.#cycles.busy || this.#waking) return;
    this.#waking = true;
    this.#port.after(0 as Duration, { kind: 'wake', key: '' });
  }

  #retry(key: string, uid: string): void {
    const waiting = this.queue.get(key);
    if (waiting?.pod.metadata.uid === uid) this.queue.activate([waiting.pod]);
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

  #record(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#options.events?.event(pod, type, reason, message);
  }

  #timestamp(): string {
    return this.#client.apiserver.clock.timestamp(this.#now());
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

  #makeAlgorithms(): ReadonlyMap<string, SchedulingAlgorithm> {
    const { configuration, tieBreak = 'random' } = this.#options;
    const { percentageOfNodesToScore } = configuration;
    const options = { percentageOfNodesToScore, tieBreak, position: { next: 0 } };
    return new Map(
      [...this.frameworks].map(([name, framework]) => [name, new SchedulingAlgorithm(framework, options)]),
    );
  }

  #makeCycles(): SchedulingCycles {
    const { observations, onDecision, cycleLatency: latency = defaultCycleLatency } = this.#options;
    return new SchedulingCycles({
      cache: this.cache,
      queue: this.queue,
      bindings: this.#bindings,
      evictions: this.#evictions,
      failures: this.#failures,
      algorithms: this.#makeAlgorithms(),
      attempts: observations?.channel('scheduling-attempt'),
      onDecision,
      now: () => this.#now(),
      takeTime: ({ pod, key }, n) => {
        this.#port.after(cycleDuration(latency, pod, n), { kind: 'cycle-end', key, n });
      },
      report: (request, key) =>
        this.#client.send(request, { port: this.#reportReplies, event: { kind: 'reported', key } }),
      retry: ({ pod, key }, after) => {
        this.#port.after(after, { kind: 'retry', key, uid: pod.metadata.uid });
      },
    });
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
