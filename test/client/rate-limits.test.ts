import { describe, expect, it } from 'vitest';
import { ApiServer, noLatency } from '../../sim/apiserver/index.ts';
import { ApiClient, clientLimits, TokenBucket } from '../../sim/client/index.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';

const at = (s: number) => instant(Math.round(s * 1e6));

describe('TokenBucket', () => {
  it.each([
    { qps: 20, burst: 30, requests: 50, last: 1 },
    { qps: 50, burst: 100, requests: 100, last: 0 },
    { qps: 5, burst: 10, requests: 11, last: 0.2 },
    { qps: 0, burst: 0, requests: 1000, last: 0 },
    { qps: -1, burst: 0, requests: 1000, last: 0 },
  ])(
    '$requests requests at once at $qps/$burst: the last goes after $last s',
    ({ qps, burst, requests, last }) => {
      const bucket = new TokenBucket(qps, burst);
      let departure = at(0);
      for (let i = 0; i < requests; i++) departure = bucket.reserve(at(0));
      expect(departure).toBe(at(last));
    },
  );

  it('refills up to the burst only', () => {
    const bucket = new TokenBucket(10, 2);
    expect([bucket.reserve(at(0)), bucket.reserve(at(0)), bucket.reserve(at(0))]).toEqual([0, 0, 100_000]);
    expect([bucket.reserve(at(60)), bucket.reserve(at(60)), bucket.reserve(at(60))]).toEqual([
      at(60),
      at(60),
      at(60.1),
    ]);
  });

  it('does not take what is not there with tryTake', () => {
    const bucket = new TokenBucket(1, 1);
    expect([bucket.tryTake(at(0)), bucket.tryTake(at(0.5)), bucket.tryTake(at(1))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('ApiClient', () => {
  it('keeps the order of requests that wait for a token', () => {
    const simulation = new Simulation('client');
    const server = new ApiServer(simulation, { latency: noLatency });
    const client = new ApiClient(simulation, server, { name: 'kube-controller-manager', qps: 10, burst: 1 });
    for (let i = 0; i < 5; i++) {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${i}` } };
      client.send({ verb: 'create', resource: 'configmaps', namespace: 'default', object });
    }
    const seen: number[] = [];
    for (const s of [0, 0.1, 0.2, 0.3, 0.4]) {
      simulation.run({ until: at(s) });
      seen.push(server.list('configmaps').length);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(server.list('configmaps').map((c) => c.metadata.name)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
  });

  it('knows the default limits of the control plane', () => {
    expect(clientLimits['kube-controller-manager']).toEqual({ qps: 20, burst: 30 });
    expect(clientLimits['kube-scheduler']).toEqual({ qps: 50, burst: 100 });
  });
});
