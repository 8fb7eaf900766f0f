/** The zones of the cluster: how many nodes of each are ready, what state follows, and who waits for a NoExecute taint. */
import type { Node } from '../../api/index.ts';
import {
  type DisruptionFlags,
  EvictionQueue,
  evictionRate,
  type ZoneState,
  zoneOf,
  zoneState,
} from './zones.ts';

interface Zone {
  ready: number;
  notReady: number;
  state: ZoneState;
  readonly queue: EvictionQueue;
}

interface Counted {
  readonly zone: string;
  readonly ready: boolean;
}

/** Nodes with this label do not count. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';

/** What a change of zone states asks for. */
export type Disruption = 'none' | 'changed' | 'entered' | 'left';

export class ZoneTable {
  readonly #flags: DisruptionFlags;
  readonly #zones = new Map<string, Zone>();
  readonly #counted = new Map<string, Counted>();

  constructor(flags: DisruptionFlags) {
    this.#flags = flags;
  }

  /** Counts the node as ready or not; its former count is taken back. */
  count(node: Node, ready: boolean, nowUs: number): void {
    const { name, labels } = node.metadata;
    this.forget(name);
    const zone = zoneOf(node);
    const counts = this.#ensure(zone, nowUs);
    if (labels !== undefined && EXCLUDED in labels) return;
    if (ready) counts.ready++;
    else counts.notReady++;
    this.#counted.set(name, { zone, ready });
  }

  forget(node: string): void {
    const counted = this.#counted.get(node);
    if (counted === undefined) return;
    this.#counted.delete(node);
    const counts = this.#zones.get(counted.zone)!;
    if (counted.ready) counts.ready--;
    else counts.notReady--;
  }

  queueOf(node: Node, nowUs: number): EvictionQueue {
    return this.#ensure(zoneOf(node), nowUs).queue;
  }

  queue(zone: string): EvictionQueue | undefined {
    return this.#zones.get(zone)?.queue;
  }

  zones(): Iterable<string> {
    return this.#zones.keys();
  }

  #ensure(name: string, nowUs: number): Zone {
    let zone = this.#zones.get(name);
    if (zone === undefined) {
      zone = {
        ready: 0,
        notReady: 0,
        state: 'Initial',
        queue: new EvictionQueue(this.#flags.evictionRate, nowUs),
      };
      this.#zones.set(name, zone);
    }
    return zone;
  }

  /** Sets states and rates from the counts. While every zone is fully down nothing is evicted: then it is likely us who are cut off. */
  update(nowUs: number): Disruption {
    const live = [...this.#zones.values()].filter(({ ready, notReady }) => ready + notReady > 0);
    const states = live.map(({ ready, notReady }) => zoneState(ready, notReady, this.#flags));
    const areDown = states.every((state) => state === 'FullDisruption');
    const wereDown = live.every(({ state }) => state === 'FullDisruption');
    if (areDown && wereDown) return 'none';
    let changed = false;
    for (const [i, zone] of live.entries()) {
      const state = states[i]!;
      if (!areDown && !wereDown && state === zone.state) continue;
      changed ||= state !== zone.state;
      zone.state = state;
      zone.queue.setRate(areDown ? 0 : evictionRate(state, zone.ready + zone.notReady, this.#flags), nowUs);
    }
    if (areDown) return 'entered';
    if (wereDown) return 'left';
    return changed ? 'changed' : 'none';
  }
}
