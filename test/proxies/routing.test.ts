/** How the modes choose among endpoints: fairness, order, affinity, refusals. */
import { describe, expect, it } from 'vitest';
import { PROXY_MODES } from '../../proxies/index.ts';
import { drawAt, drawsOf, instant, RandomStreams, seconds } from '../../sim/engine/index.ts';
import type { DataPlane, PortDataPlane } from '../../sim/network/proxy.ts';
import { endpoint, endpoints, flow, routed, rules } from '../support/network/flows.ts';

const random = new RandomStreams('routing');
const plane = (mode: string): DataPlane =>
  PROXY_MODES.get(mode)!.dataPlane({ at: (key, node, n) => drawsOf(random.keyOf(key, `${node} ${n}`)) });
const portOf = (mode: string): PortDataPlane => plane(mode).port('default/web:http');

/** How often each endpoint is chosen for `count` connections from one node. */
function shares(mode: string, count: number, sizes = 10): number[] {
  const port = portOf(mode);
  const list = endpoints(sizes);
  const current = rules(list);
  const chosen = new Map(list.map((e) => [e.ip, 0]));
  for (let n = 0; n < count; n++) {
    const ip = routed(port, flow({ draw: drawAt(1234, n), client: n }), current);
    chosen.set(ip, chosen.get(ip)! + 1);
  }
  return [...chosen.values()];
}

describe('iptables', () => {
  it('gives every endpoint the same chance', () => {
    const count = 100_000;
    const expected = count / 10;
    const chiSquare = shares('iptables', count).reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 99.9 % of chi-square with 9 degrees of freedom; and not suspiciously even.
    expect(chiSquare).toBeLessThan(27.9);
    expect(chiSquare).toBeGreaterThan(1.15);
  });

  it('takes longer the more endpoint rules are passed', () => {
    const p = plane('iptables');
    const port = p.port('default/web:http');
    const many = rules(endpoints(1000));
    const costOf = (draw: number): number => {
      port.route(flow({ draw }), many);
      return port.connectUs(flow({ draw }), many, 0);
    };
    // 39 ns per endpoint on average over a uniform draw: twice that for the last one.
    expect(costOf(0.9999) - costOf(0)).toBeCloseTo(2 * 0.039321 * 999, 5);
  });
});

describe('ipvs', () => {
  it('gives every endpoint its turn', () => {
    expect(shares('ipvs', 1000)).toEqual(new Array(10).fill(100));
  });

  it('goes on behind the last endpoint when the list changes', () => {
    const port = portOf('ipvs');
    const list = endpoints(5);
    const before = rules(list);
    for (let i = 0; i < 3; i++) port.route(flow(), before);
    const after = rules(list.filter((e) => e !== list[3]));
    expect([0, 1, 2, 3].map(() => routed(port, flow(), after))).toEqual(
      [list[4], list[0], list[1], list[2]].map((e) => e!.ip),
    );
  });

  it('keeps a turn per node', () => {
    const port = portOf('ipvs');
    const current = rules(endpoints(3));
    const first = [0, 1, 2].map((nodeIndex) => routed(port, flow({ nodeIndex }), current));
    expect(new Set(first).size).toBe(1);
  });
});

describe('userspace', () => {
  it('goes round in an order of the node', () => {
    const port = portOf('userspace');
    const current = rules(endpoints(20));
    const round = (nodeIndex: number): string[] =>
      Array.from({ length: 20 }, () => routed(port, flow({ nodeIndex }), current));
    const [a, again, b] = [round(0), round(0), round(1)];
    expect(again).toEqual(a);
    expect(new Set(a).size).toBe(20);
    expect(b).not.toEqual(a);
    expect([...b].sort()).toEqual([...a].sort());
  });

  it('shuffles anew when an endpoint comes, not when nothing changed', () => {
    const port = portOf('userspace');
    const list = endpoints(20);
    const round = (r: ReturnType<typeof rules>, n: number): string[] =>
      Array.from({ length: n }, () => routed(port, flow(), r));
    const before = round(rules(list, {}, 1), 20);
    expect(round(rules([...list], {}, 2), 20)).toEqual(before);
    const more = [...list, endpoint('10.9.9.9')];
    expect(round(rules(more, {}, 3), 21).filter((ip) => ip !== '10.9.9.9')).not.toEqual(before);
  });

  it('ignores policies and unready endpoints', () => {
    const port = portOf('userspace');
    const list = [
      endpoint('10.1.0.1', { nodeName: 'elsewhere' }),
      endpoint('10.1.0.2', { ready: false, terminating: true }),
    ];
    const local = rules(list, { internalLocal: true });
    expect([0, 1].map(() => routed(port, flow(), local))).toEqual(['10.1.0.1', '10.1.0.1']);
  });

  it('makes the next client wait for a slow dial', () => {
    const port = portOf('userspace');
    const current = rules(endpoints(2));
    port.route(flow(), current);
    expect(port.connectUs(flow(), current, 250e3)).toBe(98);
    port.route(flow(), current);
    expect(port.connectUs(flow({ now: instant(50_000) }), current, 0)).toBe(200e3 + 98);
    expect(port.connectUs(flow({ now: instant(900_000) }), current, 0)).toBe(98);
  });
});

describe.each(['iptables', 'ipvs', 'userspace'])('%s', (mode) => {
  it('keeps a client with its endpoint until the affinity expires', () => {
    const port = portOf(mode);
    const sticky = rules(endpoints(50), { affinitySeconds: 60 });
    const at = (s: number, draw: number): string =>
      routed(port, flow({ client: 7, now: instant(seconds(s)), draw }), sticky);
    const first = at(0, 0.1);
    // Each connection renews it.
    expect([at(50, 0.5), at(100, 0.9), at(159, 0.3)]).toEqual([first, first, first]);
    expect(at(159 + 60, 0.77)).not.toBe(first);
    const other = flow({ client: 8, now: instant(seconds(50)), draw: 0.5 });
    expect(routed(port, other, sticky)).not.toBe(first);
  });

  it('rejects where nothing is ready', () => {
    expect(routed(portOf(mode), flow(), rules([]))).toBe('reject');
    expect(
      routed(portOf(mode), flow(), rules([endpoint('10.1.0.1', { ready: false, serving: false })])),
    ).toBe('reject');
  });
});

describe('policy Local without an endpoint on the node', () => {
  const far = [endpoint('10.1.0.1', { nodeName: 'elsewhere' })];
  const local = rules(far, { nodePort: 30080, external: true, externalLocal: true });

  it('drops outside traffic in iptables', () => {
    expect(routed(portOf('iptables'), flow({ external: true }), local)).toBe('drop');
    expect(routed(portOf('iptables'), flow(), local)).toBe('10.1.0.1');
  });

  it('falls back to all endpoints in ipvs', () => {
    expect(routed(portOf('ipvs'), flow({ external: true }), local)).toBe('10.1.0.1');
  });
});

describe('topology hints', () => {
  const zoned = [endpoint('10.1.0.1', { zoneHints: ['a'] }), endpoint('10.1.0.2', { zoneHints: ['b'] })];
  it.each([
    { zone: 'a', ips: ['10.1.0.1'] },
    { zone: 'b', ips: ['10.1.0.2'] },
    { zone: 'c', ips: ['10.1.0.1', '10.1.0.2'] },
  ])('in zone $zone', ({ zone, ips }) => {
    const usable = rules(zoned).usableBy({ name: `n-${zone}`, zone, ip: '' });
    expect(usable.cluster.map((e) => e.ip)).toEqual(ips);
  });
});
