/**
 * What the ipvs mode costs. ASSUMED throughout: the measured kernel has no ipvs. Control plane: the calls of each sync,
 * counted exactly, times the cost of a call; data plane: a hash lookup plus conntrack, as the nftables map.
 * Sources and comparison: `golden/proxy/README.md` (Notes for readers), `golden/proxy/published.csv` (rows `ipvs`).
 */
import type { Cost } from '../../sim/network/cost.ts';

const cost = (value: number, unit: string, origin: string): Cost => ({
  value,
  unit,
  origin,
  basis: 'assumed',
});

export const COSTS = {
  netlinkCall: cost(
    0.82785,
    'us CPU',
    'as a bpf call that updates a map: coefficients.json ebpf-sock/full-map-fill',
  ),
  ipsetCall: cost(
    800,
    'us CPU',
    'one `ipset` execution; published.csv flftuu-2019: 0.8 ms to add one rule by a command',
  ),
  restore: cost(1500, 'us CPU', 'one iptables-restore of 32 to 50 lines, of the order of a process start'),
  connect: cost(
    3.9,
    'us',
    'as the nftables map: MEASUREMENTS.md, 11.5 us with it against 7.6 us without netfilter',
  ),
  establishedRequest: cost(0.2, 'us', 'conntrack as in iptables: MEASUREMENTS.md, 8.9 us against 8.7 us'),
} as const;
