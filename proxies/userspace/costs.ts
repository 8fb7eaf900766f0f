/**
 * What the userspace mode costs. Data plane measured with a proxy of the same shape (`golden/proxy/MEASUREMENTS.md`,
 * Data plane); control plane from the measured cost of listing nat, which each `iptables -C` does.
 */
import type { Cost, CostFit } from '../../sim/network/cost.ts';

/** What one `iptables` execution reads: `rules` of the nat table. */
export const SAVE_NAT: CostFit = {
  id: 'iptables/save-nat/linear/all-sizes',
  unit: 's CPU',
  validFor: 'all sizes',
  basis: 'measured',
  terms: { a: -0.0062256, b: 2.075e-6 },
};

export const COSTS = {
  execution: {
    value: 1500,
    unit: 'us CPU',
    origin: 'one `iptables` on small tables, of the order of a process start',
    basis: 'assumed',
  },
  connect: {
    value: 98,
    unit: 'us',
    origin: 'MEASUREMENTS.md: connect and first answer 164 us against 66 us without proxy',
    basis: 'measured',
  },
  establishedRequest: {
    value: 11.1,
    unit: 'us',
    origin: 'MEASUREMENTS.md: 64 B request and answer 19.8 us against 8.7 us without proxy',
    basis: 'measured',
  },
} as const satisfies Readonly<Record<string, Cost>>;

/** µs of one `iptables` execution with so many rules in nat. */
export const executionUs = (natRules: number): number =>
  Math.max(COSTS.execution.value, ((SAVE_NAT.terms.a ?? 0) + (SAVE_NAT.terms.b ?? 0) * natRules) * 1e6);
