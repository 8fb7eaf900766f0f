/** The iptables data plane: a walk down KUBE-SERVICES, then a random endpoint by statistic rules; conntrack does the rest. */
import { ClientAffinity } from '../../sim/network/affinity.ts';
import type { Endpoint } from '../../sim/network/endpoints.ts';
import type { PortRules } from '../../sim/network/port-rules.ts';
import {
  candidates,
  type DataPlane,
  type Flow,
  type PortDataPlane,
  type Refusal,
  type SyncReport,
} from '../../sim/network/proxy.ts';
import { COSTS, chainWalkUs, statisticRulesUs } from './costs.ts';

export class IptablesDataPlane implements DataPlane {
  /** Rules in KUBE-SERVICES as of the last sync: one per service port, as good as. */
  servicePorts = 0;
  revision = 0;
  #ports = 0;

  port(): PortDataPlane {
    return new IptablesPort(this, this.#ports++);
  }

  synced(report: SyncReport, revision: number): void {
    this.servicePorts = report.servicePorts;
    this.revision = revision;
  }
}

class IptablesPort implements PortDataPlane {
  readonly requestUs = COSTS.establishedRequest.value;
  readonly #plane: IptablesDataPlane;
  readonly #number: number;
  readonly #affinity = new Map<number, ClientAffinity>();
  #passed = 0;

  constructor(plane: IptablesDataPlane, number: number) {
    this.#plane = plane;
    this.#number = number;
  }

  route(flow: Flow, rules: PortRules): Endpoint | Refusal {
    this.#passed = 0;
    const endpoints = candidates(flow, rules);
    if (typeof endpoints === 'string') return endpoints;
    if (rules.port.affinitySeconds > 0) return this.#withAffinity(flow, rules, endpoints);
    return this.#choose(flow, endpoints);
  }

  /** Rule i of n matches with probability 1/(n-i): together a uniform choice, made with one draw. */
  #choose(flow: Flow, endpoints: readonly Endpoint[]): Endpoint {
    const index = Math.floor(flow.draw * endpoints.length);
    this.#passed += index + 0.5;
    return endpoints[index]!;
  }

  /** The `recent` rules stand before the statistic ones; each new connection renews the entry. */
  #withAffinity(flow: Flow, rules: PortRules, endpoints: readonly Endpoint[]): Endpoint {
    let affinity = this.#affinity.get(flow.nodeIndex);
    if (affinity === undefined) this.#affinity.set(flow.nodeIndex, (affinity = new ClientAffinity()));
    const key = affinity.of(flow.client, rules.port.affinitySeconds, flow.now);
    const index = key === undefined ? -1 : endpoints.findIndex((e) => e.key === key);
    this.#passed = index < 0 ? endpoints.length : index + 0.5;
    const endpoint = index < 0 ? this.#choose(flow, endpoints) : endpoints[index]!;
    affinity.use(flow.client, endpoint.key, flow.now);
    return endpoint;
  }

  connectUs(flow: Flow): number {
    const position = this.#position(flow.nodeIndex, this.#plane.revision);
    return chainWalkUs(position) + statisticRulesUs(this.#passed);
  }

  /** Each sync writes the services in the order of a Go map: another random order on every node. */
  #position(nodeIndex: number, revision: number): number {
    let h = Math.imul(nodeIndex ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(revision + 1, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15) ^ this.#number, 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return (((h ^ (h >>> 15)) >>> 0) / 4294967296) * this.#plane.servicePorts;
  }
}
