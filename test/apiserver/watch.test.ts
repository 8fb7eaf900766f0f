import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject, ObservationMap } from '../../sim/api/index.ts';
import {
  type ApiRequest,
  ApiServer,
  apiServerLatencies,
  noLatency,
  type WatchEvent,
  type WatchScope,
  type WatchSink,
} from '../../sim/apiserver/index.ts';
import { ApiClient, SharedInformerFactory } from '../../sim/client/index.ts';
import {
  type Component,
  durationsOf,
  instant,
  Observations,
  Phase,
  type Port,
  type SimEvent,
  Simulation,
} from '../../sim/engine/index.ts';
import { configMap, podDraft } from '../support/api-objects.ts';
import { NaiveWatch, watchLine } from '../support/apiserver/naive-watch.ts';

/** Writes down what it is told. */
class Log implements WatchSink {
  readonly lines: string[] = [];
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  onList(items: readonly KubernetesObject[]): void {
    this.lines.push(`${this.#simulation.now} list ${items.map((item) => item.metadata.name).join()}`);
  }

  onEvent({ type, object }: WatchEvent): void {
    this.lines.push(`${this.#simulation.now} ${type} ${object.metadata.name}`);
  }

  onExpired(): void {
    this.lines.push(`${this.#simulation.now} expired`);
  }
}

const create = (server: ApiServer, name: string) =>
  server.execute({ verb: 'create', resource: 'configmaps', namespace: 'default', object: configMap(name) });
const change = (name: string, value: string): ApiRequest => ({
  verb: 'update',
  resource: 'configmaps',
  object: configMap(name, { value }, { namespace: 'default' }),
});
const remove = (server: ApiServer, name: string) =>
  server.execute({ verb: 'delete', resource: 'configmaps', namespace: 'default', name });

describe('time', () => {
  it('a request takes hop + processing + etcd, its answer a hop, its event the delivery', () => {
    const simulation = new Simulation('time');
    const server = new ApiServer(simulation);
    const log = new Log(simulation);
    server.watch({ resource: 'configmaps' }, log);
    simulation.run({ until: instant(10_000) });
    const answers: string[] = [];
    const asker: Component<SimEvent> = {
      name: 'asker',
      handle: (event) => answers.push(`${simulation.now} ${event.key}`),
    };
    const port = simulation.port(asker, Phase.response) as Port<never>;
    const client = new ApiClient(simulation, server, { name: 'x', qps: 0 });
    client.send(
      { verb: 'create', resource: 'configmaps', namespace: 'default', object: configMap('a') },
      { port, event: { kind: 'done', key: 'a' } as never },
    );
    client.send(
      { verb: 'get', resource: 'configmaps', namespace: 'default', name: 'a' },
      { port, event: { kind: 'got', key: 'get' } as never },
    );
    simulation.run({ until: instant(100_000) });
    const { requestHopUs, processingUs, etcdCommitUs, responseHopUs, watchDeliveryUs } =
      durationsOf(apiServerLatencies);
    const read = 10_000 + requestHopUs + processingUs;
    expect(answers).toEqual([`${read + responseHopUs} get`, `${read + etcdCommitUs + responseHopUs} a`]);
    expect(log.lines.slice(1)).toEqual([`${read + etcdCommitUs + watchDeliveryUs} ADDED a`]);
  });

  it('drawn latencies are the same in every run and keep revision order', () => {
    const spread = { minUs: 100, maxUs: 9_000 };
    const run = () => {
      const simulation = new Simulation('spread');
      const latency = {
        requestHopUs: spread,
        processingUs: 500,
        etcdCommitUs: spread,
        responseHopUs: spread,
        watchDeliveryUs: spread,
      };
      const server = new ApiServer(simulation, { latency });
      const revisions: number[] = [];
      server.watch(
        { resource: 'configmaps' },
        {
          onList: () => {},
          onEvent: ({ object }) => revisions.push(Number(object.metadata.resourceVersion)),
        },
      );
      const client = new ApiClient(simulation, server, { name: 'x', qps: 0 });
      simulation.run({ until: instant(50_000) });
      for (let i = 0; i < 100; i++)
        client.send({
          verb: 'create',
          resource: 'configmaps',
          namespace: 'default',
          object: configMap(`c${i}`),
        });
      simulation.run({ until: instant(1_000_000) });
      return { revisions, digest: simulation.digest.hex() };
    };
    const { revisions, digest } = run();
    expect(revisions).toHaveLength(100);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(run().digest).toBe(digest);
  });

  it('answers 503 while it is down', () => {
    const simulation = new Simulation('down');
    const server = new ApiServer(simulation, { latency: noLatency });
    const codes: number[] = [];
    const asker: Component<SimEvent> = {
      name: 'asker',
      handle: (event) => codes.push(Reflect.get(event, 'result').error?.code ?? 201),
    };
    const port = simulation.port(asker, Phase.response) as Port<never>;
    const client = new ApiClient(simulation, server, { name: 'x', qps: 0 });
    for (const [available, name] of [
      [true, 'a'],
      [false, 'b'],
      [true, 'c'],
    ] as const) {
      server.setAvailable(available);
      client.send(
        { verb: 'create', resource: 'configmaps', namespace: 'default', object: configMap(name) },
        { port, event: { kind: 'done', key: name } as never },
      );
      simulation.run({ until: instant(simulation.now + 10) });
    }
    expect(codes).toEqual([201, 503, 201]);
    expect(server.list('configmaps').map((c) => c.metadata.name)).toEqual(['a', 'c']);
  });
});

describe('watch', () => {
  it('starts with a list and misses nothing between list and first event', () => {
    const simulation = new Simulation('atomic');
    const server = new ApiServer(simulation, {
      latency: { ...noLatency, requestHopUs: 100, responseHopUs: 500, watchDeliveryUs: 50 },
    });
    const log = new Log(simulation);
    create(server, 'before');
    server.watch({ resource: 'configmaps' }, log);
    simulation.run({ until: instant(99) });
    create(server, 'on-the-way');
    simulation.run({ until: instant(100) });
    create(server, 'between');
    simulation.run({ until: instant(700) });
    create(server, 'after');
    simulation.run({ until: instant(10_000) });
    expect(log.lines).toEqual(['600 list before,on-the-way', '600 ADDED between', '750 ADDED after']);
  });

  it('goes on from a revision, or says that it cannot', () => {
    const simulation = new Simulation('resume');
    const server = new ApiServer(simulation, { latency: noLatency });
    const resume = (after: number) => {
      const log = new Log(simulation);
      const handle = server.watch({ resource: 'configmaps' }, log, after);
      simulation.run({ until: instant(simulation.now + 1) });
      handle.stop();
      return log.lines.map((line) => line.slice(line.indexOf(' ') + 1));
    };
    create(server, 'a');
    const { revision } = server.storage;
    server.execute(change('a', '1'));
    create(server, 'b');
    remove(server, 'a');
    create(server, 'a');
    expect(resume(revision)).toEqual(['MODIFIED a', 'ADDED b', 'DELETED a', 'ADDED a']);
    expect(resume(server.storage.revision)).toEqual([]);
    simulation.run({ until: instant(301e6) });
    create(server, 'c');
    expect(resume(revision)).toHaveLength(5);
    simulation.run({ until: instant(901e6) });
    create(server, 'd');
    expect(resume(revision)).toEqual(['expired']);
  });

  it('stops at once', () => {
    const simulation = new Simulation('stop');
    const server = new ApiServer(simulation, { latency: noLatency });
    const log = new Log(simulation);
    const handle = server.watch({ resource: 'configmaps' }, log);
    simulation.run({ until: instant(1) });
    create(server, 'a');
    handle.stop();
    simulation.run({ until: instant(2) });
    expect(log.lines).toEqual(['0 list ']);
    expect(server.storage.tables.configmaps.watches.size).toBe(0);
  });

  it.each([undefined, 'metadata.name=a', 'metadata.name=b'])(
    'may be stopped before it has opened (%s), and others go on',
    (fieldSelector) => {
      const simulation = new Simulation('stop-early');
      const server = new ApiServer(simulation, { latency: noLatency });
      const [early, other] = [new Log(simulation), new Log(simulation)];
      server.watch({ resource: 'configmaps', fieldSelector: 'metadata.name=a' }, other);
      simulation.run({ until: instant(1) });
      server.watch({ resource: 'configmaps', fieldSelector }, early).stop();
      simulation.run({ until: instant(2) });
      create(server, 'a');
      simulation.run({ until: instant(3) });
      expect([early.lines, other.lines]).toEqual([[], ['0 list ', '2 ADDED a']]);
      expect(server.storage.tables.configmaps.watches.size).toBe(1);
    },
  );

  it('refuses selectors that the API would refuse', () => {
    const server = new ApiServer(new Simulation('bad'));
    const scopes: WatchScope[] = [
      { resource: 'pods', fieldSelector: 'spec.foo=1' },
      { resource: 'pods', labelSelector: 'a in b' },
    ];
    for (const scope of scopes)
      expect(() => server.watch(scope, new Log(new Simulation('x')))).toThrow(RangeError);
  });

  it('tells each watch what a naive filter of the changes would', () => {
    const scopes: readonly WatchScope<'pods'>[] = [
      { resource: 'pods' },
      { resource: 'pods', namespace: 'default' },
      { resource: 'pods', namespace: 'kube-system' },
      { resource: 'pods', fieldSelector: 'spec.nodeName=n1' },
      { resource: 'pods', fieldSelector: 'spec.nodeName=' },
      { resource: 'pods', fieldSelector: 'metadata.name=p1' },
      { resource: 'pods', namespace: 'default', fieldSelector: 'spec.nodeName!=n1,status.phase!=Succeeded' },
      { resource: 'pods', labelSelector: 'app=a' },
      { resource: 'pods', labelSelector: 'app notin (a)', fieldSelector: 'status.phase=Running' },
    ];
    const step = fc.record({
      op: fc.constantFrom('create', 'bind', 'label', 'phase', 'delete'),
      name: fc.constantFrom('p1', 'p2', 'p3'),
      namespace: fc.constantFrom('default', 'kube-system'),
      value: fc.constantFrom('a', 'b', 'n1', 'n2', 'Running', 'Succeeded'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const simulation = new Simulation('naive');
        const server = new ApiServer(simulation, { latency: noLatency });
        const naive = scopes.map((scope) => new NaiveWatch(scope));
        const seen = scopes.map((scope) => {
          const lines: string[] = [];
          server.watch(scope, {
            onList: () => {},
            onEvent: ({ type, key, object, previous }) => lines.push(watchLine(type, key, object, previous)),
          });
          return lines;
        });
        server.watch(
          { resource: 'pods' },
          {
            onList: () => {},
            onEvent: ({ type, key, object, previous }) => {
              for (const watch of naive) watch.see(type, key, object, previous);
            },
          },
        );
        simulation.run({ until: instant(1) });
        for (const each of steps) act(server, each);
        simulation.run({ until: instant(2) });
        expect(seen).toEqual(naive.map((watch) => watch.lines));
      }),
      { seed: 20261121, numRuns: 150 },
    );
  });
});

interface Step {
  readonly op: string;
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

function act(server: ApiServer, { op, name, namespace, value }: Step): void {
  const current = server.get('pods', namespace, name);
  if (op === 'create')
    server.execute({
      verb: 'create',
      resource: 'pods',
      namespace,
      object: podDraft(name, { labels: { app: value } }),
    });
  if (current === undefined) return;
  if (op === 'bind') server.execute({ verb: 'bind', namespace, name, node: value.toLowerCase() });
  if (op === 'label')
    server.execute({
      verb: 'patch',
      resource: 'pods',
      namespace,
      name,
      patchType: 'merge',
      patch: { metadata: { labels: { app: value } } },
    });
  if (op === 'phase') {
    const phase = value === 'Succeeded' ? ('Succeeded' as const) : ('Running' as const);
    server.execute({
      verb: 'update',
      resource: 'pods',
      object: { ...current, status: { ...current.status, phase } },
      subresource: 'status',
    });
  }
  if (op === 'delete')
    server.execute({ verb: 'delete', resource: 'pods', namespace, name, options: { gracePeriodSeconds: 0 } });
}

describe('housekeeping', () => {
  it('keeps a short history at the same events, and says so to a watch that comes too late', () => {
    const run = (history: 'interval' | 'short') => {
      const simulation = new Simulation('history');
      const server = new ApiServer(simulation, { latency: noLatency, history });
      create(server, 'a');
      const { revision } = server.storage;
      for (let i = 1; i <= 1000; i++) {
        server.execute(change('a', String(i)));
        simulation.run({ until: instant(i * 1e5) });
      }
      const log = new Log(simulation);
      server.watch({ resource: 'configmaps' }, log, revision);
      server.watch({ resource: 'configmaps' }, log, revision + 990);
      expect(simulation.run()).toBe('empty');
      return { lines: log.lines.map((line) => line.slice(line.indexOf(' ') + 1)), at: simulation.now };
    };
    const short = run('short');
    const long = run('interval');
    const modified = (times: number) => Array.from({ length: times }, () => 'MODIFIED a');
    expect(long.lines).toEqual(modified(1010));
    expect(short.lines).toEqual(['expired', ...modified(10)]);
    expect(short.at).toBe(long.at);
  });

  it('forgets history every five minutes, and has nothing to do when nothing is written', () => {
    const simulation = new Simulation('compaction');
    const server = new ApiServer(simulation, { latency: noLatency });
    create(server, 'a');
    expect(simulation.run()).toBe('empty');
    const quiet = simulation.now;
    expect(quiet).toBeLessThanOrEqual(900e6);
    server.execute(change('a', '1'));
    expect(simulation.run()).toBe('empty');
    expect(simulation.now).toBeGreaterThan(quiet);
    expect(server.get('configmaps', 'default', 'a')?.data).toEqual({ value: '1' });
  });

  it('expires Events an hour after their last write', () => {
    const simulation = new Simulation('events');
    const server = new ApiServer(simulation, { latency: noLatency });
    const event = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      count: 1,
    });
    const at = (s: number) => simulation.run({ until: instant(s * 1e6) });
    for (const name of ['a', 'b'])
      server.execute({ verb: 'create', resource: 'events', namespace: 'default', object: event(name) });
    at(1800);
    server.execute({
      verb: 'patch',
      resource: 'events',
      namespace: 'default',
      name: 'a',
      patchType: 'merge',
      patch: { count: 2 },
    });
    at(3600);
    expect(server.list('events').map((e) => e.metadata.name)).toEqual(['a']);
    at(5399);
    expect(server.list('events')).toHaveLength(1);
    at(5400);
    expect(server.list('events')).toHaveLength(0);
  });

  it('tells observers of pods and nodes at the commit', () => {
    const simulation = new Simulation('observed');
    const observations = new Observations<ObservationMap>();
    const server = new ApiServer(simulation, { latency: noLatency, observations });
    const seen: string[] = [];
    observations.on('pod-changed', ({ pod, previous, deleted }) =>
      seen.push(
        `${pod.metadata.name} ${previous?.spec.nodeName ?? '-'} ${pod.spec.nodeName ?? '-'} ${deleted}`,
      ),
    );
    observations.on('node-changed', ({ node }) => seen.push(node.metadata.name));
    server.execute({
      verb: 'create',
      resource: 'nodes',
      namespace: '',
      object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
    });
    server.execute({ verb: 'create', resource: 'pods', namespace: 'default', object: podDraft('p') });
    server.execute({ verb: 'bind', namespace: 'default', name: 'p', node: 'n1' });
    server.execute({
      verb: 'delete',
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      options: { gracePeriodSeconds: 0 },
    });
    expect(seen).toEqual(['n1', 'p - - false', 'p - n1 false', 'p n1 n1 false', 'p n1 n1 true']);
  });

  it('many watches cost a change only its own', () => {
    const simulation = new Simulation('fan-out');
    const server = new ApiServer(simulation, { latency: noLatency });
    const told = new Map<number, number>();
    for (let i = 0; i < 500; i++) {
      const informer = new SharedInformerFactory(server);
      informer
        .informer('pods', { fieldSelector: `spec.nodeName=n${i}` })
        .addHandler({ onAdd: () => told.set(i, (told.get(i) ?? 0) + 1) });
      informer.start();
    }
    simulation.run({ until: instant(1) });
    server.execute({ verb: 'create', resource: 'pods', namespace: 'default', object: podDraft('p') });
    const before = simulation.eventCount;
    server.execute({ verb: 'bind', namespace: 'default', name: 'p', node: 'n7' });
    simulation.run({ until: instant(2) });
    expect([...told]).toEqual([[7, 1]]);
    expect(simulation.eventCount - before).toBe(2);
  });
});
