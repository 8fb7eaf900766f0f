/**
 * How fast nodes of a zone are tainted NoExecute, by how many of its nodes are down. Kubernetes v1.36.3,
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go (ComputeZoneState, handleDisruption) and
 * scheduler/rate_limited_queue.go: buckets of one token; a new limit takes over whether a token was left.
 */
import { type Node, ZONE_LABEL } from '../../api/index.ts';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** Flags of the kube-controller-manager, with upstream's defaults (documented). */
export interface DisruptionFlags {
  /** Nodes per second: --node-eviction-rate. */
  readonly evictionRate: number;
  /** In a large zone that is partly down: --secondary-node-eviction-rate. */
  readonly secondaryEvictionRate: number;
  /** Share of nodes not ready from which a zone counts as partly down: --unhealthy-zone-threshold. */
  readonly unhealthyZoneThreshold: number;
  /** Zones of at most so many nodes stop evictions when partly down: --large-cluster-size-threshold. */
  readonly largeClusterSizeThreshold: number;
}

export const defaultDisruptionFlags: DisruptionFlags = {
  evictionRate: 0.1,
  secondaryEvictionRate: 0.01,
  unhealthyZoneThreshold: 0.55,
  largeClusterSizeThreshold: 50,
};

/** Region and zone of a node, as one key. */
export function zoneOf({ metadata }: Node): string {
  const region = metadata.labels?.['topology.kubernetes.io/region'] ?? '';
  const zone = metadata.labels?.[ZONE_LABEL] ?? '';
  return region === '' && zone === '' ? '' : `${region}:${zone}`;
}

export function zoneState(ready: number, notReady: number, flags: DisruptionFlags): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  const share = notReady / (ready + notReady);
  return notReady > 2 && share >= flags.unhealthyZoneThreshold ? 'PartialDisruption' : 'Normal';
}

/** Nodes per second. */
export function evictionRate(state: ZoneState, nodes: number, flags: DisruptionFlags): number {
  if (state !== 'PartialDisruption') return flags.evictionRate;
  return nodes > flags.largeClusterSizeThreshold ? flags.secondaryEvictionRate : 0;
}

/** The nodes of one zone that wait to be tainted, first come first served, and the bucket of one token that lets them through. */
export class EvictionQueue {
  readonly #waiting = new Set<string>();
  #rate: number;
  /** µs instant of the next token; Infinity at rate 0. */
  #tokenAt: number;

  constructor(rate: number, nowUs: number) {
    this.#rate = rate;
    this.#tokenAt = rate > 0 ? nowUs : Number.POSITIVE_INFINITY;
  }

  add(node: string): void {
    this.#waiting.add(node);
  }

  delete(node: string): void {
    this.#waiting.delete(node);
  }

  /** The first node that waits, if there is a token for it; takes both. */
  take(nowUs: number): string | undefined {
    if (this.#waiting.size === 0 || nowUs < this.#tokenAt) return undefined;
    const [node] = this.#waiting;
    this.#waiting.delete(node!);
    this.#tokenAt = nowUs + 1e6 / this.#rate;
    return node;
  }

  /** µs instant at which `take` may succeed; undefined if nobody waits or no token will come. */
  nextAt(nowUs: number): number | undefined {
    if (this.#waiting.size === 0 || this.#tokenAt === Number.POSITIVE_INFINITY) return undefined;
    return Math.max(nowUs, this.#tokenAt);
  }

  /** A new bucket is full, unless the old one was empty. */
  setRate(rate: number, nowUs: number): void {
    if (rate === this.#rate) return;
    const hadToken = nowUs >= this.#tokenAt;
    this.#rate = rate;
    if (rate <= 0) this.#tokenAt = Number.POSITIVE_INFINITY;
    else this.#tokenAt = hadToken ? nowUs : nowUs + 1e6 / rate;
  }
}
