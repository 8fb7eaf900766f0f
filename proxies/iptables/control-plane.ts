/**
 * iptables control plane: one `iptables-restore` per sync, full or partial.
 * Source: pkg/proxy/iptables, Kubernetes v1.36.3 (`golden/proxy/README.md`).
 */
import { NEVER, type SimTime } from '../../sim/engine/index.ts';
import { diffEndpoints, type Endpoint } from '../../sim/network/endpoints.ts';
import type { PortState } from '../../sim/network/port-rules.ts';
import type { ChangedService, ControlPlane, SyncReport, SyncRequest } from '../../sim/network/proxy.ts';
import { type ProxyNode, usableEndpoints } from '../../sim/network/usable-endpoints.ts';
import { ensureJumpsUs, fullRestoreUs, partialRestoreUs, saveNatUs } from './costs.ts';
import {
  countRules,
  FIXED,
  filterSharedCount,
  natSharedCount,
  ownChainCount,
  ownRuleCount,
  type PortCounts,
} from './counts.ts';

/** More endpoints than this over all ports: no comments, stale chains stay for a while, no hourly full sync. */
const LARGE_CLUSTER_ENDPOINTS = 1000;
const SYNC_PERIOD_US = 30e6;
const FULL_SYNC_PERIOD_US = 3600e6;

/** What one service port has in the kernel. */
interface Programmed {
  readonly state: PortState;
  readonly counts: PortCounts;
  readonly reach: readonly Endpoint[];
}

/** Sums over all service ports. */
interface Totals {
  endpoints: number;
  natShared: number;
  filterShared: number;
  ownChains: number;
  ownRules: number;
}

/** Lines of one restore, by table. */
export interface RestoreLines {
  readonly filterChains: number;
  readonly filterRules: number;
  readonly natChains: number;
  readonly natRules: number;
  readonly natDeletes: number;
}

export class IptablesControlPlane implements ControlPlane {
  #node: ProxyNode;
  readonly #services = new Map<string, readonly Programmed[]>();
  readonly #totals: Totals = { endpoints: 0, natShared: 0, filterShared: 0, ownChains: 0, ownRules: 0 };
  /** Nat chains in the kernel that no port uses any more, by name: how many rules they still hold. */
  readonly #stale = new Map<string, number>();
  #ports = 0;
  #lastFull: SimTime = NEVER;
  #lastCleanup: SimTime = NEVER;

  constructor(node: ProxyNode) {
    this.#node = node;
  }

  get largeCluster(): boolean {
    return this.#totals.endpoints > LARGE_CLUSTER_ENDPOINTS;
  }

  get filterRules(): number {
    return FIXED.filterRules + this.#totals.filterShared;
  }

  get natRules(): number {
    return FIXED.natRules + this.#totals.natShared + this.#totals.ownRules;
  }

  /** Counts of every service port, in order of arrival. */
  *counts(): IterableIterator<PortCounts> {
    for (const ports of this.#services.values()) for (const port of ports) yield port.counts;
  }

  /** Kind and rules of the chains that wait for their deletion. */
  *staleChains(): IterableIterator<{ readonly kind: string; readonly rules: number }> {
    for (const [name, rules] of this.#stale) yield { kind: name.slice(0, name.indexOf(' ')), rules };
  }

  /** O(endpoints of the changed services); O(all endpoints) if the node changed. */
  sync(request: SyncRequest): SyncReport {
    const first = this.#lastFull === NEVER;
    if (request.node !== undefined) this.#moveTo(request.node);
    const own = { chains: 0, rules: 0 };
    for (const changed of request.changed) {
      for (const port of this.#replace(changed)) {
        own.chains += ownChainCount(port.counts);
        own.rules += ownRuleCount(port.counts);
      }
    }
    const full = this.#isFull(request);
    if (full) this.#lastFull = request.now;
    const written = full ? { chains: this.#totals.ownChains, rules: this.#totals.ownRules } : own;
    const cleanup = this.#cleansUp(request.now);
    const lines: RestoreLines = {
      filterChains: FIXED.filterChains,
      filterRules: this.filterRules,
      natChains: FIXED.natChains + written.chains + cleanup.chains,
      natRules: FIXED.natRules + this.#totals.natShared + written.rules,
      natDeletes: cleanup.chains,
    };
    return this.#report(lines, full, first, cleanup.done);
  }

  firstSyncUs(): number {
    const { natChains, filterChains } = FIXED;
    const lines = filterChains + natChains + this.#totals.ownChains + this.filterRules + this.natRules + 4;
    return fullRestoreUs(lines, true) + ensureJumpsUs(0) + saveNatUs(this.natRules);
  }

  #isFull(request: SyncRequest): boolean {
    if (this.#lastFull === NEVER || request.full === true || request.node !== undefined) return true;
    return !this.largeCluster && request.now - this.#lastFull > FULL_SYNC_PERIOD_US;
  }

  /** Stale chains go with each sync; in a large cluster only now and then, since finding them lists the table. */
  #cleansUp(now: SimTime): { readonly done: boolean; readonly chains: number } {
    const due = this.#lastCleanup === NEVER || now - this.#lastCleanup > SYNC_PERIOD_US;
    if (this.largeCluster && !due) return { done: false, chains: 0 };
    this.#lastCleanup = now;
    const chains = this.#stale.size;
    this.#stale.clear();
    return { done: true, chains };
  }

  #report(lines: RestoreLines, full: boolean, first: boolean, cleanup: boolean): SyncReport {
    // `*table` and `COMMIT` of two tables.
    const total =
      lines.filterChains + lines.filterRules + lines.natChains + lines.natRules + lines.natDeletes + 4;
    const rulesTotal = this.filterRules + this.natRules;
    const restoreUs = full ? fullRestoreUs(total, first) : partialRestoreUs(total, rulesTotal);
    const ensureUs = full ? ensureJumpsUs(first ? 0 : this.natRules) : 0;
    return {
      full,
      tookUs: restoreUs + ensureUs + (cleanup ? saveNatUs(this.natRules) : 0),
      servicePorts: this.#ports,
      endpoints: this.#totals.endpoints,
      rulesTotal,
      rulesWritten: total,
      writes: { ensureChain: full ? 14 : 0, ensureRule: full ? 14 : 0, ...lines },
    };
  }

  /** The node's labels changed: which endpoints are near may have changed for every port. */
  #moveTo(node: ProxyNode): void {
    this.#node = node;
    for (const [service, ports] of [...this.#services]) {
      this.#replace({ service, ports: ports.map((port) => port.state) });
    }
  }

  #replace({ service, ports }: ChangedService): readonly Programmed[] {
    const before = this.#services.get(service) ?? [];
    const after = ports.map((state) => this.#program(state));
    for (const port of before) this.#count(port, -1);
    for (const port of after) this.#count(port, 1);
    this.#trackChains(before, after);
    if (after.length === 0) this.#services.delete(service);
    else this.#services.set(service, after);
    this.#ports += after.length - before.length;
    return after;
  }

  #program(state: PortState): Programmed {
    const usable = usableEndpoints(state.port, state.endpoints, this.#node);
    return { state, counts: countRules(state.port, usable, this.#node), reach: usable.reach };
  }

  #count(port: Programmed, sign: 1 | -1): void {
    this.#totals.endpoints += sign * port.state.endpoints.length;
    this.#totals.natShared += sign * natSharedCount(port.counts);
    this.#totals.filterShared += sign * filterSharedCount(port.counts);
    this.#totals.ownChains += sign * ownChainCount(port.counts);
    this.#totals.ownRules += sign * ownRuleCount(port.counts);
  }

  /** A chain's name is a hash of port name and protocol (and endpoint): what is gone is stale, what is back is not. */
  #trackChains(before: readonly Programmed[], after: readonly Programmed[]): void {
    for (const old of before) {
      const now = after.find((port) => sameNames(port, old));
      const left = diffEndpoints(old.reach, now?.reach ?? []).removed;
      for (const [name, rules] of chains(old, left, now)) this.#stale.set(name, rules);
    }
    if (this.#stale.size === 0) return;
    for (const port of after) {
      const old = before.find((known) => sameNames(known, port));
      const come = diffEndpoints(old?.reach ?? [], port.reach).added;
      for (const [name] of chains(port, come, old)) this.#stale.delete(name);
    }
  }
}

const sameNames = (a: Programmed, b: Programmed): boolean =>
  a.state.port.key === b.state.port.key && a.state.port.protocol === b.state.port.protocol;

/** Name and rules of a port's chains, except those that `kept` has too; of its endpoint chains those of `endpoints`. */
function* chains(
  port: Programmed,
  endpoints: readonly Endpoint[],
  kept: Programmed | undefined,
): IterableIterator<readonly [string, number]> {
  const { key, protocol } = port.state.port;
  for (const kind of ['svc', 'svl', 'ext', 'fw'] as const) {
    const rules = port.counts[kind];
    if (rules > 0 && (kept?.counts[kind] ?? 0) === 0) yield [`${kind} ${key} ${protocol}`, rules];
  }
  for (const endpoint of endpoints) yield [`sep ${key} ${protocol} ${endpoint.key}`, 2];
}
