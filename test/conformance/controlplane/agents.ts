/**
 * The kubelets of the recordings' nodes. KWOK's nodes renew their leases for ever; on the others the recorder was the kubelet: pods
 * Ready half a second after binding, gone half a second after deletion, nothing at all while it is stopped (README).
 */
import type { Node } from '../../../sim/api/index.ts';
import type { HeartbeatView } from '../../../sim/controllers/index.ts';
import type { SimTime } from '../../../sim/engine/index.ts';

const RENEWAL_US = 10e6;

export interface Agent {
  /** The recorder, not KWOK. */
  readonly recorder: boolean;
  readonly since: SimTime;
  /** Its last renewal, if it is stopped. */
  stopped: SimTime | undefined;
}

export class Agents implements HeartbeatView {
  readonly #agents = new Map<string, Agent>();
  readonly #listeners: ((node: string) => void)[] = [];

  add(node: Node, now: SimTime): void {
    const recorder = node.metadata.annotations?.['kwok.x-k8s.io/node'] === undefined;
    this.#agents.set(node.metadata.name, { recorder, since: now, stopped: undefined });
  }

  of(node: string): Agent | undefined {
    return this.#agents.get(node);
  }

  isStopped(node: string): boolean {
    return this.#agents.get(node)?.stopped !== undefined;
  }

  stop(node: string, lastRenewal: SimTime): void {
    this.#set(node, lastRenewal);
  }

  start(node: string): void {
    this.#set(node, undefined);
  }

  #set(node: string, stopped: SimTime | undefined): void {
    const agent = this.#agents.get(node);
    if (agent === undefined) return;
    agent.stopped = stopped;
    for (const listener of this.#listeners) listener(node);
  }

  lastRenewal(node: string, now: SimTime): SimTime | undefined {
    const agent = this.#agents.get(node);
    if (agent === undefined) return undefined;
    return (
      agent.stopped ?? ((agent.since + Math.floor((now - agent.since) / RENEWAL_US) * RENEWAL_US) as SimTime)
    );
  }

  renews(node: string): boolean {
    return this.#agents.get(node)?.stopped === undefined && this.#agents.has(node);
  }

  onHeartbeatChange(listener: (node: string) => void): void {
    this.#listeners.push(listener);
  }
}
