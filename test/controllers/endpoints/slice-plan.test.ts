import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../../sim/api/index.ts';
import { endpointIdentity, portsKey } from '../../../sim/controllers/endpoints/pod-endpoint.ts';
import {
  type DesiredGroup,
  planChanges,
  planSlices,
  type SlicePlan,
  withPlaceholder,
} from '../../../sim/controllers/endpoints/slice-plan.ts';

const PORTS = [{ name: '', protocol: 'TCP' as const, port: 80 }];
const endpoint = (n: number, ready = true): Endpoint => ({
  addresses: [`10.0.${n >> 8}.${n & 255}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', name: `p${n}`, uid: `u${n}` },
});

function desired(endpoints: readonly Endpoint[]): Map<string, DesiredGroup> {
  const groups = new Map<string, DesiredGroup>();
  if (endpoints.length > 0) {
    groups.set(portsKey(PORTS), {
      ports: PORTS,
      endpoints: new Map(endpoints.map((one) => [endpointIdentity(one), one])),
    });
  }
  return groups;
}

/** Applies a plan as the API would. */
class Slices {
  list: EndpointSlice[] = [];
  writes = 0;
  #created = 0;

  sync(endpoints: readonly Endpoint[]): void {
    this.#apply(planSlices(this.list, desired(endpoints), () => false));
  }

  /** By what changed since the last time; all slices have the ports. */
  change(before: readonly Endpoint[], after: readonly Endpoint[]): void {
    const uid = (one: Endpoint): string => one.targetRef!.uid!;
    const changes = new Map<string, Endpoint | undefined>(before.map((one) => [uid(one), undefined]));
    for (const one of after) changes.set(uid(one), one);
    this.#apply(planChanges(this.list, PORTS, changes));
  }

  #apply(endpointPlan: SlicePlan): void {
    const plan = withPlaceholder(this.list, endpointPlan);
    this.writes = plan.create.length + plan.update.length + plan.remove.length;
    const kept = this.list
      .filter((slice) => !plan.remove.includes(slice))
      .map((slice) => {
        const change = plan.update.find((candidate) => candidate.slice === slice);
        return change === undefined
          ? slice
          : ({ ...slice, ports: change.ports, endpoints: change.endpoints } as EndpointSlice);
      });
    const created = plan.create.map(({ ports, endpoints: list }) => {
      const metadata = {
        name: `s${++this.#created}`,
        uid: `s${this.#created}`,
        resourceVersion: '1',
        creationTimestamp: '',
      };
      return {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        ports,
        endpoints: list,
      } as EndpointSlice;
    });
    this.list = [...kept, ...created];
  }

  get sizes(): readonly number[] {
    return this.list.map(({ endpoints }) => endpoints.length);
  }
}

const range = (count: number): Endpoint[] => Array.from({ length: count }, (_, n) => endpoint(n));

describe('endpoint slices', () => {
  it('hold at most 100 endpoints and one placeholder if there are none', () => {
    const slices = new Slices();
    const sizes = [0, 99, 100, 101, 230, 90, 0].map((count) => {
      slices.sync(range(count));
      return slices.sizes.join();
    });
    expect(sizes).toEqual(['0', '99', '100', '100,1', '100,30,100', '90', '0']);
  });

  it('cost one write if one endpoint changes', () => {
    const slices = new Slices();
    slices.sync(range(230));
    slices.sync(range(230).map((one, n) => (n === 120 ? endpoint(120, false) : one)));
    expect(slices.writes).toBe(1);
    slices.sync(range(230).map((one, n) => (n === 120 ? endpoint(120, false) : one)));
    expect(slices.writes).toBe(0);
  });

  it('come out the same from changes alone', () => {
    const set = fc.uniqueArray(fc.integer({ min: 0, max: 260 }), { minLength: 1, maxLength: 250 });
    fc.assert(
      fc.property(fc.array(fc.tuple(set, fc.boolean()), { minLength: 2, maxLength: 6 }), (rounds) => {
        const whole = new Slices();
        const stepwise = new Slices();
        let before: readonly Endpoint[] = [];
        for (const [members, ready] of rounds) {
          const wanted = members.sort((a, b) => a - b).map((n) => endpoint(n, n % 2 === 0 || ready));
          whole.sync(wanted);
          stepwise.change(before, wanted);
          const held = stepwise.list.flatMap(({ endpoints }) => endpoints.map(endpointIdentity));
          expect(held.sort()).toEqual(wanted.map(endpointIdentity).sort());
          expect([stepwise.writes, ...stepwise.sizes]).toEqual([whole.writes, ...whole.sizes]);
          before = wanted;
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('always hold every endpoint once, in its present version', () => {
    const set = fc.uniqueArray(fc.integer({ min: 0, max: 260 }), { maxLength: 250 });
    fc.assert(
      fc.property(fc.array(fc.tuple(set, fc.boolean()), { minLength: 1, maxLength: 6 }), (rounds) => {
        const slices = new Slices();
        for (const [members, ready] of rounds) {
          const wanted = members.map((n) => endpoint(n, n % 2 === 0 || ready));
          slices.sync(wanted);
          const held = slices.list.flatMap(({ endpoints }) => endpoints);
          const text = (list: readonly Endpoint[]): string[] =>
            list.map((one) => `${endpointIdentity(one)} ${one.conditions?.ready}`).sort();
          expect(text(held)).toEqual(text(wanted));
          for (const size of slices.sizes) expect(size).toBeLessThanOrEqual(100);
          expect(slices.list.length).toBeGreaterThan(0);
        }
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});
