/**
 * ClientIP session affinity of one service port on one node.
 * Source: sessionAffinity ClientIP as iptables' `recent` list, ipvs' persistence templates and the userspace balancer keep
 * it (`golden/proxy/README.md`): a client stays with its endpoint until so long has passed after its last new connection.
 */
import type { SimTime } from '../engine/index.ts';

interface Stay {
  readonly endpoint: number;
  lastUse: SimTime;
}

export class ClientAffinity {
  readonly #stays = new Map<number, Stay>();

  /** The key of the endpoint that this client stays with; undefined if it has none or it expired. Does not renew. */
  of(client: number, ttlSeconds: number, now: SimTime): number | undefined {
    const stay = this.#stays.get(client);
    if (stay === undefined) return undefined;
    if (now - stay.lastUse < ttlSeconds * 1e6) return stay.endpoint;
    this.#stays.delete(client);
    return undefined;
  }

  /** A new connection of this client went to the endpoint with this key. */
  use(client: number, endpoint: number, now: SimTime): void {
    const stay = this.#stays.get(client);
    if (stay?.endpoint === endpoint) stay.lastUse = now;
    else this.#stays.set(client, { endpoint, lastUse: now });
  }

  /** Forgets the clients of endpoints that are no more. */
  retain(endpoints: ReadonlySet<number>): void {
    for (const [client, stay] of this.#stays) if (!endpoints.has(stay.endpoint)) this.#stays.delete(client);
  }
}
