/**
 * What the node lifecycle controller knows of heartbeats. Healthy nodes are not polled: who accounts for renewals says which nodes
 * go on renewing, and when that changes.
 */
import type { Lease, WallClock } from '../../api/index.ts';
import type { Informer, SharedInformerFactory } from '../../client/index.ts';
import type { SimTime } from '../../engine/index.ts';

export interface HeartbeatView {
  /** The latest renewal of the node's Lease at or before `now`; undefined if there was none. */
  lastRenewal(node: string, now: SimTime): SimTime | undefined;
  /** The node goes on renewing until a change is reported. False also if nothing is known. */
  renews(node: string): boolean;
  /** `listener` is told when a node stops renewing or begins again, and may be told of single renewals. */
  onHeartbeatChange(listener: (node: string) => void): void;
}

const LEASE_NAMESPACE = 'kube-node-lease';

/** Heartbeats as the API has them: one Lease object per node, renewed by real writes. */
export class LeaseHeartbeats implements HeartbeatView {
  readonly #leases: Informer<Lease>;
  readonly #clock: WallClock;
  readonly #listeners: ((node: string) => void)[] = [];

  constructor(informers: SharedInformerFactory, clock: WallClock) {
    this.#clock = clock;
    this.#leases = informers.informer('leases', { namespace: LEASE_NAMESPACE });
    const seen = ({ metadata }: Lease): void => {
      for (const listener of this.#listeners) listener(metadata.name);
    };
    this.#leases.addHandler({ onAdd: seen, onUpdate: seen });
  }

  lastRenewal(node: string): SimTime | undefined {
    const renewTime = this.#leases.get(`${LEASE_NAMESPACE}/${node}`)?.spec?.renewTime;
    return renewTime === undefined ? undefined : this.#clock.instantOf(renewTime);
  }

  renews(): boolean {
    return false;
  }

  onHeartbeatChange(listener: (node: string) => void): void {
    this.#listeners.push(listener);
  }
}
