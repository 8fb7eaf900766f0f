/**
 * ClientIP session affinity of one service port on one node.
 * Source: sessionAffinity ClientIP as iptables' `recent` list, ipvs' persistence templates and the userspace balancer keep
 * it (`golden/proxy/README.md`): a client stays with its endpoint until so long has passed after its last new connection.
 */
import type { SimTime } from '../engine/index.ts';

interface Stay {
  readonly address: string;
  lastUse: SimTime;
}

export class ClientAffinity {
  readonly #stays = new Map<number, Stay>();

  /** The address this client stays with; undefined if it has none or it expired. Does not renew. */
  of(client: number, ttlSeconds: number, now: SimTime): string | undefined {
    const stay = this.#stays.get(client);
    if (stay === undefined) return undefined;
    if (now - stay.lastUse < ttlSeconds * 1e6) return stay.address;
    this.#stays.delete(client);
    return undefined;
  }

  /** A new connection of this client went to `address`. */
  use(client: number, address: string, now: SimTime): void {
    const stay = this.#stays.get(client);
    if (stay?.address === address) stay.lastUse = now;
    else this.#stays.set(client, { address, lastUse: now });
  }

  /** Forgets the clients of addresses that are no more. */
  retain(addresses: ReadonlySet<string>): void {
    for (const [client, stay] of this.#stays) if (!addresses.has(stay.address)) this.#stays.delete(client);
  }
}
