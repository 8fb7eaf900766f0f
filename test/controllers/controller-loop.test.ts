import { describe, expect, it } from 'vitest';
import type { ConfigMap, Draft, Namespace } from '../../sim/api/index.ts';
import { type ApiRequest, ApiServer } from '../../sim/apiserver/index.ts';
import { ApiClient, SharedInformerFactory, unlimited } from '../../sim/client/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink } from '../../sim/controllers/controller.ts';
import { ControllerLoop } from '../../sim/controllers/controller-loop.ts';
import { instant, Simulation, seconds } from '../../sim/engine/index.ts';

const configMap = (name: string, namespace = 'default'): ApiRequest => {
  const object: Draft<ConfigMap> = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
  return { verb: 'create', resource: 'configmaps', namespace, object };
};

const namespaceObject = (name: string): ApiRequest => {
  const object: Draft<Namespace> = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  return { verb: 'create', resource: 'namespaces', namespace: '', object };
};

/** A controller that does what the test says and keeps a diary of its syncs. */
class Scripted implements Controller {
  readonly name = 'scripted';
  readonly workers: number;
  readonly diary: string[] = [];
  readonly #script: (key: string, sync: number, settled: boolean) => Plan;
  work!: WorkSink;

  constructor(script: (key: string, sync: number, settled: boolean) => Plan, workers = 1) {
    this.#script = script;
    this.workers = workers;
  }

  start(work: WorkSink): void {
    this.work = work;
  }

  reconcile(key: string, now: number, settled: boolean): Plan {
    this.diary.push(`${key}@${now / 1e3}${settled ? '' : ' unsettled'}`);
    return this.#script(key, this.diary.length, settled);
  }
}

function run(
  controller: Scripted,
  keys: readonly string[],
  until = 10,
  prepare: (apiserver: ApiServer) => void = () => undefined,
): { readonly simulation: Simulation; readonly apiserver: ApiServer } {
  const simulation = new Simulation('loop');
  const apiserver = new ApiServer(simulation);
  prepare(apiserver);
  new ControllerLoop(
    simulation,
    new ApiClient(simulation, apiserver, { name: 'scripted', ...unlimited }),
    controller,
  );
  for (const key of keys) controller.work.add(key);
  simulation.run({ until: instant(until * 1e6) });
  return { simulation, apiserver };
}

const names = (apiserver: ApiServer): string =>
  apiserver
    .list('configmaps', 'default')
    .map(({ metadata }) => metadata.name)
    .join();

describe('the controller loop', () => {
  it('keeps a worker busy until the answers are in', () => {
    const controller = new Scripted((key) => ({ writes: [configMap(key)] }));
    run(controller, ['a', 'b']);
    const [first, second] = controller.diary.map((line) => Number(line.split('@')[1]));
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(2);
  });

  it('works on as many keys at once as it has workers', () => {
    const controller = new Scripted((key) => ({ writes: [configMap(key)] }), 2);
    run(controller, ['a', 'b', 'c']);
    expect(controller.diary.slice(0, 2)).toEqual(['a@0', 'b@0']);
    expect(controller.diary[2]).not.toBe('c@0');
  });

  it('starts slowly and stops after a batch with a failure', () => {
    const answers: boolean[][] = [];
    const writes = ['a', 'b', 'c', 'taken', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => configMap(name));
    const controller = new Scripted((_, sync) => {
      if (sync === 1) return { writes: [configMap('taken')] };
      const resume: Plan['resume'] = (results) => {
        answers.push(results.map(({ ok }) => ok));
        return DONE;
      };
      return { writes, pace: 'slow-start', resume };
    });
    const { apiserver } = run(controller, ['first', 'second']);
    // Batches of 1, 2 and 4, of which the last fails.
    expect(answers).toEqual([[true, true, true, false, true, true, true]]);
    expect(names(apiserver)).toBe('a,b,c,d,e,f,taken');
  });

  it('waits longer after each failure, and forgets them after a success', () => {
    const controller = new Scripted((_, sync) =>
      sync <= 3 ? RETRY : sync === 4 ? { writes: [], requeueAfter: seconds(1) } : RETRY,
    );
    run(controller, ['a'], 2);
    expect(controller.diary.slice(0, 6)).toEqual(['a@0', 'a@5', 'a@15', 'a@35', 'a@1035', 'a@1040']);
  });

  it('puts a conflict back in the queue', () => {
    const controller = new Scripted((_, sync) => (sync <= 2 ? { writes: [configMap('same')] } : DONE));
    run(controller, ['a', 'b']);
    expect(controller.diary.map((line) => line.split('@')[0])).toEqual(['a', 'b', 'b']);
  });

  it('has nothing more to do where the object is gone or its namespace is going', () => {
    const gone: ApiRequest = { verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'gone' };
    const late = configMap('late', 'going');
    const answers: number[] = [];
    const controller = new Scripted((key) => ({
      writes: key === 'gone' ? [gone] : [late, late, late],
      ...(key === 'late' && {
        pace: 'slow-start',
        resume: (results) => {
          answers.push(...results.map((result) => (result.ok ? 200 : result.error.code)));
          return DONE;
        },
      }),
    }));
    run(controller, ['gone', 'late'], 10, (apiserver) => {
      apiserver.execute(namespaceObject('going'));
      apiserver.execute({ verb: 'delete', resource: 'namespaces', namespace: '', name: 'going' });
    });
    expect(controller.diary.map((line) => line.split('@')[0])).toEqual(['gone', 'late']);
    // All are sent although the first is refused: that is no failure.
    expect(answers).toEqual([403, 403, 403]);
  });

  it('tells a sync what is still expected', () => {
    const controller = new Scripted((_, sync) =>
      sync === 1 ? { writes: [configMap('x'), configMap('y')], expect: 'creations' } : DONE,
    );
    const { simulation } = run(controller, ['a'], 1);
    controller.work.creationObserved('a');
    controller.work.add('a');
    simulation.run({ until: instant(2e6) });
    controller.work.creationObserved('a');
    controller.work.add('a');
    simulation.run({ until: instant(3e6) });
    expect(controller.diary).toEqual(['a@0', 'a@1000 unsettled', 'a@2000']);
  });

  it('does not expect what was refused or never sent', () => {
    const writes = ['z', 'z', 'y', 'x'].map((name) => configMap(name));
    const controller = new Scripted((_, sync) =>
      sync === 1 ? { writes, pace: 'slow-start', expect: 'creations', resume: () => DONE } : DONE,
    );
    const { simulation } = run(controller, ['a'], 1);
    // One of two in the second batch was refused, the fourth never sent: two are expected.
    controller.work.creationObserved('a');
    controller.work.creationObserved('a');
    controller.work.add('a');
    simulation.run({ until: instant(2e6) });
    expect(controller.diary).toEqual(['a@0', 'a@1000']);
  });
});

describe('a controller that watches', () => {
  it('is told of changes before it acts at the same instant', () => {
    const simulation = new Simulation('watch');
    const apiserver = new ApiServer(simulation);
    const informers = new SharedInformerFactory(apiserver);
    const controller = new Scripted(() => DONE);
    new ControllerLoop(
      simulation,
      new ApiClient(simulation, apiserver, { name: 'w', ...unlimited }),
      controller,
    );
    informers.informer('configmaps').addHandler({ onAdd: (_, key) => controller.work.add(key) });
    informers.start();
    for (const name of ['a', 'b']) apiserver.execute(configMap(name));
    simulation.run({ until: instant(1e6) });
    expect(controller.diary.map((line) => line.split('@')[0]).sort()).toEqual(['default/a', 'default/b']);
  });
});
