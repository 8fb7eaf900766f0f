/**
 * The round-robin balancer of one service port on one node.
 * Source: pkg/proxy/userspace roundrobin, Kubernetes v1.25.16 (`golden/proxy/userspace.json`).
 */
import type { Random, SimTime } from '../../sim/engine/index.ts';
import { ClientAffinity } from '../../sim/network/affinity.ts';

export interface Keyed {
  readonly key: number;
}

export class RoundRobin<T extends Keyed> {
  /** Ordered by key, shared by all nodes. */
  #members: readonly T[] = [];
  /** This node's order: places in `#members`. */
  #order = new Uint32Array(0);
  #next = 0;
  #affinity: ClientAffinity | undefined;

  /**
   * `members` ordered by key. A real change of the set shuffles the list and starts it anew; clients of endpoints that are
   * gone are forgotten. O(members).
   */
  update(members: readonly T[], random: () => Random): void {
    const same = sameKeys(members, this.#members);
    this.#members = members;
    if (same) return;
    this.#order = shuffledPlaces(members.length, random());
    this.#next = 0;
    this.#affinity?.retain(new Set(members.map((member) => member.key)));
  }

  /**
   * The endpoint of a new connection; undefined if there is none. `ttlSeconds` 0: no affinity. `reset`: the endpoint the
   * client stayed with did not answer.
   */
  choose(client: number, ttlSeconds: number, reset: boolean, now: SimTime): T | undefined {
    if (this.#order.length === 0) return undefined;
    if (ttlSeconds === 0) return this.#take();
    this.#affinity ??= new ClientAffinity();
    const key = reset ? undefined : this.#affinity.of(client, ttlSeconds, now);
    const known = key === undefined ? undefined : this.#members.find((member) => member.key === key);
    const member = known ?? this.#take();
    this.#affinity.use(client, member.key, now);
    return member;
  }

  #take(): T {
    const place = this.#order[this.#next]!;
    this.#next = this.#next + 1 < this.#order.length ? this.#next + 1 : 0;
    return this.#members[place]!;
  }
}

function sameKeys(a: readonly Keyed[], b: readonly Keyed[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i]!.key !== b[i]!.key) return false;
  return true;
}

/** Fisher and Yates, from the last place down. */
function shuffledPlaces(count: number, random: Random): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) places[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = places[i]!;
    places[i] = places[j]!;
    places[j] = swapped;
  }
  return places;
}
