/**
 * How a new connection to a Service gets to a pod, or why it does not: the client's node's rules, then what the
 * world holds behind the address they name. Results are left in fields: there is one connection at a time.
 */
import { NEVER, type SimTime } from '../engine/index.ts';
import type { Machine, Sandbox, World } from '../world/index.ts';
import type { Endpoint } from './endpoints.ts';
import type { PortRules } from './port-rules.ts';
import type { Flow } from './proxy.ts';
import type { ProxyNodeState } from './proxy-nodes.ts';
import type { RequestOutcome } from './request-outcome.ts';
import type { PortHistory } from './rule-timeline.ts';
import type { ServiceNetwork } from './service-network.ts';
import type { ProxyNode } from './usable-endpoints.ts';

/** Where a client is. */
export interface ClientPlace {
  /** Stands for its address. */
  readonly client: number;
  /** Undefined: outside the cluster. */
  readonly machine: Machine | undefined;
}

class MutableFlow implements Flow {
  node: ProxyNode = { name: '', zone: '', ip: '' };
  nodeIndex = 0;
  external = false;
  client = 0;
  now = 0 as SimTime;
  draw = 0;
  tried = 0;
}

export class Connector {
  /** `ok`: `sandbox` has accepted; anything else: the failure and how long it took. */
  outcome: RequestOutcome = 'ok';
  /** µs until the connection stood or failed. */
  latencyUs = 0;
  /** One way between client and pod, µs; of an accepted connection. */
  linkUs = 0;
  sandbox: Sandbox | undefined;
  endpoint: Endpoint | undefined;
  /** The rules of this node named an endpoint that the API knew to be gone. */
  stale = false;
  readonly #network: ServiceNetwork;
  readonly #world: World;
  readonly #flow = new MutableFlow();
  #toEntryUs = 0;
  readonly #dialTimeoutsUs: readonly number[];
  /** Saves looking up the address: right as long as the sandbox exists. */
  readonly #sandboxes = new WeakMap<Endpoint, Sandbox>();

  constructor(network: ServiceNetwork, world: World) {
    this.#network = network;
    this.#world = world;
    this.#dialTimeoutsUs = network.mode.dialTimeoutsUs;
  }

  /** `entry`: the node whose rules apply, that of the client or the one outside traffic enters by. */
  connect(
    place: ClientPlace,
    entry: ProxyNodeState | undefined,
    history: PortHistory | undefined,
    now: SimTime,
    draw: number,
    timeoutUs: number,
  ): void {
    this.sandbox = undefined;
    this.endpoint = undefined;
    this.stale = false;
    // No such Service: its name does not resolve.
    if (history === undefined) this.#fail('no-endpoints', 0);
    else if (entry === undefined || entry.machine?.up === false) this.#fail('connect-timeout', timeoutUs);
    else {
      const position = entry.position(now);
      const rules = position < 0 ? undefined : history.at(position);
      // Without rules nothing answers at the Service's address.
      if (rules === undefined || (place.machine === undefined && !rules.port.external)) {
        this.#fail('connect-timeout', timeoutUs);
      } else {
        this.#aim(place, entry, now, draw);
        this.#route(entry.machine, history, rules, timeoutUs);
      }
    }
  }

  #aim(place: ClientPlace, entry: ProxyNodeState, now: SimTime, draw: number): void {
    const flow = this.#flow;
    flow.node = entry.node;
    flow.nodeIndex = entry.index;
    flow.external = place.machine === undefined;
    flow.client = place.client;
    flow.now = now;
    flow.draw = draw;
    this.#toEntryUs = flow.external ? this.#world.latencyUs(undefined, entry.machine) : 0;
  }

  /** One endpoint after the other in modes that dial themselves, else just one. */
  #route(from: Machine | undefined, history: PortHistory, rules: PortRules, timeoutUs: number): void {
    const flow = this.#flow;
    const dials = this.#dialTimeoutsUs;
    let dialledUs = 0;
    for (flow.tried = 0; ; flow.tried++) {
      const target = history.plane.route(flow, rules);
      if (target === 'reject' || target === 'drop') {
        this.#fail('no-endpoints', timeoutUs);
        if (target === 'drop') return;
        break;
      }
      this.#reach(target, from);
      this.stale ||= this.#isStale(history, rules, target);
      if (this.outcome === 'ok' || dials.length === 0) break;
      dialledUs += this.outcome === 'connection-refused' ? 2 * this.linkUs : dials[flow.tried]!;
      if (flow.tried + 1 === dials.length) break;
    }
    this.#time(history.plane.connectUs(flow, rules, dialledUs) + dialledUs, timeoutUs);
  }

  /** How long it took, by outcome. `proxyUs`: what the proxy added. */
  #time(proxyUs: number, timeoutUs: number): void {
    const byProxy =
      this.outcome === 'no-endpoints' || (this.outcome !== 'ok' && this.#dialTimeoutsUs.length > 0);
    if (this.outcome === 'connect-timeout' && !byProxy) this.latencyUs = timeoutUs;
    else {
      this.linkUs = this.#toEntryUs + (byProxy ? 0 : this.linkUs);
      this.latencyUs = 2 * this.linkUs + proxyUs;
    }
  }

  /** Sets outcome, sandbox and link for a packet to this endpoint. */
  #reach(target: Endpoint, from: Machine | undefined): void {
    const sandbox = this.#sandboxOf(target);
    this.endpoint = target;
    if (sandbox === undefined) {
      // A running machine answers for an address of its own that it has no pod for; a dead one is silent.
      const machine = this.#world.machineOwning(target.ip);
      this.outcome = machine?.up === true ? 'connection-refused' : 'connect-timeout';
      this.linkUs = machine === undefined ? 0 : this.#world.latencyUs(from, machine);
      return;
    }
    this.linkUs = this.#world.latencyUs(from, sandbox.machine);
    const accepts =
      sandbox.servingSince !== NEVER && (target.podKey === '' || target.podKey === sandbox.podKey);
    this.outcome = accepts ? 'ok' : 'connection-refused';
    this.sandbox = accepts ? sandbox : undefined;
  }

  #sandboxOf(target: Endpoint): Sandbox | undefined {
    const known = this.#sandboxes.get(target);
    if (known !== undefined && known.goneAt === NEVER) return known;
    const sandbox = this.#world.sandboxAt(target.ip);
    if (sandbox === undefined) return undefined;
    if (!sandbox.hostNetwork) this.#sandboxes.set(target, sandbox);
    if (!sandbox.hostNetwork || sandbox.podKey === target.podKey) return sandbox;
    // Pods in the host's network share its address and differ by port.
    for (const other of sandbox.machine.hostSandboxes) if (other.podKey === target.podKey) return other;
    return sandbox;
  }

  #isStale(history: PortHistory, rules: PortRules, target: Endpoint): boolean {
    if (rules === history.newest && !history.behind) return false;
    return this.#network.isStale(history, target, rules.port.service);
  }

  #fail(outcome: RequestOutcome, latencyUs: number): void {
    this.outcome = outcome;
    this.latencyUs = latencyUs;
  }
}
