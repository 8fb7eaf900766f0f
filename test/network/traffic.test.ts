/** What clients meet: each cause of failure, staleness, kept connections, queues, and the same requests under every mode. */
import { describe, expect, it } from 'vitest';
import { PROXY_MODES } from '../../proxies/index.ts';
import type { ObservationMap } from '../../sim/api/observations.ts';
import { distribution, instant, log, type Random, type SimTime } from '../../sim/engine/index.ts';
import type { TrafficOptions } from '../../sim/network/traffic-options.ts';
import { TestCluster } from '../support/network/cluster.ts';

const mode = (name: string) => PROXY_MODES.get(name)!;
const at = (s: number): SimTime => instant(s * 1e6);
const exponential =
  (meanUs: number) =>
  (random: Random): number =>
    -log(1 - random()) * meanUs;
type Ended = ObservationMap['service-request'];
type Counts = Partial<Record<Ended['outcome'], number>>;

const open = (perSecond: number, more: Partial<TrafficOptions> = {}): TrafficOptions => ({
  name: 'clients',
  service: 'default/web',
  load: { kind: 'open', rate: [{ from: at(5), perSecond }] },
  serviceTime: () => 1000,
  ...more,
});

/** A cluster with one Service under load; the requests that ended, in order. */
function loaded(
  name: string,
  traffic: TrafficOptions,
  pods = 4,
  nodes = 4,
): { readonly cluster: TestCluster; readonly ended: Ended[] } {
  const cluster = new TestCluster(mode(name), nodes, {}, 'traffic', 2);
  const ended: Ended[] = [];
  cluster.bus.on('service-request', (seen) => ended.push(seen));
  if (pods > 0) cluster.addService('web', pods);
  cluster.traffic.add(traffic);
  return { cluster, ended };
}

/** Outcomes of the requests that ended in an interval of seconds, with how often. */
function outcomes(ended: readonly Ended[], from: number, to: number): Counts {
  const counts: Counts = {};
  for (const { time, outcome } of ended) {
    if (time >= from * 1e6 && time < to * 1e6) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

const MODES = ['iptables', 'ipvs', 'userspace'] as const;

describe.each(MODES)('%s', (name) => {
  it('answers while all is well', () => {
    const { cluster, ended } = loaded(name, open(500));
    cluster.run(15);
    const counts = outcomes(ended, 5, 15);
    expect(Object.keys(counts)).toEqual(['ok']);
    expect(Math.abs(counts.ok! - 5000)).toBeLessThan(3 * Math.sqrt(5000));
    expect(ended.some((request) => request.stale)).toBe(false);
    // Service time, at least two round trips on one node, at most two between zones and what the mode adds.
    for (const { latencyUs } of ended) {
      expect(latencyUs).toBeGreaterThan(1000 + 4 * 15);
      expect(latencyUs).toBeLessThan(1000 + 4 * 500 + 200);
    }
  });

  it('refuses at once where a Service has no endpoints', () => {
    const { cluster, ended } = loaded(name, open(100));
    cluster.run(10);
    cluster.pods.set('web', []);
    cluster.publish('web');
    cluster.run(20);
    expect(outcomes(ended, 12, 20)).toEqual({ 'no-endpoints': expect.any(Number) });
    expect(Math.max(...ended.filter((e) => e.outcome !== 'ok').map((e) => e.latencyUs))).toBeLessThan(200);
  });

  it('counts the dead client', () => {
    const { cluster, ended } = loaded(name, open(400, { from: 'inside' }), 1);
    cluster.run(8);
    // The pod lives on node 0.
    cluster.world.crashMachine('node-2', 'test');
    cluster.run(12);
    const counts = outcomes(ended, 8, 12);
    const share = counts['client-down']! / (counts.ok! + counts['client-down']!);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
  });

  it('meets the same requests as every other mode', () => {
    const starts = (other: string): string[] => {
      const { cluster, ended } = loaded(other, open(50));
      cluster.run(10);
      return ended.map((e) => `${Math.round(e.time - e.latencyUs)}`).sort();
    };
    expect(starts(name)).toEqual(starts('ipvs'));
  });

  it('sends the same again with the same seed', () => {
    const run = (): unknown => {
      const { cluster, ended } = loaded(name, open(200, { serviceTime: exponential(3000) }));
      cluster.run(10);
      return { ended, digest: cluster.simulation.digest.hex() };
    };
    expect(run()).toEqual(run());
  });
});

describe('a pod that is gone while rules still name it', () => {
  /** Kills the pods of node 0 at 10 s, by machine or alone; the slice follows at 12 s. */
  function killed(name: string, machine: boolean): Ended[] {
    const { cluster, ended } = loaded(name, open(400, { connectTimeoutUs: 1e6 }));
    cluster.run(10);
    const pods = cluster.pods.get('web')!;
    if (machine) cluster.world.crashMachine('node-0', 'test');
    else cluster.world.removeSandbox(pods[0]!.sandbox);
    cluster.run(12);
    pods.shift();
    cluster.publish('web');
    cluster.run(20);
    return ended;
  }

  it.each(['iptables', 'ipvs'])('%s: refused while its machine runs', (name) => {
    const ended = killed(name, false);
    const counts = outcomes(ended, 10.1, 12);
    expect(counts['connection-refused']! / (counts['connection-refused']! + counts.ok!)).toBeCloseTo(0.25, 1);
    expect(counts['connect-timeout']).toBeUndefined();
    expect(outcomes(ended, 12.1, 20)).toEqual({ ok: expect.any(Number) });
  });

  it.each(['iptables', 'ipvs'])('%s: no answer once its machine is dead', (name) => {
    const ended = killed(name, true).filter((e) => e.outcome !== 'client-down');
    const timeouts = ended.filter((e) => e.outcome === 'connect-timeout');
    expect(timeouts.length).toBeGreaterThan(150);
    for (const { latencyUs } of timeouts) expect(latencyUs).toBe(1e6);
    expect(outcomes(ended, 13.1, 20)).toEqual({ ok: expect.any(Number) });
  });

  it('userspace dials the next endpoint, and those behind wait', () => {
    const ended = killed('userspace', true).filter((e) => e.outcome !== 'client-down');
    expect(outcomes(ended, 10.1, 20)).toEqual({ ok: expect.any(Number) });
    const slow = ended.filter((e) => e.latencyUs > 250e3);
    expect(slow.length).toBeGreaterThan(10);
    // The first tries of the victims alone take 250 ms; the rest is waiting for the accept loop.
    expect(Math.max(...slow.map((e) => e.latencyUs))).toBeGreaterThan(300e3);
  });

  it('is stale from the moment the API knows until the rules have changed', () => {
    const { cluster, ended } = loaded('iptables', open(2000));
    cluster.run(10);
    const pods = cluster.pods.get('web')!;
    cluster.world.removeSandbox(pods.shift()!.sandbox);
    // Two changes in a row: the second one waits a second for the next sync.
    cluster.publish('web');
    cluster.run(10.2);
    cluster.world.removeSandbox(pods.shift()!.sandbox);
    cluster.publish('web');
    cluster.run(15);
    const refused = ended.filter((e) => e.outcome === 'connection-refused');
    const second = refused.filter((e) => e.time > 10.21e6 && e.time < 11e6);
    expect(second.length).toBeGreaterThan(300);
    expect(second.every((e) => e.stale)).toBe(true);
    expect(ended.filter((e) => e.time > 11.2e6).some((e) => e.stale)).toBe(false);
    expect(cluster.traffic.of('default/web').stale).toBe(ended.filter((e) => e.stale).length);
  });
});

describe('requests on their way', () => {
  it('are reset by the death of their pod', () => {
    const { cluster, ended } = loaded('iptables', open(200, { serviceTime: () => 500e3 }));
    cluster.run(10);
    const pod = cluster.pods.get('web')![0]!;
    cluster.world.removeSandbox(pod.sandbox);
    cluster.run(12);
    const resets = ended.filter((e) => e.outcome === 'connection-reset');
    // 200/s for half a second, a quarter of them on that pod.
    expect(resets.length).toBeGreaterThan(12);
    expect(resets.length).toBeLessThan(40);
    for (const { time, endpoint } of resets) {
      expect(time).toBe(10e6);
      expect(endpoint).toBe(`${pod.sandbox.ip}:8080`);
    }
  });

  it.each([
    ['dies', undefined],
    ['dies and is back before they would have ended', 10.1],
  ])('time out if the machine %s', (_, back) => {
    const { cluster, ended } = loaded('iptables', open(200, { serviceTime: () => 500e3 }));
    cluster.run(10);
    cluster.world.crashMachine('node-0', 'test');
    if (back !== undefined) {
      cluster.run(back);
      cluster.world.recoverMachine('node-0', 'test');
    }
    cluster.run(10.6);
    const lost = ended.filter((e) => e.outcome === 'connect-timeout' && e.time - e.latencyUs < 10e6);
    expect(lost.length).toBeGreaterThan(5);
    expect(ended.some((e) => e.outcome === 'connection-reset')).toBe(false);
  });

  it('are counted although no other request comes', () => {
    const { cluster, ended } = loaded('iptables', open(1, { until: at(8) }));
    cluster.run(30);
    expect(ended.length).toBeGreaterThan(0);
    cluster.traffic.settle();
    expect(cluster.traffic.of('default/web').total).toBe(ended.length);
  });
});

describe('kept connections', () => {
  it('stay with their pod when rules change, and break with it', () => {
    const kept = open(400, { requestsPerConnection: 1000, load: openOver(4) });
    const { cluster, ended } = loaded('ipvs', kept);
    cluster.run(10);
    const pods = cluster.pods.get('web')!;
    const gone = pods.shift()!;
    cluster.publish('web');
    cluster.run(15);
    const address = `${gone.sandbox.ip}:8080`;
    const later = ended.filter((e) => e.time > 11e6 && e.time < 15e6);
    expect(later.filter((e) => e.endpoint === address).length).toBeGreaterThan(100);
    expect(later.every((e) => e.outcome === 'ok')).toBe(true);
    cluster.world.removeSandbox(gone.sandbox);
    cluster.run(20);
    const after = ended.filter((e) => e.time > 15.01e6);
    const resets = after.filter((e) => e.outcome === 'connection-reset');
    expect(resets.length).toBeGreaterThan(0);
    expect(resets.length).toBeLessThanOrEqual(4);
    // The client learns of it by the answer to its next request.
    for (const { latencyUs } of resets) expect(latencyUs).toBeGreaterThanOrEqual(2 * 15);
    expect(after.filter((e) => e.endpoint === address && e.outcome === 'ok')).toEqual([]);
  });

  it('save the round trip of connecting', () => {
    const mean = (requestsPerConnection: number): number => {
      const { cluster } = loaded('iptables', open(400, { requestsPerConnection, load: openOver(4) }));
      cluster.run(15);
      return cluster.traffic.of('default/web').latencyUs.mean;
    };
    expect(mean(1) - mean(100)).toBeGreaterThan(100);
  });

  function openOver(clients: number): TrafficOptions['load'] {
    return { kind: 'open', rate: [{ from: at(5), perSecond: 400 }], clients };
  }
});

describe('queues at pods', () => {
  it('M/M/1: waits as long as theory says', () => {
    const rate = 500;
    const meanUs = 1000;
    // All on one node: the client, the pod, and a constant latency.
    const traffic = open(rate, { serviceTime: exponential(meanUs), concurrency: 1 });
    const { cluster } = loaded('iptables', traffic, 1, 1);
    cluster.run(405);
    const latency = cluster.traffic.of('default/web').latencyUs;
    const fixedUs = 4 * 15 + (11.567 + 0.0051804 / 2 - 7.6) + 0.039321 + 0.2;
    const sojourn = meanUs / (1 - (rate * meanUs) / 1e6);
    expect(latency.count).toBeGreaterThan(199_000);
    // 200,000 requests at load 0.5: standard error about 0.5 %.
    expect((latency.mean - fixedUs) / sojourn).toBeCloseTo(1, 1.7);
  });

  it('do not form with enough servers', () => {
    const traffic = open(300, { serviceTime: () => 5000, concurrency: 100 });
    const { cluster, ended } = loaded('iptables', traffic, 1, 1);
    cluster.run(10);
    expect(Math.max(...ended.map((e) => e.latencyUs))).toBeLessThan(5000 + 100);
  });
});

describe('closed loop', () => {
  const closed = (clients: number, more: Partial<TrafficOptions> = {}): TrafficOptions =>
    open(0, {
      load: { kind: 'closed', clients, thinkTime: exponential(90e3) },
      serviceTime: () => 9000,
      start: at(5),
      ...more,
    });

  it('sends as fast as answers and thoughts allow', () => {
    const { cluster } = loaded('iptables', closed(50));
    cluster.run(105);
    const { total, latencyUs } = cluster.traffic.of('default/web');
    // Response time law: N = X (R + Z).
    const throughput = total / 100;
    expect((throughput * (latencyUs.mean + 90e3)) / 1e6 / 50).toBeCloseTo(1, 1.5);
  });

  it('thinks as long before requests to one endpoint as before those to another', () => {
    const gamma = distribution({ gamma: { shape: 0.5, scale: 2000 } });
    const thoughts: number[] = [];
    const thinkTime = (random: Random): number => {
      thoughts.push(gamma.sample(random));
      return thoughts.at(-1)!;
    };
    const load = { kind: 'closed', clients: 1, thinkTime } as const;
    const { cluster, ended } = loaded('iptables', closed(1, { load, serviceTime: () => 100 }), 2);
    cluster.run(30);
    const byEndpoint = new Map<string, number[]>();
    for (const [i, { endpoint }] of ended.entries()) {
      const found = byEndpoint.get(endpoint);
      if (found === undefined) byEndpoint.set(endpoint, [thoughts[i]!]);
      else found.push(thoughts[i]!);
    }
    expect(byEndpoint.size).toBe(2);
    for (const found of byEndpoint.values()) {
      expect(found.length).toBeGreaterThan(5000);
      // One varies by √2 ms: three standard errors of the mean are below 60 µs.
      expect(Math.abs(found.reduce((sum, us) => sum + us, 0) / found.length - 1000)).toBeLessThan(60);
    }
  });

  it('draws no number twice, however many a distribution needs', () => {
    const drawn: number[] = [];
    const thirty = (random: Random): number => {
      for (let i = 0; i < 30; i++) drawn.push(random());
      return 10e3;
    };
    const load = { kind: 'closed', clients: 5, thinkTime: thirty } as const;
    loaded('iptables', closed(5, { load, serviceTime: thirty })).cluster.run(6);
    expect(drawn.length).toBeGreaterThan(10_000);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('does not storm a Service that refuses', () => {
    const load = { kind: 'closed', clients: 10, thinkTime: () => 0, retryDelayUs: 100e3 } as const;
    const { cluster, ended } = loaded('iptables', closed(10, { load }), 0);
    cluster.run(15);
    // No such Service: ten clients, ten tries a second, ten seconds.
    expect(ended.length).toBeGreaterThanOrEqual(990);
    expect(ended.length).toBeLessThanOrEqual(1010);
    expect(new Set(ended.map((e) => e.outcome))).toEqual(new Set(['no-endpoints']));
  });
});

describe('outside clients', () => {
  it('reach a NodePort Service by any ready node, and nothing else', () => {
    const traffic = open(200, { from: 'outside' });
    const { cluster, ended } = loaded('iptables', traffic, 0);
    cluster.addService('web', 4, { type: 'NodePort' });
    cluster.addService('inner', 4);
    cluster.traffic.add({ ...traffic, name: 'inner', service: 'default/inner' });
    cluster.run(10);
    expect(
      outcomes(
        ended.filter((e) => e.service === 'default/web'),
        0,
        10,
      ),
    ).toEqual({ ok: expect.any(Number) });
    expect(
      outcomes(
        ended.filter((e) => e.service === 'default/inner'),
        0,
        10,
      ),
    ).toEqual({
      'connect-timeout': expect.any(Number),
    });
    for (const { latencyUs, outcome } of ended) if (outcome === 'ok') expect(latencyUs).toBeGreaterThan(5000);
  });
});
