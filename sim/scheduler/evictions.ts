/**
 * Carrying out a preemption: less important pods lose their nomination to the node; then victims are marked and deleted, all
 * but the last at once, then the last. The preemptor is not tried again before (`framework/preemption/executor.go` with
 * SchedulerAsyncPreemption, Kubernetes v1.36).
 */
import { isTerminating, keyOf, type Pod } from '../api/index.ts';
import type { ApiRequest, ApiResult } from '../apiserver/request.ts';
import type { PreemptionPlan } from './framework/interface.ts';
import { schedulerNameOf } from './framework/profile.ts';
import { changedCondition, patchStatus } from './pod-status.ts';

export interface EvictionServices {
  timestamp(): string;
  /** `pod` is the victim, or the pod whose nomination is withdrawn. */
  send(request: ApiRequest, kind: EvictionStep, preemptor: string, pod: Pod): void;
  /** The pod as the informer has it. */
  pod(key: string): Pod | undefined;
  /** Ends the binding of a victim that waits for Permit or is in PreBind, so that it is tried again; false if it does not. */
  endBinding(uid: string): boolean;
  preempted(victim: Pod, message: string): void;
  /** An API call failed: the preemptor must not be left waiting. */
  activate(preemptor: Pod): void;
}

export type EvictionStep = 'nomination-cleared' | 'victim-marked' | 'victim-deleted';

interface Eviction {
  readonly preemptor: Pod;
  readonly node: string;
  readonly last: Pod;
  readonly victims: ReadonlyMap<string, Pod>;
  /** Answers awaited before the next stage. */
  pending: number;
  stage: 'nominations' | 'victims' | 'last';
  /** A victim could not be evicted: the last one is spared. */
  failed: boolean;
  /** A nomination could not be withdrawn: the preemptor is tried again once all is done. */
  troubled: boolean;
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
    if (eviction.stage !== 'last') return true;
    const last = this.#services.pod(keyOf(eviction.last));
    return last !== undefined && !isTerminating(last);
  }

  /** `nominated`: less important pods that were to go to the node. */
  begin(plan: PreemptionPlan, preemptor: Pod, nominated: readonly Pod[]): void {
    const victims = plan.victims.filter((victim) => !isTerminating(victim));
    const last = victims.at(-1);
    if (last === undefined) return;
    const eviction: Eviction = {
      preemptor,
      node: plan.node,
      last,
      victims: new Map(victims.map((victim) => [victim.metadata.uid, victim])),
      pending: nominated.length,
      stage: 'nominations',
      failed: false,
      troubled: false,
    };
    this.#running.set(preemptor.metadata.uid, eviction);
    for (const pod of nominated)
      this.#send(eviction, pod, patchStatus(pod, { nominatedNodeName: '' }), 'nomination-cleared');
    this.#goOn(eviction);
  }

  nominationCleared(preemptor: string, pod: string, result: ApiResult): void {
    const eviction = this.#answered(preemptor, pod);
    if (eviction === undefined) return;
    if (!result.ok) eviction.troubled = true;
    eviction.pending--;
    this.#goOn(eviction);
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
    if (result.ok) this.#services.preempted(pod, preemptedText(eviction));
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
    if (this.#services.endBinding(victim.metadata.uid)) {
      this.#services.preempted(victim, `${preemptedText(eviction)} (in kube-scheduler memory).`);
      this.#ended(eviction, true);
      return;
    }
    const scheduler = schedulerNameOf(eviction.preemptor);
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

  #send(eviction: Eviction, pod: Pod, request: ApiRequest, kind: EvictionStep): void {
    const { uid } = eviction.preemptor.metadata;
    this.#awaited.set(answerKey(uid, pod.metadata.uid), eviction);
    this.#services.send(request, kind, uid, pod);
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

  /** The next stage, once all answers of this one are there. */
  #goOn(eviction: Eviction): void {
    if (eviction.pending > 0) return;
    const { victims, last } = eviction;
    if (eviction.stage === 'nominations') {
      eviction.stage = 'victims';
      // Victims whose binding ends are done at once: the last one must not begin before the others have.
      eviction.pending = 1;
      for (const victim of victims.values()) if (victim !== last) this.#evict(eviction, victim);
      this.#ended(eviction, true);
    } else if (eviction.stage === 'victims' && !eviction.failed) {
      eviction.stage = 'last';
      this.#evict(eviction, last);
    } else this.#end(eviction);
  }

  #end(eviction: Eviction): void {
    const { preemptor, failed, troubled } = eviction;
    const { uid } = preemptor.metadata;
    if (this.#running.get(uid) === eviction) this.#running.delete(uid);
    if (failed || troubled) this.#services.activate(preemptor);
  }
}

const preemptedText = ({ preemptor, node }: Eviction): string =>
  `Preempted by pod ${preemptor.metadata.uid} on node ${node}`;

const answerKey = (preemptor: string, pod: string): string => `${preemptor} ${pod}`;
