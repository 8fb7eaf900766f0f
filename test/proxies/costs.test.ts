/** Cost tables against the fits and the medians they claim to come from (`golden/proxy`). */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as iptables from '../../proxies/iptables/costs.ts';
import { SAVE_NAT } from '../../proxies/userspace/costs.ts';

interface Coefficient {
  readonly id: string;
  readonly unit: string;
  readonly validFor: string;
  readonly terms: Readonly<Record<string, number>>;
}

const file = new URL('../golden/proxy/coefficients.json.gz', import.meta.url);
const published: readonly Coefficient[] = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));

describe('fits', () => {
  it.each([...Object.values(iptables.FITS), SAVE_NAT])('$id is as fitted', (fit) => {
    const { id, unit, validFor, terms } = published.find((row) => row.id === fit.id)!;
    // The table says "s CPU" where the fit has a unit of time; sizes are quoted.
    expect({ id: fit.id, terms: fit.terms, unit: fit.unit }).toEqual({ id, terms, unit });
    expect(fit.validFor.replace(/[<>=: ]/g, '')).toContain(validFor.replace(/[<>=: ]/g, '').slice(0, 3));
  });
});

/** CPU medians of MEASUREMENTS.md, Control plane, seconds. */
const MEASURED = [
  { services: 1000, endpoints: 5, full: 0.089, partial: 0.053, save: 0.026 },
  { services: 5000, endpoints: 1, full: 0.148, partial: 0.11, save: 0.046 },
  { services: 10000, endpoints: 5, full: 2.4, partial: 0.56, save: 0.34 },
  { services: 20000, endpoints: 1, full: 0.97, partial: 0.5, save: 0.21 },
  { services: 20000, endpoints: 5, full: 9.7, partial: 1.23, save: 0.7 },
];

describe('control plane', () => {
  it.each(MEASURED)(
    '$services services with $endpoints endpoints',
    ({ services, endpoints, full, partial, save }) => {
      const rules = 10 + services * (2 + 3 * endpoints);
      const fullLines = 23 + services * (3 + 4 * endpoints);
      const partialLines = 23 + services + (2 + 4 * (endpoints + 1));
      // The fits' own errors: median 5 to 10 %, single sizes up to a third.
      const off = (modelUs: number, seconds: number): number => modelUs / 1e6 / seconds;
      expect(off(iptables.fullRestoreUs(fullLines, true), full)).toBeWithin(0.65, 1.5);
      expect(off(iptables.partialRestoreUs(partialLines, rules), partial)).toBeWithin(0.8, 1.25);
      expect(off(iptables.saveNatUs(rules), save)).toBeWithin(0.8, 1.25);
    },
  );

  it('never costs less than one execution', () => {
    expect(iptables.saveNatUs(0)).toBe(1500);
    expect(iptables.partialRestoreUs(24, 9)).toBe(1500);
  });
});

describe('data plane', () => {
  /** connect p50 by position, MEASUREMENTS.md, minus plain forwarding. */
  it.each([
    { position: 1, us: 11.9 - 7.6 },
    { position: 500, us: 14.1 - 7.6 },
    { position: 1000, us: 16.8 - 7.6 },
    { position: 5000, us: 141 - 7.6 },
    { position: 10000, us: 300 - 7.6 },
  ])('the walk to rule $position', ({ position, us }) => {
    expect(iptables.chainWalkUs(position) / us).toBeWithin(0.85, 1.15);
  });

  it('grows without a step down', () => {
    let before = 0;
    for (let position = 0; position <= 6000; position += 100) {
      const us = iptables.chainWalkUs(position);
      expect(us).toBeGreaterThan(before);
      before = us;
    }
  });
});

expect.extend({
  toBeWithin(received: number, low: number, high: number) {
    const pass = received >= low && received <= high;
    return { pass, message: () => `${received} is not within ${low} and ${high}` };
  },
});

declare module 'vitest' {
  interface Matchers<T> {
    toBeWithin(low: number, high: number): T;
  }
}
