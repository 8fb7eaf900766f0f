/**
 * ipvs control plane: every sync looks at every virtual server; only differences are written, and real servers with
 * connections are drained. Source: pkg/proxy/ipvs, Kubernetes v1.36.3 (`golden/proxy/README.md`).
 */
import { addressOf, diffEndpoints } from '../../sim/network/endpoints.ts';
import type { PortState } from '../../sim/network/port-rules.ts';
import type { ChangedService, ControlPlane, SyncReport, SyncRequest } from '../../sim/network/proxy.ts';
import { type ProxyNode, usableEndpoints } from '../../sim/network/usable-endpoints.ts';
import { COSTS } from './costs.ts';
import { DrainingServers } from './draining.ts';
import { SetContents } from './set-contents.ts';
import {
  FIXED,
  ownFilterRules,
  SET_COUNT,
  type SetEntry,
  setEntries,
  type VirtualServer,
  virtualServers,
} from './tables.ts';

/** What one service port has in the kernel. */
interface Programmed {
  readonly state: PortState;
  readonly servers: readonly VirtualServer[];
  readonly entries: readonly SetEntry[];
  readonly filterRules: number;
}

/** Calls of one sync, by name. */
type Calls = Record<
  | 'AddVirtualServer'
  | 'UpdateVirtualServer'
  | 'DeleteVirtualServer'
  | 'AddRealServer'
  | 'UpdateRealServer'
  | 'DeleteRealServer'
  | 'GetVirtualServers'
  | 'GetVirtualServer'
  | 'GetRealServers',
  number
>;

const noCalls = (): Calls => ({
  AddVirtualServer: 0,
  UpdateVirtualServer: 0,
  DeleteVirtualServer: 0,
  AddRealServer: 0,
  UpdateRealServer: 0,
  DeleteRealServer: 0,
  GetVirtualServers: 0,
  GetVirtualServer: 0,
  GetRealServers: 0,
});

const NO_PORTS: readonly Programmed[] = [];

export class IpvsControlPlane implements ControlPlane {
  readonly draining: DrainingServers;
  readonly sets = new SetContents();
  #node: ProxyNode;
  readonly #services = new Map<string, readonly Programmed[]>();
  #calls = noCalls();
  #ports = 0;
  #endpoints = 0;
  #servers = 0;
  #realServers = 0;
  #filterRules = 0;

  /** `connections`: active and inactive connections that this node has through a virtual server to a real server. */
  constructor(node: ProxyNode, connections: (server: string, realServer: string) => number = () => 0) {
    this.#node = node;
    this.draining = new DrainingServers(connections);
  }

  *servers(): IterableIterator<VirtualServer> {
    for (const ports of this.#services.values()) for (const port of ports) yield* port.servers;
  }

  /** The check made once a minute: drained real servers go. */
  checkDraining(): void {
    const { asked, deleted } = this.draining.check();
    this.#calls.GetRealServers += asked;
    this.#calls.DeleteRealServer += deleted;
  }

  /** O(endpoints of the changed services); O(all endpoints) if the node changed. */
  sync(request: SyncRequest): SyncReport {
    const first = this.#ports === 0 && this.#servers === 0;
    this.sets.begin();
    if (request.node !== undefined) this.#moveTo(request.node);
    for (const changed of request.changed) this.#replace(changed);
    this.#calls.GetVirtualServers += 1;
    this.#calls.GetVirtualServer += 2 * this.#servers;
    this.#calls.GetRealServers += this.#servers;
    const calls = this.#calls;
    this.#calls = noCalls();
    return this.#report(calls, first || request.full === true);
  }

  firstSyncUs(): number {
    const writes = this.#servers + this.#realServers;
    const reads = 1 + 3 * this.#servers;
    return costUs(writes + reads, this.sets.size);
  }

  #report(calls: Calls, full: boolean): SyncReport {
    const { added: AddEntry, deleted: DelEntry } = this.sets.differences();
    const { natRules, filterRules } = this.restoredRules();
    const lines = FIXED.natChains + FIXED.filterChains + natRules + filterRules + 4;
    const changes = calls.AddVirtualServer + calls.UpdateVirtualServer + calls.DeleteVirtualServer;
    const netlink = changes + serverCalls(calls);
    const reads = calls.GetVirtualServers + calls.GetVirtualServer + calls.GetRealServers;
    const ipset = AddEntry + DelEntry;
    return {
      full,
      tookUs: costUs(netlink + reads, ipset),
      servicePorts: this.#ports,
      endpoints: this.#endpoints,
      rulesTotal: this.#servers + this.#realServers + this.sets.size + natRules + filterRules,
      rulesWritten: netlink + ipset + lines,
      writes: {
        ...calls,
        AddEntry,
        DelEntry,
        CreateSet: SET_COUNT,
        ListEntries: SET_COUNT,
        natRules,
        filterRules,
        lines,
      },
    };
  }

  /** Rules of the iptables part; chains are always the same. */
  restoredRules(): { readonly natRules: number; readonly filterRules: number } {
    const { nat, filter } = this.sets.rules();
    return {
      natRules: FIXED.natRules + nat,
      filterRules: FIXED.filterRules + filter + this.#filterRules,
    };
  }

  #moveTo(node: ProxyNode): void {
    this.#node = node;
    for (const [service, ports] of [...this.#services]) {
      this.#replace({ service, ports: ports.map((port) => port.state) });
    }
  }

  #replace({ service, ports }: ChangedService): void {
    const before = this.#services.get(service) ?? NO_PORTS;
    const after = ports.map((state) => this.#program(state, before));
    for (const port of before) this.#count(port, -1);
    for (const port of after) this.#count(port, 1);
    for (const port of before) if (!isKept(port, after)) this.#countEntries(port, -1);
    for (const port of after) if (!isKept(port, before)) this.#countEntries(port, 1);
    this.#writeServers(before, after);
    if (after.length === 0) this.#services.delete(service);
    else this.#services.set(service, after);
    this.#ports += after.length - before.length;
  }

  #program(state: PortState, before: readonly Programmed[]): Programmed {
    const usable = usableEndpoints(state.port, state.endpoints, this.#node);
    // Only the endpoints of the node itself are in a set.
    const known = this.#node.name === '' ? before.find((port) => port.state.port === state.port) : undefined;
    return {
      state,
      servers: virtualServers(state.port, usable, this.#node),
      entries: known?.entries ?? setEntries(state, this.#node),
      filterRules: ownFilterRules(state.port, this.#node),
    };
  }

  #count(port: Programmed, sign: 1 | -1): void {
    this.#endpoints += sign * port.state.endpoints.length;
    this.#servers += sign * port.servers.length;
    this.#filterRules += sign * port.filterRules;
    for (const server of port.servers) this.#realServers += sign * server.realServers.length;
  }

  #countEntries(port: Programmed, sign: 1 | -1): void {
    for (const { set, entry } of port.entries) this.sets.count(set, entry, sign);
  }

  #writeServers(before: readonly Programmed[], after: readonly Programmed[]): void {
    const gone = new Map<string, VirtualServer>();
    for (const port of before) for (const server of port.servers) gone.set(server.key, server);
    for (const port of after) {
      for (const server of port.servers) {
        this.#writeServer(gone.get(server.key), server);
        gone.delete(server.key);
      }
    }
    for (const key of gone.keys()) {
      this.#calls.DeleteVirtualServer++;
      this.draining.forget(key);
    }
  }

  #writeServer(before: VirtualServer | undefined, after: VirtualServer): void {
    if (before === undefined) this.#calls.AddVirtualServer++;
    else if (before.persistentTimeout !== after.persistentTimeout) this.#calls.UpdateVirtualServer++;
    const { added, removed } = diffEndpoints(before?.realServers ?? [], after.realServers);
    for (const endpoint of added) {
      // One that comes back while it drains is deleted first: its connections lose their server.
      if (this.draining.stop(after.key, addressOf(endpoint))) this.#calls.DeleteRealServer++;
      this.#calls.AddRealServer++;
    }
    for (const endpoint of removed) {
      this.#calls.GetRealServers++;
      if (this.draining.start(after, addressOf(endpoint))) this.#calls.UpdateRealServer++;
      else this.#calls.DeleteRealServer++;
    }
  }
}

const serverCalls = (calls: Calls): number =>
  calls.AddRealServer + calls.UpdateRealServer + calls.DeleteRealServer;

const isKept = (port: Programmed, others: readonly Programmed[]): boolean =>
  others.some((other) => other.entries === port.entries);

/** `entries`: set entries added or deleted; each set is created and listed besides. */
const costUs = (netlinkCalls: number, entries: number): number =>
  netlinkCalls * COSTS.netlinkCall.value +
  (2 * SET_COUNT + entries) * COSTS.ipsetCall.value +
  COSTS.restore.value;
