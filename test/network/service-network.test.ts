/** kube-proxy on every node: when rules come into force, on which node, and what a change costs. */
import { describe, expect, it } from 'vitest';
import { PROXY_MODES } from '../../proxies/index.ts';
import type { ObservationMap } from '../../sim/api/observations.ts';
import { instant, type SimTime } from '../../sim/engine/index.ts';
import { TestCluster } from '../support/network/cluster.ts';

const mode = (name: string) => PROXY_MODES.get(name)!;
const at = (s: number): SimTime => instant(s * 1e6);
type Synced = ObservationMap['proxy-synced'];

function syncsOf(cluster: TestCluster): Synced[] {
  const syncs: Synced[] = [];
  cluster.bus.on('proxy-synced', (seen) => syncs.push(seen));
  return syncs;
}

/** Removes the last pod of the Service from its slice. */
function shrink(cluster: TestCluster, service: string): void {
  cluster.pods.get(service)!.pop();
  cluster.publish(service);
}

describe('programming', () => {
  it('counts the rules of the formulas, full first and partial later', () => {
    const cluster = new TestCluster(mode('iptables'), 3);
    const syncs = syncsOf(cluster);
    cluster.addService('web', 4);
    cluster.addService('db', 2);
    cluster.run(10);
    // The API server's own Service `kubernetes` may or may not be there: count from what the model says.
    const others = syncs[0]!.services - 2;
    expect(syncs).toHaveLength(1);
    expect(syncs[0]).toMatchObject({ full: true, nodes: 3, endpoints: 6 });
    shrink(cluster, 'web');
    cluster.run(20);
    expect(syncs).toHaveLength(2);
    // README: 23 + N + Σ over changed services (2+4n), and 2 per deleted chain.
    const unserved = others;
    expect(syncs[1]).toMatchObject({
      full: false,
      endpoints: 5,
      rulesWritten: 23 + 2 + unserved + (2 + 4 * 3) + 2,
      rulesTotal: 9 + unserved + (2 + 3 * 3) + (2 + 3 * 2),
    });
  });

  it('takes at least the sync, and waits for the period after a run', () => {
    const cluster = new TestCluster(mode('iptables'), 3);
    const syncs = syncsOf(cluster);
    cluster.addService('web', 20);
    cluster.run(10);
    shrink(cluster, 'web');
    cluster.run(10.3);
    shrink(cluster, 'web');
    cluster.run(20);
    const [, second, third] = syncs;
    // Commit at 10 s, delivery 1 ms later, then the sync.
    expect(second!.time).toBe(at(10) + 1000 + second!.took);
    expect(second!.programmingLatency).toBe(1000 + second!.took);
    // Changed at 10.3 s, but nothing starts earlier than 1 s after the end of the run before.
    expect(third!.time).toBe(second!.time + 1e6 + third!.took);
    expect(third!.programmingLatency).toBe(third!.time - at(10.3));
  });

  it('ipvs does not wait', () => {
    const cluster = new TestCluster(mode('ipvs'), 3);
    const syncs = syncsOf(cluster);
    cluster.addService('web', 20);
    cluster.run(10);
    shrink(cluster, 'web');
    cluster.run(10.3);
    shrink(cluster, 'web');
    cluster.run(20);
    const changes = syncs.filter((sync) => sync.programmingLatency !== undefined).slice(1);
    expect(changes.map((sync) => sync.programmingLatency)).toEqual(changes.map((sync) => 1000 + sync.took));
  });

  it('looks over the rules in idle times as often as the mode does', () => {
    const idle = (name: string): number => {
      const cluster = new TestCluster(mode(name), 3);
      const syncs = syncsOf(cluster);
      cluster.addService('web', 2);
      cluster.run(7300);
      return syncs.length - 1;
    };
    expect(idle('iptables')).toBe(2);
    expect(idle('ipvs')).toBeGreaterThanOrEqual(242);
    expect(idle('userspace')).toBeGreaterThanOrEqual(240);
  });
});

describe('nodes', () => {
  it('follow the timeline at their own lag', () => {
    const cluster = new TestCluster(mode('iptables'), 40, { watchSpreadUs: 200e3 });
    cluster.addService('web', 4);
    cluster.run(10);
    shrink(cluster, 'web');
    const syncs = syncsOf(cluster);
    cluster.run(11);
    const end = syncs[0]!.time;
    const nodes = cluster.network.nodes.all;
    expect(nodes).toHaveLength(40);
    for (const { node, lagUs } of nodes) {
      const before = cluster.network.appliedRevision(node.name, (end + lagUs - 1) as SimTime);
      const after = cluster.network.appliedRevision(node.name, (end + lagUs) as SimTime);
      expect([before, after]).toEqual([1, 2]);
    }
    expect(new Set(nodes.map((n) => n.lagUs)).size).toBeGreaterThan(30);
  });

  it('cost a change nothing: as many events for 200 nodes as for 2', () => {
    const events = (nodes: number): number => {
      const cluster = new TestCluster(mode('iptables'), nodes);
      cluster.addService('web', 10);
      cluster.run(10);
      const before = cluster.simulation.eventCount;
      for (let i = 0; i < 5; i++) shrink(cluster, 'web');
      cluster.run(20);
      return cluster.simulation.eventCount - before;
    };
    expect(events(200)).toBe(events(2));
  });

  it('have no rules after a reboot until their first sync', () => {
    const cluster = new TestCluster(mode('iptables'), 3, { startDelayUs: 5e6 });
    cluster.addService('web', 4);
    cluster.run(10);
    const revision = (): number => cluster.network.appliedRevision('node-1', cluster.simulation.now);
    expect(revision()).toBe(1);
    cluster.world.crashMachine('node-1', 'test');
    cluster.run(20);
    cluster.world.recoverMachine('node-1', 'test');
    cluster.run(25);
    expect(revision()).toBe(0);
    cluster.run(26);
    expect(revision()).toBe(1);
    expect(cluster.network.appliedRevision('node-0', cluster.simulation.now)).toBe(1);
  });

  it('keep what they have while the API server is out of reach', () => {
    const cluster = new TestCluster(mode('iptables'), 3);
    cluster.addService('web', 4);
    cluster.run(10);
    cluster.network.setConnected('node-1', false);
    for (let i = 0; i < 3; i++) {
      shrink(cluster, 'web');
      cluster.run(20 + 10 * i);
    }
    const now = cluster.simulation.now;
    const applied = ['node-0', 'node-1'].map((node) => cluster.network.appliedRevision(node, now));
    expect(applied).toEqual([4, 1]);
    const history = cluster.network.portOf('default/web', undefined)!;
    const state = cluster.network.nodes.get('node-1')!;
    expect(history.at(state.position(now))!.endpoints).toHaveLength(4);
    cluster.network.setConnected('node-1', true);
    expect(cluster.network.appliedRevision('node-1', now)).toBe(4);
  });
});

describe('userspace', () => {
  it('uses endpoint changes as they come, and Services after a sync', () => {
    const cluster = new TestCluster(mode('userspace'), 3, { watchSpreadUs: 0 });
    const syncs = syncsOf(cluster);
    cluster.addService('web', 4);
    cluster.run(10);
    const history = cluster.network.portOf('default/web', undefined)!;
    const before = syncs.length;
    shrink(cluster, 'web');
    cluster.run(10.002);
    // Programmed when delivered, 1 ms after the commit: the next sync only tells of it.
    expect(history.at(cluster.simulation.now)!.endpoints).toHaveLength(3);
    expect(syncs).toHaveLength(before);
    cluster.addService('new', 1);
    cluster.run(10.003);
    expect(cluster.network.portOf('default/new', undefined)!.at(cluster.simulation.now)).toBeUndefined();
    cluster.run(15);
    expect(cluster.network.portOf('default/new', undefined)!.at(cluster.simulation.now)).toBeDefined();
    expect(syncs.at(-1)!.programmingLatency).toBe(1000);
  });
});
