/**
 * The binding cycle: waiting for Permit, PreBind, Bind, PostBind (schedule_one.go, Kubernetes v1.36). Many run at once, each a
 * chain of steps: a plugin decides, its requests are sent, it is asked again with the answers.
 */
import type { Pod } from '../api/index.ts';
import type { ApiRequest, ApiResult } from '../apiserver/request.ts';
import { type Duration, minutes, type SimTime } from '../engine/index.ts';
import { onNode } from './cache/placed-pod.ts';
import type { CycleState } from './framework/cycle-state.ts';
import type { Pause, Plugin, WaitingPod } from './framework/interface.ts';
import type { Framework } from './framework/runtime.ts';
import { failure, Status, unschedulable } from './framework/status.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import { SteadyMap } from './queue/steady-map.ts';

/** Upstream's maxTimeout of Permit. */
const MAX_PERMIT_TIMEOUT: Duration = minutes(15);

/** How the binding cycles reach the world; the scheduler component's side. */
export interface BindingServices {
  now(): SimTime;
  send(request: ApiRequest, uid: string, key: string, number: number): void;
  poll(uid: string, key: string, delay: Duration): void;
  permitTimeout(uid: string, key: string, delay: Duration): void;
  /** Permit is granted: what happens now cannot make the pod unschedulable any more. */
  permitted(cycle: BindingCycle): void;
  bound(cycle: BindingCycle): void;
  failed(cycle: BindingCycle, status: Status): void;
}

export class BindingCycle {
  readonly queued: QueuedPod;
  readonly node: string;
  readonly state: CycleState;
  readonly framework: Framework;
  point: 'permit' | 'preBind' | 'bind' = 'permit';
  plugin = 0;
  turn = 0;
  /** Answers to the requests of the last pause; undefined where one is missing. */
  results: (ApiResult | undefined)[] = NO_RESULTS;
  missing = 0;
  /** The number of the first of those requests: answers to a cycle that was ended are known by theirs. */
  firstRequest = 0;
  #assumed: Pod | undefined;
  #permits: Map<string, SimTime> | undefined;

  constructor(queued: QueuedPod, node: string, state: CycleState, framework: Framework) {
    this.queued = queued;
    this.node = node;
    this.state = state;
    this.framework = framework;
  }

  get uid(): string {
    return this.state.pod.metadata.uid;
  }

  /** Permit plugins still waiting, each until when. Few pods have any. */
  get permits(): Map<string, SimTime> {
    return (this.#permits ??= new Map());
  }

  get waits(): boolean {
    return this.#permits !== undefined && this.#permits.size > 0;
  }

  /** The pod with its node name set. */
  get assumed(): Pod {
    return (this.#assumed ??= onNode(this.state.pod, this.node));
  }
}

const NO_RESULTS: (ApiResult | undefined)[] = [];
const NO_REQUESTS: readonly ApiRequest[] = [];

export class BindingCycles {
  readonly #services: BindingServices;
  /** By uid. */
  readonly #running = new SteadyMap<BindingCycle>();
  #waiting = 0;
  #requests = 0;

  constructor(services: BindingServices) {
    this.#services = services;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Runs the Permit plugins; their rejection, or undefined if the pod may go on or has to wait. */
  permit(cycle: BindingCycle): Status | undefined {
    for (const { plugin } of cycle.framework.plugins.at.permit) {
      const { status, timeout } = cycle.framework.permit(plugin, cycle.state, cycle.node);
      if (status === undefined || status.code === 'Success') continue;
      if (status.code !== 'Wait') return status.of(plugin.name);
      const wait = Math.min(timeout ?? MAX_PERMIT_TIMEOUT, MAX_PERMIT_TIMEOUT);
      cycle.permits.set(plugin.name, (this.#services.now() + wait) as SimTime);
    }
    return undefined;
  }

  /** Begins the cycle of an assumed, reserved and permitted (or waiting) pod. */
  start(cycle: BindingCycle): void {
    this.#running.set(cycle.uid, cycle);
    if (!cycle.waits) {
      this.#afterPermit(cycle);
      return;
    }
    this.#waiting++;
    const soonest = Math.min(...cycle.permits.values());
    this.#services.permitTimeout(cycle.uid, cycle.queued.key, (soonest - this.#services.now()) as Duration);
  }

  waitingPods(): readonly WaitingPod[] {
    if (this.#waiting === 0) return [];
    return [...this.#running.values()].filter(isWaiting).map((cycle) => ({
      pod: cycle.assumed,
      node: cycle.node,
      pendingPlugins: [...cycle.permits.keys()],
      allow: (plugin) => this.#allow(cycle, plugin),
      reject: (plugin, message) => this.reject(cycle.uid, plugin, message),
    }));
  }

  /** Ends a wait for Permit; false if the pod does not wait. */
  reject(uid: string, plugin: string, message: string): boolean {
    const cycle = this.#running.get(uid);
    if (!isWaiting(cycle)) return false;
    this.#fail(cycle, unschedulable(message).of(plugin));
    return true;
  }

  /**
   * Ends a binding that no API server knows of: one that waits for Permit, or is in PreBind. False if there is none. For the pod
   * this is an error, not a rejection: it is tried again after its back-off (upstream's `Preempt` and `CancelPod`).
   */
  end(uid: string, message: string): boolean {
    const cycle = this.#running.get(uid);
    if (cycle === undefined || cycle.point === 'bind') return false;
    const plugin = cycle.framework.plugins.at.preBind[cycle.plugin]?.plugin;
    const waiting = isWaiting(cycle) || plugin === undefined;
    this.#fail(
      cycle,
      waiting
        ? failure(`waiting on permit for pod: ${message}`)
        : stepFailure('preBind', plugin, failure(message)),
    );
    return true;
  }

  timedOut(uid: string): void {
    const cycle = this.#running.get(uid);
    if (!isWaiting(cycle)) return;
    for (const [plugin, until] of cycle.permits)
      if (until <= this.#services.now()) {
        const text = `rejected due to timeout after waiting at plugin ${plugin}`;
        this.#fail(cycle, unschedulable(text).of(plugin));
        return;
      }
  }

  /** An answer to a request of the step under way. */
  reply(uid: string, number: number, result: ApiResult): void {
    const cycle = this.#running.get(uid);
    if (cycle === undefined) return;
    const { results } = cycle;
    const i = number - cycle.firstRequest;
    if (i < 0 || i >= results.length || results[i] !== undefined) return;
    results[i] = result;
    if (--cycle.missing === 0) this.#resume(cycle);
  }

  poll(uid: string): void {
    const cycle = this.#running.get(uid);
    if (cycle !== undefined && cycle.missing === 0) this.#resume(cycle);
  }

  #allow(cycle: BindingCycle, plugin: string): void {
    if (!isWaiting(cycle) || !cycle.permits.delete(plugin) || cycle.waits) return;
    this.#waiting--;
    this.#afterPermit(cycle);
  }

  #afterPermit(cycle: BindingCycle): void {
    cycle.point = 'preBind';
    this.#services.permitted(cycle);
    this.#resume(cycle);
  }

  #resume(cycle: BindingCycle): void {
    if (cycle.point === 'preBind' && !this.#runPoint(cycle, 'preBind')) return;
    if (cycle.point === 'preBind') {
      cycle.point = 'bind';
      cycle.plugin = 0;
    }
    if (!this.#runPoint(cycle, 'bind')) return;
    this.#running.delete(cycle.uid);
    this.#services.bound(cycle);
  }

  /** True when the point is done; false while it waits, or after it failed. */
  #runPoint(cycle: BindingCycle, point: 'preBind' | 'bind'): boolean {
    const plugins = cycle.framework.plugins.at[point];
    for (; cycle.plugin < plugins.length; cycle.plugin++) {
      const built = plugins[cycle.plugin]!;
      if (cycle.state.ignoring.has(built)) continue;
      const outcome = this.#ask(cycle, point, built.plugin);
      if (outcome instanceof Status && outcome.code !== 'Success') {
        if (point === 'bind' && outcome.code === 'Skip') continue;
        this.#fail(cycle, stepFailure(point, built.plugin, outcome));
        return false;
      }
      if (outcome !== undefined && !(outcome instanceof Status)) {
        this.#pause(cycle, outcome);
        return false;
      }
      if (point === 'bind') return true;
    }
    if (point === 'preBind') return true;
    this.#fail(cycle, failure('no bind plugin took the pod'));
    return false;
  }

  #ask(cycle: BindingCycle, point: 'preBind' | 'bind', plugin: Plugin): Status | Pause | undefined {
    // All have come: `missing` is 0.
    const results = cycle.results as readonly ApiResult[];
    const turn = { number: cycle.turn, now: this.#services.now(), results };
    const outcome = cycle.framework.step(point, plugin, cycle.state, cycle.node, turn);
    cycle.results = NO_RESULTS;
    cycle.turn = outcome === undefined || outcome instanceof Status ? 0 : cycle.turn + 1;
    return outcome;
  }

  #pause(cycle: BindingCycle, { requests = NO_REQUESTS, pollAfter }: Pause): void {
    const { uid, queued } = cycle;
    cycle.missing = requests.length;
    if (requests.length === 0) {
      this.#services.poll(uid, queued.key, pollAfter ?? (0 as Duration));
      return;
    }
    cycle.results = [];
    cycle.firstRequest = this.#requests;
    for (let i = 0; i < requests.length; i++) cycle.results.push(undefined);
    for (const request of requests) this.#services.send(request, uid, queued.key, this.#requests++);
  }

  #fail(cycle: BindingCycle, status: Status): void {
    if (isWaiting(cycle)) this.#waiting--;
    if (cycle.waits) cycle.permits.clear();
    this.#running.delete(cycle.uid);
    this.#services.failed(cycle, status);
  }
}

const isWaiting = (cycle: BindingCycle | undefined): cycle is BindingCycle =>
  cycle !== undefined && cycle.point === 'permit' && cycle.waits;

function stepFailure(point: 'preBind' | 'bind', plugin: Plugin, status: Status): Status {
  if (status.code !== 'Error') return status.of(plugin.name);
  const name = point === 'bind' ? 'Bind' : 'PreBind';
  return failure(`running ${name} plugin "${plugin.name}": ${status.message}`).of(plugin.name);
}
