import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import { ApiServer, noLatency } from '../../sim/apiserver/index.ts';
import { type Informer, SharedInformerFactory } from '../../sim/client/index.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';
import { podDraft } from '../support/api-objects.ts';
import { NaiveCache } from '../support/client/naive-cache.ts';

function cluster() {
  const simulation = new Simulation('informer');
  const server = new ApiServer(simulation, { latency: noLatency });
  const pod = (name: string, labels?: Record<string, string>) =>
    server.execute({
      verb: 'create',
      resource: 'pods',
      namespace: 'default',
      object: podDraft(name, { labels }),
    });
  const bind = (name: string, node: string) =>
    server.execute({ verb: 'bind', namespace: 'default', name, node });
  const remove = (name: string) =>
    server.execute({
      verb: 'delete',
      resource: 'pods',
      namespace: 'default',
      name,
      options: { gracePeriodSeconds: 0 },
    });
  const phase = (name: string, value: NonNullable<Pod['status']>['phase']) => {
    const current = server.get('pods', 'default', name)!;
    return server.execute({
      verb: 'update',
      resource: 'pods',
      subresource: 'status',
      object: { ...current, status: { ...current.status, phase: value } },
    });
  };
  const run = () => simulation.run({ until: instant(simulation.now + 1000) });
  return { simulation, server, factory: new SharedInformerFactory(server), pod, bind, remove, phase, run };
}

/** What a handler hears, one word each. */
function log(informer: Informer<Pod>): string[] {
  const lines: string[] = [];
  informer.addHandler({
    onAdd: (pod) => lines.push(`+${pod.metadata.name}`),
    onUpdate: (pod, previous) =>
      lines.push(`~${pod.metadata.name} ${previous.spec.nodeName ?? ''}>${pod.spec.nodeName ?? ''}`),
    onDelete: (pod) => lines.push(`-${pod.metadata.name}`),
  });
  return lines;
}

describe('Informer', () => {
  it('lists, then follows every change in order', () => {
    const c = cluster();
    c.pod('a');
    const informer = c.factory.informer('pods');
    const lines = log(informer);
    c.factory.start();
    expect(informer.hasSynced).toBe(false);
    c.run();
    expect(informer.hasSynced).toBe(true);
    c.pod('b');
    c.bind('a', 'n1');
    c.remove('b');
    c.run();
    expect(lines).toEqual(['+a', '+b', '~a >n1', '~b >', '-b']);
    expect(informer.list().map((pod) => pod.metadata.name)).toEqual(['a']);
    expect(informer.get('default/a')?.spec.nodeName).toBe('n1');
    expect(informer.get('default/b')).toBeUndefined();
  });

  it('is one per scope and tells a late handler what is there', () => {
    const c = cluster();
    c.pod('a');
    const informer = c.factory.informer('pods');
    expect(c.factory.informer('pods')).toBe(informer);
    expect(c.factory.informer('pods', { namespace: 'default' })).not.toBe(informer);
    c.factory.start();
    c.run();
    expect(log(informer)).toEqual(['+a']);
  });

  it('sees an object enter and leave its selectors', () => {
    const c = cluster();
    const onNode = log(c.factory.informer('pods', { fieldSelector: 'spec.nodeName=n1' }));
    const unbound = log(c.factory.informer('pods', { fieldSelector: 'spec.nodeName=' }));
    const running = log(c.factory.informer('pods', { fieldSelector: 'status.phase!=Succeeded' }));
    const labelled = log(c.factory.informer('pods', { labelSelector: 'app=web' }));
    c.factory.start();
    c.run();
    c.pod('a', { app: 'web' });
    c.pod('b');
    c.bind('a', 'n1');
    c.bind('b', 'n2');
    c.phase('a', 'Succeeded');
    c.run();
    expect(onNode).toEqual(['+a', '~a n1>n1']);
    expect(unbound).toEqual(['+a', '+b', '-a', '-b']);
    expect(running).toEqual(['+a', '+b', '~a >n1', '~b >n2', '-a']);
    expect(labelled).toEqual(['+a', '~a >n1', '~a n1>n1']);
  });

  it('keeps indexes through updates, deletions and reuse of places', () => {
    const c = cluster();
    const informer = c.factory.informer('pods');
    informer.addIndex('node', (pod) => pod.spec.nodeName);
    informer.addIndex('labels', (pod) => Object.keys(pod.metadata.labels ?? {}));
    c.factory.start();
    c.run();
    for (const name of ['a', 'b', 'c']) c.pod(name, { [name]: '1', all: '1' });
    for (const name of ['a', 'b']) c.bind(name, 'n1');
    c.remove('a');
    c.pod('d', { d: '1' });
    c.bind('d', 'n1');
    c.run();
    const names = (index: string, value: string) =>
      [...informer.byIndex(index, value)].map((pod) => pod.metadata.name);
    expect(names('node', 'n1')).toEqual(['b', 'd']);
    expect(names('labels', 'all')).toEqual(['b', 'c']);
    expect(names('labels', 'a')).toEqual([]);
    expect(names('labels', 'd')).toEqual(['d']);
    expect(() => [...informer.byIndex('nope', '')]).toThrow(RangeError);
    expect([...informer.values()].map((pod) => pod.metadata.name)).toEqual(['b', 'c', 'd']);
  });

  it('answers what a search through a list does, whether it is asked all the time or only in the end', () => {
    const steps = fc.record({
      op: fc.constantFrom('create', 'bind', 'bind', 'remove'),
      name: fc.constantFrom('a', 'b', 'c'),
      node: fc.nat(1),
    });
    let most = 0;
    fc.assert(
      fc.property(fc.array(steps, { minLength: 10, maxLength: 40 }), (sequence) => {
        const c = cluster();
        const [often, once] = [new SharedInformerFactory(c.server), c.factory].map((factory) => {
          const informer = factory.informer('pods');
          informer.addIndex('node', (pod) => pod.spec.nodeName);
          factory.start();
          return informer;
        }) as [Informer<Pod>, Informer<Pod>];
        const naive = new NaiveCache();
        const expected = () => [
          naive.values(),
          ...['n0', 'n1'].map((node) => naive.onNode(node)),
          ...['a', 'b', 'c'].map((name) => naive.get(`default/${name}`)),
        ];
        const answers = (informer: Informer<Pod>) => [
          [...informer.values()],
          ...['n0', 'n1'].map((node) => [...informer.byIndex('node', node)]),
          ...['a', 'b', 'c'].map((name) => informer.get(`default/${name}`)),
        ];
        c.run();
        for (const { op, name, node } of sequence) {
          if (op === 'create') c.pod(name);
          else if (op === 'bind') c.bind(name, `n${node}`);
          else c.remove(name);
          c.run();
          const pod = c.server.get('pods', 'default', name);
          if (pod === undefined) naive.remove(`default/${name}`);
          else naive.put(pod);
          most = Math.max(most, naive.values().length);
          expect(answers(often)).toEqual(expected());
        }
        expect(answers(once)).toEqual(expected());
        expect(once.size).toBe(naive.values().length);
      }),
      { seed: 20261129, numRuns: 100 },
    );
    expect(most).toBe(3);
  });

  it('catches up after its process was away', () => {
    const c = cluster();
    const informer = c.factory.informer('pods');
    c.pod('a');
    c.pod('b');
    c.factory.start();
    c.run();
    const lines = log(informer);
    c.factory.stop();
    c.bind('a', 'n1');
    c.remove('b');
    c.pod('c');
    c.run();
    expect(lines).toEqual(['+a', '+b']);
    c.factory.start();
    c.run();
    expect(lines.slice(2)).toEqual(['~a >n1', '+c', '-b']);
    c.pod('d');
    c.run();
    expect(informer.list().map((pod) => pod.metadata.name)).toEqual(['a', 'c', 'd']);
  });

  it('goes on from where it stood when only its network was away, and lists when that is too long ago', () => {
    const c = cluster();
    const informer = c.factory.informer('pods');
    for (const name of ['a', 'b']) c.pod(name);
    c.factory.start();
    c.run();
    const lines = log(informer);
    const away = (us: number) => {
      c.factory.stop();
      c.bind('a', 'n1');
      c.remove('b');
      c.pod('b', { app: 'new' });
      c.simulation.run({ until: instant(c.simulation.now + us) });
      lines.length = 0;
      c.factory.reconnect();
      c.run();
      return [...lines];
    };
    expect(away(1000)).toEqual(['~a >n1', '~b >', '-b', '+b']);
    expect(informer.get('default/b')?.metadata.labels).toEqual({ app: 'new' });
    for (const minutes of [6, 12]) {
      c.pod(`keeps-writing-${minutes}`);
      c.simulation.run({ until: instant(c.simulation.now + minutes * 60e6) });
    }
    lines.length = 0;
    expect(away(1_300e6)).toEqual(['~b >']);
    c.pod('z');
    c.run();
    expect(lines.at(-1)).toBe('+z');
  });
});
