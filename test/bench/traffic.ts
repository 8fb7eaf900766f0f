/**
 * What Services cost: a client request from arrival to count, by proxy mode, on 1,000 nodes and 10 Services of 100 pods;
 * and a change of one endpoint in 1,500 Services of 100, from the watch event to the rules of all nodes.
 */
import { PROXY_MODES } from '../../proxies/index.ts';
import type { EndpointSlice, Service } from '../../sim/api/index.ts';
import { instant, log, Simulation } from '../../sim/engine/index.ts';
import { ChangeTracker } from '../../sim/network/change-tracker.ts';
import type { ProxyMode } from '../../sim/network/proxy.ts';
import { ProxyFleet } from '../../sim/network/proxy-fleet.ts';
import { ProxyNodes } from '../../sim/network/proxy-nodes.ts';
import { World } from '../../sim/world/index.ts';
import { TestCluster } from '../support/network/cluster.ts';
import { type BenchOptions, type BenchRow, measure } from './row.ts';

const SERVICES = 10;
const PER_SECOND = 10_000;

export function run({ runs = 5, quick = false }: BenchOptions = {}): BenchRow[] {
  const modes = [...PROXY_MODES.values()];
  const requests = quick ? 50_000 : 200_000;
  const changes = quick ? 1000 : 10_000;
  const requestBodies = modes.map((mode) => ({
    name: mode.name,
    prepare: () => requestLoop(mode, requests),
  }));
  const changeBodies = modes.map((mode) => ({ name: mode.name, prepare: () => changeLoop(mode, changes) }));
  return [
    ...measure('request', requests, requestBodies, runs),
    ...measure('endpoint change', changes, changeBodies, runs),
  ];
}

function requestLoop(mode: ProxyMode, requests: number): () => void {
  const cluster = new TestCluster(mode, 1000, {}, 'bench', 3);
  for (let s = 0; s < SERVICES; s++) {
    cluster.addService(`web${s}`, 100);
    cluster.traffic.add({
      name: `clients${s}`,
      service: `default/web${s}`,
      load: { kind: 'open', rate: [{ from: instant(20e6), perSecond: PER_SECOND / SERVICES }] },
      serviceTime: (random) => -log(1 - random()) * 5000,
    });
  }
  let untilSeconds = 25;
  cluster.run(untilSeconds);
  return () => cluster.run((untilSeconds += requests / PER_SECOND));
}

const FLEET_SERVICES = 1500;
const ENDPOINTS = 100;
/** Changes of two Services at a time until each of their pods is replaced, 75 of them between two syncs. */
const PER_SYNC = 75;

function changeLoop(mode: ProxyMode, changes: number): () => void {
  const simulation = new Simulation('bench');
  const nodes = new ProxyNodes(new World(simulation), simulation.random);
  const tracker = new ChangeTracker();
  const fleet = new ProxyFleet(mode, nodes, tracker, simulation.random);
  let address = 0;
  const slices = Array.from({ length: FLEET_SERVICES }, (_, s) => {
    tracker.service(`default/s${s}`, service(s));
    const made = slice(
      s,
      Array.from({ length: ENDPOINTS }, () => entry(address++)),
    );
    tracker.slice(made, false);
    return made;
  });
  let now = fleet.begin(instant(0)).end;
  fleet.end(now);
  let done = 0;
  const change = (): void => {
    const s = (2 * Math.floor(done / (2 * ENDPOINTS)) + (done % 2)) % FLEET_SERVICES;
    const endpoints = [...slices[s]!.endpoints];
    endpoints[(done++ >> 1) % ENDPOINTS] = entry(address++);
    slices[s] = { ...slices[s]!, endpoints };
    const changed = tracker.slice(slices[s], false, now);
    if (mode.endpointsNeedNoSync && changed !== undefined) fleet.refresh(changed, now, now);
  };
  return () => {
    for (let i = 0; i < changes; i++) {
      change();
      if (i % PER_SYNC !== 0) continue;
      now = fleet.begin(instant(now + 1e6)).end;
      fleet.end(now);
    }
  };
}

const metadata = (name: string): Service['metadata'] => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
});

const service = (s: number): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(`s${s}`),
  spec: { clusterIP: `10.96.${s >> 8}.${s & 255}`, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
});

const slice = (s: number, endpoints: EndpointSlice['endpoints']): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { ...metadata(`s${s}-abcde`), labels: { 'kubernetes.io/service-name': `s${s}` } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints,
});

const entry = (n: number): EndpointSlice['endpoints'][number] => ({
  addresses: [`10.${128 + ((n >> 16) & 127)}.${(n >> 8) & 255}.${n & 255}`],
  conditions: { ready: true, serving: true, terminating: false },
  nodeName: 'node-1',
  targetRef: { kind: 'Pod', namespace: 'default', name: `pod-${n}` },
});
