/**
 * What the iptables mode costs: CPU time of `iptables-restore` and `iptables-save`, and µs per new connection.
 * Source: our own measurements of the legacy back end on Linux 6.18, one core (`golden/proxy/MEASUREMENTS.md`,
 * `golden/proxy/coefficients.json`). kube-proxy's own Go time was not measured and is not in them.
 */
import type { Cost, CostFit } from '../../sim/network/cost.ts';

/** `lines`: lines of input; `rules`: rules in the kernel; `position`: index of the service in KUBE-SERVICES. */
export const FITS = {
  fullEmpty: fitted('iptables/full-empty/linear/50k-lines', 's CPU', '<= 50k lines', {
    a: 0.0046217,
    b: 3.8762e-6,
  }),
  fullEmptyLarge: fitted('iptables/full-empty/quadratic/all-sizes', 's CPU', 'all sizes', {
    b: 3.6046e-6,
    c: 2.7341e-11,
  }),
  fullResync: fitted('iptables/full-resync/linear/50k-lines', 's CPU', '<= 50k lines', {
    a: 0.00068356,
    b: 4.9411e-6,
  }),
  fullResyncLarge: fitted('iptables/full-resync/quadratic/all-sizes', 's CPU', 'all sizes', {
    b: 4.5773e-6,
    c: 2.4962e-11,
  }),
  partial: fitted('iptables/partial/linear/all-sizes', 's CPU', 'all sizes', {
    a: -0.00095493,
    b: 7.2674e-6,
    c: 2.8286e-6,
  }),
  saveNat: fitted('iptables/save-nat/linear/all-sizes', 's CPU', 'all sizes', { a: -0.0062256, b: 2.075e-6 }),
  connectCached: fitted('iptables/connect-p50/linear/position-1000', 'us', 'position <= 1000', {
    a: 11.567,
    b: 0.0051804,
  }),
  connectLarge: fitted('iptables/connect-p50/linear/position-2500', 'us', 'position >= 2500', {
    a: 17.305,
    b: 0.0255,
  }),
  connectEndpoints: fitted('iptables/connect-p50/linear/one-service', 'us', 'one service', {
    a: 10.672,
    b: 0.039321,
  }),
} as const;

export const COSTS = {
  /** A program that reads and writes nearly empty tables; the fits above go below zero there. */
  execution: cost(0.0015, 's CPU', 'of the order of one process start', 'assumed'),
  plainConnect: cost(7.6, 'us', 'MEASUREMENTS.md, Data plane: no netfilter at all', 'measured'),
  establishedRequest: cost(0.2, 'us', 'MEASUREMENTS.md: 8.9 us against 8.7 us without rules', 'measured'),
} as const;

/** A full sync makes sure of 14 jump chains and 14 jump rules, of which these are in nat and pay for its size. */
const ENSURE_NAT = 6;
const ENSURE_FILTER = 22;
const CACHED = FITS.connectCached;
const LARGE = FITS.connectLarge;

function fitted<T extends CostFit['terms']>(
  id: string,
  unit: string,
  validFor: string,
  terms: T,
): CostFit & { readonly terms: T } {
  return { id, unit, validFor, basis: 'measured', terms };
}

function cost(value: number, unit: string, origin: string, basis: Cost['basis']): Cost {
  return { value, unit, origin, basis };
}

const curve = ({ terms }: CostFit, x: number, y = 0): number =>
  (terms.a ?? 0) + (terms.b ?? 0) * x + (terms.c ?? 0) * y;

const atLeastOneExecution = (seconds: number): number => Math.max(seconds, COSTS.execution.value) * 1e6;

/** µs of a restore of everything, into an empty kernel or over what is there. */
export function fullRestoreUs(lines: number, empty: boolean): number {
  const small = lines <= 50_000;
  const chosen = empty
    ? small
      ? FITS.fullEmpty
      : FITS.fullEmptyLarge
    : small
      ? FITS.fullResync
      : FITS.fullResyncLarge;
  return atLeastOneExecution(curve(chosen, lines, lines * lines));
}

/** µs of a restore of `lines` onto `rules` rules: legacy iptables reads and writes the whole table. */
export const partialRestoreUs = (lines: number, rules: number): number =>
  atLeastOneExecution(curve(FITS.partial, lines, rules));

/** µs of listing the nat table. */
export const saveNatUs = (natRules: number): number => atLeastOneExecution(curve(FITS.saveNat, natRules));

/** µs of making sure of the jumps from the built-in chains. */
export const ensureJumpsUs = (natRules: number): number =>
  ENSURE_NAT * saveNatUs(natRules) + ENSURE_FILTER * COSTS.execution.value * 1e6;

/** µs added to a new connection by conntrack, DNAT and the rules before its service's in KUBE-SERVICES. */
export function chainWalkUs(position: number): number {
  if (position <= 1000) return curve(CACHED, position) - COSTS.plainConnect.value;
  if (position >= 2500) return curve(LARGE, position) - COSTS.plainConnect.value;
  // Between the two fits the chain drops out of the cache little by little.
  const from = curve(CACHED, 1000);
  const to = curve(LARGE, 2500);
  return from + ((to - from) * (position - 1000)) / 1500 - COSTS.plainConnect.value;
}

/** µs for the statistic rules passed before one matches: the fit is over uniform draws, which pass half of them. */
export const statisticRulesUs = (passed: number): number => 2 * FITS.connectEndpoints.terms.b * passed;
