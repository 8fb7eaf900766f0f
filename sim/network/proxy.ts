/**
 * The contract of a kube-proxy mode: a control plane that turns changes into rules at a cost, and a data plane that
 * finds an endpoint for each new connection. A mode is one entry of the registry in `proxies/index.ts`.
 * What all modes share stands in this room: endpoints.ts, usable-endpoints.ts, affinity.ts, sync-runner.ts.
 */
import type { Random, SimTime } from '../engine/index.ts';
import type { Endpoint } from './endpoints.ts';
import type { PortRules, PortState } from './port-rules.ts';
import type { RunnerTiming } from './sync-runner.ts';
import type { ProxyNode } from './usable-endpoints.ts';

export interface ProxyMode {
  /** As in KubeProxyConfiguration.mode. */
  readonly name: string;
  /** How it carries traffic, in half a sentence. */
  readonly meaning: string;
  /** What it follows, and where its costs are from. */
  readonly source: string;
  readonly timing: RunnerTiming;
  /** True if endpoint changes count as soon as they arrive, and only Service changes need a sync (userspace). */
  readonly endpointsNeedNoSync: boolean;
  /**
   * How long the proxier itself waits for each endpoint it tries, µs, when it connects in the client's place. Empty: the
   * client connects, to one endpoint, and waits as long as it likes.
   */
  readonly dialTimeoutsUs: readonly number[];
  readonly establishedFlows: EstablishedFlows;
  /** The control plane of one node, or of all nodes that share its rules. */
  controlPlane(node: ProxyNode): ControlPlane;
  dataPlane(random: NodeDraws): DataPlane;
}

/**
 * What becomes of a flow when its endpoint leaves the rules:
 * `kept` goes on with it, `rebalanced` gets another endpoint with its next packet.
 */
export interface EstablishedFlows {
  readonly TCP: 'kept' | 'rebalanced';
  readonly UDP: 'kept' | 'rebalanced';
  readonly SCTP: 'kept' | 'rebalanced';
}

/** A service of which a port or an endpoint changed; no ports: it is gone. */
export interface ChangedService {
  /** "namespace/name". */
  readonly service: string;
  readonly ports: readonly PortState[];
}

export interface SyncRequest {
  readonly now: SimTime;
  readonly changed: readonly ChangedService[];
  /** A full sync whether or not one is due. */
  readonly full?: boolean;
  /** The node as it is from now on, if its labels changed: forces a full sync. */
  readonly node?: ProxyNode;
}

export interface SyncReport {
  readonly full: boolean;
  /** CPU time on an idle core, µs, unrounded: the rules are in force so long after the start of the sync. */
  readonly tookUs: number;
  /** Service ports and endpoints in the model after the sync. */
  readonly servicePorts: number;
  readonly endpoints: number;
  /** Rules (iptables) or table entries (ipvs) in force after the sync. */
  readonly rulesTotal: number;
  /** Lines, calls or commands that the sync wrote. */
  readonly rulesWritten: number;
  /** The same by kind, in the words of the mode. */
  readonly writes: Readonly<Record<string, number>>;
}

export interface ControlPlane {
  sync(request: SyncRequest): SyncReport;
  /** µs of the first sync of a proxier that starts now on a node without rules. */
  firstSyncUs(): number;
}

/** The connection being routed. One object is reused for many: read it, do not keep it. */
export interface Flow {
  /** The node whose rules apply: the client's own, or the one that outside traffic entered by. */
  readonly node: ProxyNode;
  /** A small integer that stands for the node, the same for the whole run. */
  readonly nodeIndex: number;
  /** True if it came from outside the cluster: externalTrafficPolicy applies. */
  readonly external: boolean;
  /** Stands for the client's address, for affinity. */
  readonly client: number;
  readonly now: SimTime;
  /** Uniform in [0, 1), of this connection alone. */
  readonly draw: number;
  /** How many endpoints have been tried in vain for it (modes with dialTimeoutsUs). */
  readonly tried: number;
}

/** The rules answer with an error at once, or swallow the packets. */
export type Refusal = 'reject' | 'drop';

export interface DataPlane {
  /** State and rules of one service port on all nodes of the mode; `key` is that of the ServicePort. */
  port(key: string): PortDataPlane;
  /** Told of every sync: what packets walk through depends on it. */
  synced(report: SyncReport, revision: number): void;
}

export interface PortDataPlane {
  /** The endpoint of a new connection. */
  route(flow: Flow, rules: PortRules): Endpoint | Refusal;
  /**
   * µs, unrounded, that the mode adds to the connection routed last. `dialledUs`: how long the proxier tried to reach
   * endpoints in the client's place (0 in modes without dialTimeoutsUs).
   */
  connectUs(flow: Flow, rules: PortRules, dialledUs: number): number;
  /** µs, unrounded, that it adds to each request on an open connection. */
  readonly requestUs: number;
}

/** Keyed randomness for what a node decides by itself, such as the order of its endpoint list. */
export interface NodeDraws {
  /** A short stream of uniform numbers for decision `n` of this node about `key`. */
  at(key: string, nodeIndex: number, n: number): Random;
}

/** The endpoints that the policy for this flow leaves on its node, or why there are none. */
export function candidates(flow: Flow, rules: PortRules): readonly Endpoint[] | Refusal {
  const usable = rules.usableBy(flow.node);
  if (!usable.any) return 'reject';
  const port = rules.port;
  const local = flow.external ? port.externalLocal : port.internalLocal;
  const endpoints = local ? usable.local : usable.cluster;
  return endpoints.length > 0 ? endpoints : 'drop';
}
