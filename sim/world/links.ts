/** Base latency of a packet between two places, by locality, before any queueing or proxy cost. */

export type Locality = 'same-node' | 'same-zone' | 'cross-zone' | 'external';

/** One-way latency, µs. */
export type LinkLatencies = Readonly<Record<Locality, number>>;

/**
 * Assumed, one way, µs; every value can be set in the scenario.
 * same-node: a veth pair and a bridge; same-zone: two hosts of one data centre (0.2 ms round trip);
 * cross-zone: data centres of one region (1 ms round trip); external: a client of the same region, outside the cluster.
 */
export const DEFAULT_LINK_LATENCIES: LinkLatencies = {
  'same-node': 15,
  'same-zone': 100,
  'cross-zone': 500,
  external: 1000,
};
