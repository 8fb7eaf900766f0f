/**
 * The userspace data plane: the proxy accepts, chooses an endpoint, dials it in the client's place and copies.
 * Source: pkg/proxy/userspace, Kubernetes v1.25.16. Traffic policies, hints and terminating endpoints mean nothing here.
 */
import type { Endpoint } from '../../sim/network/endpoints.ts';
import type { PortRules } from '../../sim/network/port-rules.ts';
import type { DataPlane, Flow, NodeDraws, PortDataPlane, Refusal } from '../../sim/network/proxy.ts';
import { RoundRobin } from './balancer.ts';
import { COSTS } from './costs.ts';

export class UserspaceDataPlane implements DataPlane {
  readonly #draws: NodeDraws;

  constructor(draws: NodeDraws) {
    this.#draws = draws;
  }

  port(key: string): PortDataPlane {
    return new UserspacePort(key, this.#draws);
  }

  synced(): void {
    // One redirect rule per service port: no measurable walk.
  }
}

/** The proxy of one service port on one node. */
interface Listener {
  rules: PortRules | undefined;
  readonly balancer: RoundRobin<Endpoint>;
  /** Until when its accept loop waits for a dial, µs. */
  busyUntilUs: number;
}

class UserspacePort implements PortDataPlane {
  readonly requestUs = COSTS.establishedRequest.value;
  readonly #key: string;
  readonly #draws: NodeDraws;
  readonly #listeners: Listener[] = [];

  constructor(key: string, draws: NodeDraws) {
    this.#key = key;
    this.#draws = draws;
  }

  route(flow: Flow, rules: PortRules): Endpoint | Refusal {
    const listener = this.#listenerOf(flow.nodeIndex);
    if (listener.rules !== rules) {
      listener.rules = rules;
      listener.balancer.update(rules.ready, () => this.#draws.at(this.#key, flow.nodeIndex, rules.revision));
    }
    const { client, now, tried } = flow;
    return listener.balancer.choose(client, rules.port.affinitySeconds, tried > 0, now) ?? 'reject';
  }

  /** Dials happen in the accept loop: one that takes long makes the next clients of this port wait. */
  connectUs(flow: Flow, _rules: PortRules, dialledUs: number): number {
    const listener = this.#listenerOf(flow.nodeIndex);
    const waitUs = Math.max(0, listener.busyUntilUs - flow.now);
    if (dialledUs > 0) listener.busyUntilUs = flow.now + waitUs + dialledUs;
    return waitUs + COSTS.connect.value;
  }

  #listenerOf(nodeIndex: number): Listener {
    let listener = this.#listeners[nodeIndex];
    if (listener === undefined) {
      listener = { rules: undefined, balancer: new RoundRobin(), busyUntilUs: 0 };
      this.#listeners[nodeIndex] = listener;
    }
    return listener;
  }
}
