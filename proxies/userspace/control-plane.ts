/**
 * userspace control plane: one redirect rule per portal, made sure of one by one by every sync. Endpoints need no rules.
 * Source: pkg/proxy/userspace, Kubernetes v1.25.16, the last release with it (`golden/proxy/README.md`, "userspace").
 */
import type { PortState } from '../../sim/network/port-rules.ts';
import type { ControlPlane, SyncReport, SyncRequest } from '../../sim/network/proxy.ts';
import type { ServicePort } from '../../sim/network/service-ports.ts';
import { executionUs } from './costs.ts';

/** Jumps from the built-in chains: nat OUTPUT and PREROUTING 2 each, filter INPUT 1. */
export const FIXED_RULES = { nat: 4, filter: 1 } as const;

/** Rules of one service port by chain. */
export interface PortalRules {
  readonly portalsContainer: number;
  readonly portalsHost: number;
  readonly nodePortContainer: number;
  readonly nodePortHost: number;
  /** In filter; the others are in nat. */
  readonly nodePortNonLocal: number;
}

/** No rules for SCTP, which the proxy does not speak. */
export function portalRules(port: ServicePort): PortalRules {
  if (port.protocol === 'SCTP') {
    return {
      portalsContainer: 0,
      portalsHost: 0,
      nodePortContainer: 0,
      nodePortHost: 0,
      nodePortNonLocal: 0,
    };
  }
  const portals = 1 + port.loadBalancerIPs.length;
  const nodePort = port.nodePort === 0 ? 0 : 1;
  return {
    portalsContainer: portals + 2 * port.externalIPs.length,
    portalsHost: portals + port.externalIPs.length,
    nodePortContainer: nodePort,
    nodePortHost: nodePort,
    nodePortNonLocal: nodePort,
  };
}

const natRulesOf = (r: PortalRules): number =>
  r.portalsContainer + r.portalsHost + r.nodePortContainer + r.nodePortHost;

export class UserspaceControlPlane implements ControlPlane {
  readonly #services = new Map<string, readonly PortState[]>();
  #natRules = 0;
  #filterRules = 0;
  #ports = 0;
  #endpoints = 0;
  #synced = false;

  /** O(ports of the changed services). */
  sync(request: SyncRequest): SyncReport {
    const before = this.#natRules + this.#filterRules;
    for (const { service, ports } of request.changed) {
      for (const state of this.#services.get(service) ?? []) this.#count(state, -1);
      for (const state of ports) this.#count(state, 1);
      if (ports.length === 0) this.#services.delete(service);
      else this.#services.set(service, ports);
    }
    const rules = this.#natRules + this.#filterRules;
    const changed = Math.abs(rules - before);
    const full = !this.#synced;
    this.#synced = true;
    const nat = this.#natRules + FIXED_RULES.nat;
    return {
      full,
      // One `iptables -C` per rule, and one more for each that has to be written.
      tookUs: (rules + changed) * executionUs(nat),
      servicePorts: this.#ports,
      endpoints: this.#endpoints,
      rulesTotal: nat + this.#filterRules + FIXED_RULES.filter,
      rulesWritten: changed,
      writes: { checks: rules, changes: changed },
    };
  }

  firstSyncUs(): number {
    // Each rule is looked for and written, on tables that grow to their size meanwhile: half of it on average.
    return 2 * (this.#natRules + this.#filterRules) * executionUs(this.#natRules / 2);
  }

  #count(state: PortState, sign: 1 | -1): void {
    const rules = portalRules(state.port);
    this.#natRules += sign * natRulesOf(rules);
    this.#filterRules += sign * rules.nodePortNonLocal;
    this.#ports += sign;
    this.#endpoints += sign * state.endpoints.length;
  }
}
