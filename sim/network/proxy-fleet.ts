/**
 * All proxiers of one mode. They see the same changes and have the same parameters, so one of them is computed, with the
 * rules of a node that has no endpoint of its own, and the others follow it at their lag (rule-timeline.ts).
 * DEVIATION: rules that only some nodes have (policy Local, topology hints) count in routing, not in sync times.
 */
import {
  type Duration,
  drawsOf,
  elapsed,
  microseconds,
  type RandomStreams,
  type SimTime,
} from '../engine/index.ts';
import type { Changes, ChangeTracker } from './change-tracker.ts';
import { ANY_NODE, PortRules, type PortState } from './port-rules.ts';
import type { ControlPlane, DataPlane, NodeDraws, ProxyMode, SyncReport } from './proxy.ts';
import type { ProxyNodes } from './proxy-nodes.ts';
import { PortHistory, RevisionTimeline } from './rule-timeline.ts';
import { SyncRunner } from './sync-runner.ts';

/** A sync under way, or just over. */
export interface Sync {
  readonly revision: number;
  readonly begin: SimTime;
  readonly end: SimTime;
  readonly changes: Changes;
  readonly report: SyncReport;
  /** Oldest endpoint change to rules in force; where endpoints need no sync, the slowest since the last one. Undefined: none. */
  readonly programmingLatency: Duration | undefined;
}

export class ProxyFleet {
  readonly mode: ProxyMode;
  readonly revisions = new RevisionTimeline();
  readonly #nodes: ProxyNodes;
  readonly #tracker: ChangeTracker;
  readonly #runner: SyncRunner;
  readonly #control: ControlPlane;
  readonly #data: DataPlane;
  readonly #ports = new Map<string, PortHistory>();
  /** Ports of each service that have rules, in force or about to be. */
  readonly #portKeys = new Map<string, readonly string[]>();
  #running: Sync | undefined;
  /** Of the endpoint changes since the last sync that needed none. */
  #slowestRefresh: Duration | undefined;

  constructor(mode: ProxyMode, nodes: ProxyNodes, tracker: ChangeTracker, random: RandomStreams) {
    this.mode = mode;
    this.#nodes = nodes;
    this.#tracker = tracker;
    this.#runner = new SyncRunner(mode.timing);
    this.#control = mode.controlPlane(ANY_NODE);
    this.#data = mode.dataPlane(nodeDraws(random, mode.name));
  }

  /** The versions of a service port; an empty history if it has none yet. Keep it: it stays the same object. */
  port(key: string): PortHistory {
    let history = this.#ports.get(key);
    if (history === undefined) this.#ports.set(key, (history = new PortHistory(key, this.#data.port(key))));
    return history;
  }

  /** A change calls for a sync: when it may start; NEVER while one runs. */
  request(now: SimTime): SimTime {
    return this.#runner.request(now);
  }

  /** µs that a proxier needs for its first sync on a node that starts now. */
  firstSyncUs(): number {
    return this.#control.firstSyncUs();
  }

  begin(now: SimTime): Sync {
    this.#runner.begin(now);
    const changes = this.#tracker.take();
    const report = this.#control.sync({ now, changed: changes.services });
    const end = (now + microseconds(report.tookUs)) as SimTime;
    const revision = this.revisions.append(end, this.#nodes.oldestPosition(now));
    const programmingLatency = this.#programmingLatency(changes.oldestTrigger, end);
    const sync: Sync = { revision, begin: now, end, changes, report, programmingLatency };
    this.#running = sync;
    if (!this.mode.endpointsNeedNoSync) this.#install(sync, now);
    return sync;
  }

  /** The sync under way is over; `next`: when another one is due. */
  end(now: SimTime): { readonly sync: Sync; readonly next: SimTime } {
    const sync = this.#running!;
    this.#running = undefined;
    if (this.mode.endpointsNeedNoSync) this.#install(sync, now);
    this.#data.synced(sync.report, sync.revision);
    return { sync, next: this.#runner.end(now) };
  }

  /** Modes whose endpoints need no sync: what is known of the service's endpoints counts from now on. */
  refresh(service: string, now: SimTime, trigger: SimTime | undefined): void {
    if (trigger !== undefined) {
      const latency = elapsed(trigger, now);
      if (this.#slowestRefresh === undefined || latency > this.#slowestRefresh)
        this.#slowestRefresh = latency;
    }
    const programmed = this.#portKeys.get(service);
    if (programmed === undefined) return;
    const oldest = this.#nodes.oldestPosition(now);
    for (const state of this.#tracker.portsOf(service)) {
      if (programmed.includes(state.port.key)) this.#append(state, this.revisions.latest, now, oldest);
    }
  }

  #programmingLatency(oldest: SimTime | undefined, end: SimTime): Duration | undefined {
    const refreshed = this.#slowestRefresh;
    this.#slowestRefresh = undefined;
    if (this.mode.endpointsNeedNoSync) return refreshed;
    return oldest === undefined ? undefined : elapsed(oldest, end);
  }

  #install({ changes, revision, end }: Sync, now: SimTime): void {
    const oldest = this.#nodes.oldestPosition(now);
    for (const { service, ports } of changes.services) {
      const before = this.#portKeys.get(service) ?? [];
      const keys = ports.map(({ port }) => port.key);
      for (const key of before) if (!keys.includes(key)) this.port(key).append(end, undefined, oldest);
      for (const state of this.#asOf(service, ports)) this.#append(state, revision, end, oldest);
      if (keys.length === 0) this.#portKeys.delete(service);
      else this.#portKeys.set(service, keys);
    }
  }

  /** The ports that the sync wrote; with today's endpoints where these did not wait for it. */
  #asOf(service: string, ports: readonly PortState[]): readonly PortState[] {
    if (!this.mode.endpointsNeedNoSync) return ports;
    const now = this.#tracker.portsOf(service);
    return ports.map((state) => now.find(({ port }) => port.key === state.port.key) ?? state);
  }

  #append(state: PortState, revision: number, from: SimTime, oldest: number): void {
    const history = this.port(state.port.key);
    history.append(from, new PortRules(state, revision), oldest);
    history.behind = false;
  }
}

function nodeDraws(random: RandomStreams, mode: string): NodeDraws {
  return { at: (key, nodeIndex, n) => drawsOf(random.keyOf(`proxy-${mode}`, `${key} ${nodeIndex} ${n}`)) };
}
