/**
 * HOT PATH: the round-robin balancer of one service port on one node.
 * Source: pkg/proxy/userspace roundrobin, Kubernetes v1.25.16 (`golden/proxy/userspace.json`).
 */
import type { Random, SimTime } from '../../sim/engine/index.ts';
import { ClientAffinity } from '../../sim/network/affinity.ts';

export interface Keyed {
  readonly key: number;
}

export class RoundRobin<T extends Keyed> {
  #order: T[] = [];
  #next = 0;
  #affinity: ClientAffinity | undefined;

  /** A real change of the set shuffles the list and starts it anew; clients of endpoints that are gone are forgotten. */
  update(endpoints: readonly T[], random: () => Random): void {
    if (this.#isSame(endpoints)) return;
    this.#order = shuffled(endpoints, random());
    this.#next = 0;
    this.#affinity?.retain(new Set(endpoints.map((endpoint) => endpoint.key)));
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
    const known = key === undefined ? undefined : this.#order.find((e) => e.key === key);
    const endpoint = known ?? this.#take();
    this.#affinity.use(client, endpoint.key, now);
    return endpoint;
  }

  #take(): T {
    const endpoint = this.#order[this.#next]!;
    this.#next = this.#next + 1 < this.#order.length ? this.#next + 1 : 0;
    return endpoint;
  }

  #isSame(endpoints: readonly T[]): boolean {
    if (endpoints.length !== this.#order.length) return false;
    const known = new Set(this.#order.map((endpoint) => endpoint.key));
    return endpoints.every((endpoint) => known.has(endpoint.key));
  }
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], random: Random): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = result[i]!;
    result[i] = result[j]!;
    result[j] = swapped;
  }
  return result;
}
