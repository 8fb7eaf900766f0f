/**
 * Carrying out a preemption: victims are marked and deleted, all but the last at once, then the last; the preemptor is not
 * tried again before (`framework/preemption/executor.go` with SchedulerAsyncPreemption, Kubernetes v1.36).
 */
import { isTerminating, keyOf, type Pod } from '../api/index.ts';
import type { ApiRequest, ApiResult } from '../apiserver/request.ts';
import type { PreemptionPlan } from './framework.ts';
import { changedCondition, patchStatus } from './pod-status.ts';

export interface EvictionServices {
  timestamp(): string;
  send(request: ApiRequest, kind: 'victim-marked' | 'victim-deleted', preemptor: string, victim: Pod): void;
  /** The pod as the informer has it. */
  pod(key: string): Pod | undefined;
  /** Ends a victim that only waits for Permit; false if it does not. */
  rejectWaiting(uid: string): boolean;
  preempted(victim: Pod, preemptor: Pod, node: string): void;
  /** An API call failed: the preemptor must not be left waiting. */
  activate(preemptor: Pod): void;
}

interface Eviction {
  readonly preemptor: Pod;
  readonly node: string;
  readonly last: Pod;
  readonly victims: ReadonlyMap<string, Pod>;
  /** Victims under way. */
  pending: number;
  failed: boolean;
  /** Only the last victim is left. */
  lastBegun: boolean;
}

export class Evictions {
  readonly #services: EvictionServices;
  /** By preemptor uid: the latest of each. */
  readonly #running = new Map<string, Eviction>();
  /**
   * By uids of preemptor and victim: whose answer is under way. A preemptor whose last victim went by itself may begin
   * anew before that answer is there.
   */
  readonly #awaited = new Map<string, Eviction>();

  constructor(services: EvictionServices) {
    this.#services = services;
  }

  /** True until the last victim is seen to go. */
  isPreempting(uid: string): boolean {
    const eviction = this.#running.get(uid);
    if (eviction === undefined) return false;
    if (!eviction.lastBegun) return true;
    const last = this.#services.pod(keyOf(eviction.last));
    return last !== undefined && !isTerminating(last);
  }

  begin(plan: PreemptionPlan, preemptor: Pod): void {
    const victims = plan.victims.filter((victim) => !isTerminating(victim));
    const last = victims.at(-1);
    if (last === undefined) return;
    const eviction: Eviction = {
      preemptor,
      node: plan.node,
      last,
      victims: new Map(victims.map((victim) => [victim.metadata.uid, victim])),
      pending: 0,
      failed: false,
      lastBegun: false,
    };
    this.#running.set(preemptor.metadata.uid, eviction);
    // Victims that only wait for Permit are done at once: the last one must not begin before the others have.
    eviction.pending++;
    for (const victim of victims.slice(0, -1)) this.#evict(eviction, victim);
    this.#ended(eviction, true);
  }

  marked(preemptor: string, victim: string, result: ApiResult): void {
    const eviction = this.#answered(preemptor, victim);
    if (eviction === undefined) return;
    if (result.ok) {
      this.#delete(eviction, eviction.victims.get(victim)!);
      return;
    }
    this.#ended(eviction, result.error.code === 404);
  }

  deleted(preemptor: string, victim: string, result: ApiResult): void {
    const eviction = this.#answered(preemptor, victim);
    if (eviction === undefined) return;
    const pod = eviction.victims.get(victim)!;
    if (result.ok) this.#services.preempted(pod, eviction.preemptor, eviction.node);
    this.#ended(eviction, result.ok || result.error.code === 404);
  }

  #answered(preemptor: string, victim: string): Eviction | undefined {
    const key = answerKey(preemptor, victim);
    const eviction = this.#awaited.get(key);
    this.#awaited.delete(key);
    return eviction;
  }

  #evict(eviction: Eviction, victim: Pod): void {
    eviction.pending++;
    const { preemptor } = eviction;
    if (this.#services.rejectWaiting(victim.metadata.uid)) {
      this.#services.preempted(victim, preemptor, eviction.node);
      this.#ended(eviction, true);
      return;
    }
    const scheduler = preemptor.spec.schedulerName ?? 'default-scheduler';
    const condition = changedCondition(
      victim,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${scheduler}: preempting to accommodate a higher priority pod`,
      },
      this.#services.timestamp(),
    );
    if (condition === undefined) this.#delete(eviction, victim);
    else this.#send(eviction, victim, patchStatus(victim, { condition }), 'victim-marked');
  }

  #send(
    eviction: Eviction,
    victim: Pod,
    request: ApiRequest,
    kind: 'victim-marked' | 'victim-deleted',
  ): void {
    const { uid } = eviction.preemptor.metadata;
    this.#awaited.set(answerKey(uid, victim.metadata.uid), eviction);
    this.#services.send(request, kind, uid, victim);
  }

  #delete(eviction: Eviction, victim: Pod): void {
    const { namespace = '', name } = victim.metadata;
    const request: ApiRequest = { verb: 'delete', resource: 'pods', namespace, name };
    this.#send(eviction, victim, request, 'victim-deleted');
  }

  #ended(eviction: Eviction, ok: boolean): void {
    eviction.pending--;
    if (!ok) eviction.failed = true;
    this.#goOn(eviction);
  }

  #goOn(eviction: Eviction): void {
    if (eviction.pending > 0) return;
    if (!eviction.failed && !eviction.lastBegun) {
      eviction.lastBegun = true;
      this.#evict(eviction, eviction.last);
      return;
    }
    const { uid } = eviction.preemptor.metadata;
    if (this.#running.get(uid) === eviction) this.#running.delete(uid);
    if (eviction.failed) this.#services.activate(eviction.preemptor);
  }
}

const answerKey = (preemptor: string, victim: string): string => `${preemptor} ${victim}`;
