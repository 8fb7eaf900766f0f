/** Replays a recorded case through the change tracker, one sync per step. */
import { keyOf } from '../../../sim/api/index.ts';
import { instant, type SimTime } from '../../../sim/engine/index.ts';
import { ChangeTracker } from '../../../sim/network/change-tracker.ts';
import { type ConntrackEntry, withoutStale } from '../../../sim/network/conntrack.ts';
import type { PortState } from '../../../sim/network/port-rules.ts';
import type { SyncRequest } from '../../../sim/network/proxy.ts';
import type { ProxyNode } from '../../../sim/network/usable-endpoints.ts';
import { changesOf, type GoldenCase, type GoldenChange, type RecordedFlow } from './golden-case.ts';

const ZONE = 'topology.kubernetes.io/zone';

export const nodeOf = (golden: GoldenCase): ProxyNode => ({
  name: golden.node.name,
  ip: golden.node.ip,
  zone: golden.node.labels?.[ZONE] ?? '',
});

/** What one step does besides its sync. */
export interface ReplayedStep {
  readonly request: SyncRequest;
  /** The check of draining ipvs servers is made before the sync. */
  readonly drainingTick: boolean;
  readonly conntrack: {
    readonly cleanupRuns: number;
    readonly deleted: number;
    readonly remaining: readonly string[];
  };
}

export class Replay {
  /** Connections through ipvs by "ip:port" of the real server. */
  readonly connections = new Map<string, number>();
  readonly #golden: GoldenCase;
  readonly #tracker = new ChangeTracker();
  readonly #slices = new Map<string, Extract<GoldenChange, { kind: 'EndpointSlice' }>['object']>();
  #node: ProxyNode;
  #flows: readonly ConntrackEntry[] = [];
  #nowUs = 0;

  constructor(golden: GoldenCase) {
    this.#golden = golden;
    this.#node = nodeOf(golden);
  }

  step(index: number): ReplayedStep {
    const changes = changesOf(this.#golden, index);
    const before = this.#node;
    for (const change of changes) this.#apply(change);
    const { services, udpEndpoints } = this.#tracker.take();
    return {
      request: {
        now: this.#now(),
        changed: services,
        full: changes.some((change) => change.op === 'forceFullSync'),
        ...(this.#node === before ? {} : { node: this.#node }),
      },
      drainingTick: changes.some((change) => change.op === 'ipvsGracefulTick'),
      conntrack: this.#cleanUp(udpEndpoints),
    };
  }

  /** All service ports with their endpoints. */
  *ports(): IterableIterator<PortState> {
    for (const service of this.#tracker.services()) yield* this.#tracker.portsOf(service);
  }

  #now(): SimTime {
    return instant(this.#nowUs);
  }

  #apply(change: GoldenChange): void {
    switch (change.op) {
      case 'add':
      case 'update':
      case 'delete':
        this.#applyObject(change);
        return;
      case 'wait':
        this.#nowUs += 2e6;
        return;
      case 'wait35':
        this.#nowUs += 35e6;
        return;
      case 'topology':
        this.#node = { ...this.#node, zone: change.object[ZONE] ?? '' };
        return;
      case 'conntrack':
        this.#flows = change.object.map(entryOf);
        return;
      case 'ipvsConnections':
        this.connections.set(change.object.realServer, change.object.active + change.object.inactive);
        return;
      case 'forceFullSync':
      case 'ipvsGracefulTick':
        return;
    }
  }

  #applyObject(change: Extract<GoldenChange, { kind: string }>): void {
    const key = keyOf(change.object);
    if (change.kind === 'Service') {
      this.#tracker.service(key, change.op === 'delete' ? undefined : change.object);
    } else if (change.op === 'delete') {
      // A recorded deletion holds the name alone; a watch delivers the last state.
      const last = this.#slices.get(key);
      if (last !== undefined) this.#tracker.slice(last, true);
    } else {
      this.#slices.set(key, change.object);
      this.#tracker.slice(change.object, false);
    }
  }

  #cleanUp(udpEndpoints: boolean): ReplayedStep['conntrack'] {
    const before = this.#flows.length;
    if (udpEndpoints) this.#flows = withoutStale(this.#flows, this.ports());
    return {
      cleanupRuns: udpEndpoints ? 1 : 0,
      deleted: before - this.#flows.length,
      remaining: this.#flows.map(flowText),
    };
  }
}

const entryOf = (flow: RecordedFlow): ConntrackEntry => ({
  protocol: flow.proto,
  originalDestination: flow.origDst,
  originalPort: flow.origPort,
  replySource: flow.replySrc,
  replyPort: flow.replyPort,
});

const NUMBER = { TCP: 6, UDP: 17, SCTP: 132 } as const;

const flowText = (e: ConntrackEntry): string =>
  `${NUMBER[e.protocol]} ${e.originalDestination}:${e.originalPort}->${e.replySource}:${e.replyPort}`;
