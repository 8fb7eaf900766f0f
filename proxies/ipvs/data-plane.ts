/** The ipvs data plane: the kernel's round robin, one turn per node and virtual server. */
import { ClientAffinity } from '../../sim/network/affinity.ts';
import type { Endpoint } from '../../sim/network/endpoints.ts';
import type { PortRules } from '../../sim/network/port-rules.ts';
import type { DataPlane, Flow, PortDataPlane, Refusal } from '../../sim/network/proxy.ts';
import { COSTS } from './costs.ts';

export class IpvsDataPlane implements DataPlane {
  port(): PortDataPlane {
    return new IpvsPort();
  }

  synced(): void {
    // A hash lookup: neither the number of services nor the sync matters.
  }
}

/** Where a node's turn stands. */
interface Turn {
  rules: PortRules | undefined;
  endpoints: readonly Endpoint[];
  next: number;
  /** The endpoint chosen last, by key, to find the place again in changed rules. */
  last: number;
  affinity: ClientAffinity | undefined;
}

class IpvsPort implements PortDataPlane {
  readonly requestUs = COSTS.establishedRequest.value;
  /** By node, inside and outside traffic apart: they use different virtual servers. */
  readonly #turns: Turn[] = [];

  route(flow: Flow, rules: PortRules): Endpoint | Refusal {
    const turn = this.#turnOf(flow);
    if (turn.rules !== rules) place(turn, flow, rules);
    const count = turn.endpoints.length;
    // A virtual server without real servers answers like a closed port.
    if (count === 0) return 'reject';
    if (rules.port.affinitySeconds > 0) return withAffinity(turn, flow, rules.port.affinitySeconds);
    return take(turn);
  }

  connectUs(): number {
    return COSTS.connect.value;
  }

  #turnOf(flow: Flow): Turn {
    const index = 2 * flow.nodeIndex + (flow.external ? 1 : 0);
    let turn = this.#turns[index];
    if (turn === undefined) {
      turn = { rules: undefined, endpoints: [], next: 0, last: -1, affinity: undefined };
      this.#turns[index] = turn;
    }
    return turn;
  }
}

/**
 * The turn goes on behind the endpoint chosen last. DEVIATION: real servers stand in order of address, not in the
 * kernel's order of insertion; each still gets every n-th connection.
 */
function place(turn: Turn, flow: Flow, rules: PortRules): void {
  const usable = rules.usableBy(flow.node);
  const local = flow.external ? rules.port.externalLocal : rules.port.internalLocal;
  turn.rules = rules;
  turn.endpoints = local && usable.local.length > 0 ? usable.local : usable.cluster;
  const next = turn.endpoints.findIndex((e) => e.key > turn.last);
  turn.next = next < 0 ? 0 : next;
}

function take(turn: Turn): Endpoint {
  const endpoint = turn.endpoints[turn.next]!;
  turn.next = turn.next + 1 < turn.endpoints.length ? turn.next + 1 : 0;
  turn.last = endpoint.key;
  return endpoint;
}

/** A persistence template per client. */
function withAffinity(turn: Turn, flow: Flow, ttlSeconds: number): Endpoint {
  turn.affinity ??= new ClientAffinity();
  const key = turn.affinity.of(flow.client, ttlSeconds, flow.now);
  const known = key === undefined ? undefined : turn.endpoints.find((e) => e.key === key);
  const endpoint = known ?? take(turn);
  turn.affinity.use(flow.client, endpoint.key, flow.now);
  return endpoint;
}
