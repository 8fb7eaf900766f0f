/**
 * Real servers that keep their connections at weight 0 until these end.
 * Source: graceful termination in pkg/proxy/ipvs, Kubernetes v1.36.3: TCP only, looked at once a minute.
 */
import type { VirtualServer } from './tables.ts';

export class DrainingServers {
  readonly #connections: (server: string, realServer: string) => number;
  /** Virtual server key to the addresses draining behind it. */
  readonly #draining = new Map<string, Set<string>>();

  constructor(connections: (server: string, realServer: string) => number) {
    this.#connections = connections;
  }

  get size(): number {
    let size = 0;
    for (const addresses of this.#draining.values()) size += addresses.size;
    return size;
  }

  /** Addresses at weight 0 behind this virtual server. */
  of(server: string): Iterable<string> {
    return this.#draining.get(server) ?? [];
  }

  /** True if the real server has to stay at weight 0; false if it may be deleted at once. */
  start(server: VirtualServer, address: string): boolean {
    if (server.protocol !== 'TCP' || this.#connections(server.key, address) === 0) return false;
    let addresses = this.#draining.get(server.key);
    if (addresses === undefined) this.#draining.set(server.key, (addresses = new Set()));
    addresses.add(address);
    return true;
  }

  /** True if the real server was draining. */
  stop(server: string, address: string): boolean {
    return this.#draining.get(server)?.delete(address) ?? false;
  }

  forget(server: string): void {
    this.#draining.delete(server);
  }

  /** Deletes those whose connections have ended. */
  check(): { readonly asked: number; readonly deleted: number } {
    let asked = 0;
    let deleted = 0;
    for (const [server, addresses] of this.#draining) {
      for (const address of [...addresses]) {
        asked++;
        if (this.#connections(server, address) > 0) continue;
        addresses.delete(address);
        deleted++;
      }
    }
    return { asked, deleted };
  }
}
