import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod, Service } from '../../../sim/api/index.ts';
import { Member } from '../../../sim/controllers/endpoints/service-pods.ts';
import { changedSubset, placementOf, subsetsOf } from '../../../sim/controllers/endpoints/subsets.ts';

const service = (spec: Partial<Service['spec']> = {}): Service =>
  ({
    metadata: { name: 's', namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
  }) as unknown as Service;

type State = 'ready' | 'unready' | 'terminating' | 'no address';

const member = (n: number, state: State = 'ready', containers: readonly unknown[] = []): Member =>
  new Member('default/web', {
    metadata: {
      name: `p${n}`,
      namespace: 'default',
      uid: `u${n}`,
      ...(state === 'terminating' ? { deletionTimestamp: 'now' } : {}),
    },
    spec: { nodeName: 'n', containers },
    status: {
      phase: 'Running',
      ...(state === 'no address' ? {} : { podIP: `10.0.0.${n}` }),
      conditions: [{ type: 'Ready', status: state === 'unready' ? 'False' : 'True' }],
    },
  } as unknown as Pod);

const ips = (list: readonly { readonly ip: string }[] = []): string => list.map(({ ip }) => ip).join(' ');

describe('subsets of endpoints', () => {
  it('hold addresses in textual order of IP, ready ones apart', () => {
    const { subsets } = subsetsOf(service(), [
      member(10),
      member(9),
      member(1, 'unready'),
      member(2),
      member(3, 'terminating'),
      member(4, 'no address'),
    ]);
    expect(
      subsets.map(({ addresses, notReadyAddresses, ports }) => [
        ips(addresses),
        ips(notReadyAddresses),
        ports,
      ]),
    ).toEqual([['10.0.0.10 10.0.0.2 10.0.0.9', '10.0.0.1', [{ port: 80, protocol: 'TCP' }]]]);
  });

  it('hold all addresses if the Service publishes unready ones', () => {
    const members = [member(1, 'unready'), member(3, 'terminating')];
    const [subset] = subsetsOf(service({ publishNotReadyAddresses: true }), members).subsets;
    expect([ips(subset?.addresses), ips(subset?.notReadyAddresses)]).toEqual(['10.0.0.1 10.0.0.3', '']);
  });

  it('are one per set of ports; pods without the port have none', () => {
    const named = service({ ports: [{ port: 80, targetPort: 'http' }] });
    const on = (containerPort: number): readonly unknown[] => [{ ports: [{ name: 'http', containerPort }] }];
    const { subsets } = subsetsOf(named, [
      member(1, 'ready', on(8080)),
      member(2, 'ready', on(9090)),
      member(3, 'ready', on(8080)),
      member(4),
    ]);
    expect(subsets.map(({ addresses, ports }) => [ips(addresses), ports?.[0]?.port])).toEqual([
      ['10.0.0.1 10.0.0.3', 8080],
      ['10.0.0.2', 9090],
    ]);
  });

  it('are cut off at 1,000 addresses', () => {
    const { subsets, truncated } = subsetsOf(
      service(),
      Array.from({ length: 1001 }, (_, n) => member(n)),
    );
    expect([subsets[0]?.addresses?.length, truncated]).toEqual([1000, true]);
  });

  it('come out the same from changes alone', () => {
    const states = fc.constantFrom<State>('ready', 'unready', 'terminating', 'no address');
    const round = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), states), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 5 }), (rounds) => {
        const plain = service();
        // One member stays, so that there is always a subset.
        const members = new Map([['u99', member(99)]]);
        let [subset] = subsetsOf(plain, members.values()).subsets;
        for (const changes of rounds) {
          const changed = new Map(changes.map(([n, state]) => [`u${n}`, member(n, state)]));
          for (const [uid, one] of changed) members.set(uid, one);
          const placements = new Map([...changed].map(([uid, one]) => [uid, placementOf(one, plain)]));
          subset = changedSubset(subset!, placements);
          expect([subset]).toEqual(subsetsOf(plain, members.values()).subsets);
        }
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it('stay the same object if nothing changes', () => {
    const plain = service();
    const one = member(1);
    const [subset] = subsetsOf(plain, [one]).subsets;
    expect(changedSubset(subset!, new Map([['u1', placementOf(one, plain)]]))).toBe(subset);
    expect(changedSubset(subset!, new Map([['u2', undefined]]))).toBe(subset);
  });
});
