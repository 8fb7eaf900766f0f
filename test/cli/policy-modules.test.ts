/** A user's own policy: written, checked, run, compared, verified, and stopped when it misbehaves. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultPlugins, profiles, schedulerPlugins } from '../../policies/index.ts';
import { policyTemplate, writePolicy } from '../../sim/cli/new.ts';
import { verdictOn } from '../../sim/cli/verify.ts';
import { seconds } from '../../sim/engine/index.ts';
import { findPolicyModule, importPolicy, withOwnPolicy } from '../../sim/experiment/policy-module.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import type { Handle, Memory, NodeState, Plugin, PolicyModule } from '../../sim/index.ts';
import { loadRuns } from '../../sim/library/load-runs.ts';
import { checkPolicy, loadRegistries } from '../../sim/registries.ts';
import { profileNamed, SKIP, Status, testPolicy, unschedulable } from '../../sim/scheduler/index.ts';
import { inFolder, kubedes } from '../support/cli.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);

const SCENARIO = (profile: string): string => `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: own }
duration: 20s
scheduler: { profile: ${profile} }
cluster: { nodes: [{ name: n, count: 3 }] }
workload: [{ name: w, arrival: { every: 1s }, count: 9, pod: { requests: { cpu: 100m } } }]
`;

const PACKS = `export const policy = {
  plugins: { Packs: () => ({ name: 'Packs', score: (state, pod, node) => Math.min(100, node.pods.length) }) },
  profile: { score: { enabled: [{ name: 'Packs' }], disabled: ['*'] } },
};
`;

/** In this process `kubedes` would be looked for as the test runner does it; the real thing is seen from the command line. */
const LIBRARY = join(import.meta.dirname, '../../sim/index.ts');

function writeOwn(name: string, folder: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, policyTemplate(name).replace("'kubedes'", `'${LIBRARY}'`));
  return file;
}

const run = async (scenario: string, directory?: string) => {
  const { loaded, registries } = await withOwnPolicy(loadRuns([scenario], {})[0]!, loadRegistries());
  return runScenario(loaded, registries, { directory });
};

const podsByNode = async (scenario: string): Promise<readonly number[]> => {
  const { cluster } = await run(scenario);
  const nodes = cluster.apiserver.list('pods').map(({ spec }) => spec.nodeName);
  return ['n-0', 'n-1', 'n-2'].map((node) => nodes.filter((other) => other === node).length).sort();
};

describe('new policy', () => {
  it('writes the example of the fixtures, which is type-checked, and never over a file', () =>
    inFolder((folder) => {
      expect(writePolicy('fewest-pods', folder)).toBe('fewest-pods.ts');
      const text = readFileSync(join(folder, 'fewest-pods.ts'), 'utf8');
      expect(text.replace("'kubedes'", "'../../../sim/index.ts'")).toBe(
        readFileSync(fixture('fewest-pods.ts'), 'utf8'),
      );
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
      expect(() => writePolicy('fewest-pods', folder)).toThrow('is there already');
      expect(() => writePolicy('Fewest Pods', folder)).toThrow('expected lower case words');
    }));

  it('writes a policy that keeps the contract', () =>
    inFolder(async (folder) => {
      const file = writeOwn('my-own', folder);
      expect(checkPolicy(await importPolicy(file, file))).toEqual([]);
    }));
});

describe('a policy module', () => {
  it('is found from the scenario file, whatever the working directory', () =>
    inFolder(async (folder) => {
      writeOwn('fewest-pods', folder);
      writeFileSync(join(folder, 'packs.mjs'), PACKS);
      writeFileSync(join(folder, 'spread.yaml'), SCENARIO('./fewest-pods.ts'));
      mkdirSync(join(folder, 'scenarios'));
      writeFileSync(join(folder, 'scenarios', 'pack.yaml'), SCENARIO('./packs.mjs'));
      expect(await podsByNode(join(folder, 'spread.yaml'))).toEqual([3, 3, 3]);
      // Not beside the scenario, but in the folder above.
      expect(await podsByNode(join(folder, 'scenarios', 'pack.yaml'))).toEqual([0, 0, 9]);
    }));

  it('is kept with the result, which can be verified after the module is gone', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'packs.mjs'), PACKS);
      writeFileSync(join(folder, 'pack.yaml'), SCENARIO('./packs.mjs'));
      const result = join(folder, 'result');
      await run(join(folder, 'pack.yaml'), result);
      const kept = join(result, 'inputs', 'packs.mjs');
      expect(readFileSync(kept, 'utf8')).toBe(PACKS);
      const { status, stdout } = kubedes('verify', result);
      expect([status, stdout]).toEqual([0, expect.stringContaining(': same')]);
      writeFileSync(kept, PACKS.replace('100', '99'));
      expect(verdictOn(result).explanation).toContain('input packs.mjs has been changed');
    }));

  it('is kept with the modules that it imports; a change of them makes other runs', () =>
    inFolder(async (folder) => {
      const weight = join(folder, 'rules/weight.mjs');
      mkdirSync(join(folder, 'rules'));
      writeFileSync(weight, 'export const most = 100;');
      writeFileSync(
        join(folder, 'rules/packs.mjs'),
        `import { most } from './weight.mjs';\n${PACKS.replace('100', 'most')}`,
      );
      const scenario = join(folder, 's.yaml');
      writeFileSync(scenario, SCENARIO('./rules/packs.mjs'));
      const result = join(folder, 'result');
      const { manifest } = await run(scenario, result);
      expect(manifest.inputs.map(({ path }) => path)).toEqual([
        's.yaml',
        'rules/packs.mjs',
        'rules/weight.mjs',
      ]);
      const moved = join(folder, 'elsewhere');
      renameSync(result, moved);
      const { status, stdout } = kubedes('verify', moved);
      expect([status, stdout]).toEqual([0, `${moved}: same\n`]);
      // Each in a process of its own: what a process has imported it does not read again.
      const resumed = () => {
        const comparison = [
          '--seeds',
          '1,2',
          '--workers',
          '0',
          '--resume',
          '--out',
          join(folder, 'comparison'),
        ];
        return /\d+ from before/.exec(kubedes('compare', scenario, ...comparison).stdout)?.[0];
      };
      expect([resumed(), resumed()]).toEqual([undefined, '2 from before']);
      writeFileSync(weight, 'export const most = 99;');
      expect(resumed()).toBeUndefined();
    }));

  it('runs and is compared from the command line', () =>
    inFolder((folder) => {
      writePolicy('fewest-pods', folder);
      writeFileSync(join(folder, 'packs.mjs'), PACKS);
      const scenario = join(folder, 'own.yaml');
      writeFileSync(scenario, SCENARIO('./fewest-pods.ts'));
      const ran = kubedes('run', scenario, '--out', join(folder, 'out'), '--quiet');
      expect([ran.status, ran.stderr]).toEqual([0, '']);
      const policies = [join(folder, 'fewest-pods.ts'), join(folder, 'packs.mjs')].join(',');
      const compared = kubedes(
        ...['compare', scenario, '--policies', policies, '--seeds', '1,2', '--workers', '1', '--json'],
        ...['--out', join(folder, 'comparison')],
      );
      expect([compared.status, compared.stderr]).toEqual([0, '']);
      expect(JSON.parse(compared.stdout)).toMatchObject({ failed: [] });
    }));

  it.each([
    ['export const x = 1;', 'expected a named export `policy`'],
    ['export const policy = { plugins: {} };', 'expected at least one factory by its name'],
    ['export const policy = { plugins: { X: 1 } };', 'policy.plugins.X: expected a function'],
    [
      'export const policy = { plugins: { X: () => ({ name: "X" }) }, profil: {} };',
      'policy.profil: unknown field',
    ],
    [
      'export const policy = { plugins: { X: () => ({ name: "X" }) }, profile: { scores: {} } };',
      'no such extension point',
    ],
    ['export const policy = {', './bad.mjs: '],
  ])('that is none is refused: %s', (text, message) =>
    inFolder(async (folder) => {
      const file = join(folder, 'bad.mjs');
      writeFileSync(file, text);
      await expect(importPolicy(file, './bad.mjs')).rejects.toThrow(message);
    }),
  );

  it('that does not exist is named', () => {
    expect(() => findPolicyModule('./nowhere.ts', undefined)).toThrow('no such policy module: ./nowhere.ts');
  });

  it('cannot take the name of a plugin that there is', () =>
    inFolder(async (folder) => {
      writeFileSync(
        join(folder, 'p.mjs'),
        'export const policy = { plugins: { NodeName: () => ({ name: "NodeName" }) } };',
      );
      writeFileSync(join(folder, 's.yaml'), SCENARIO('./p.mjs'));
      await expect(run(join(folder, 's.yaml'))).rejects.toThrow('there is a plugin NodeName already');
    }));
});

describe('a pod that a policy lets go of after its attempt', () => {
  const GANG = `permit: (_state, pod) => {
    if (pod.metadata.name === 'w-0') return { status: new Status('Wait') };
    for (const waiting of handle.waitingPods()) waiting.reject('Late', 'its gang is not coming');
    return { status: undefined };
  }`;

  it.each([
    [
      'Permit waits in vain',
      `permit: () => ({ status: new Status('Wait'), timeout: 2e6 })`,
      '0/1 nodes are available: 1 rejected due to timeout after waiting at plugin Late.',
    ],
    ['Permit is denied later', GANG, '0/1 nodes are available: 1 its gang is not coming.'],
    [
      'PreBind fails',
      `preBind: (_state, _pod, _node, turn) => turn.number === 0 ? { pollAfter: 1e6 } : new Status('Error', ['no disk'])`,
      'running PreBind plugin "Late": no disk',
    ],
  ])('has the reason in pods.csv: %s', (_, method, reason) =>
    inFolder(async (folder) => {
      const module = `import { Status } from '${LIBRARY}';
export const policy = { plugins: { Late: (_args, handle) => ({ name: 'Late', ${method} }) } };`;
      writeFileSync(join(folder, 'late.ts'), module);
      writeFileSync(join(folder, 's.yaml'), SCENARIO('./late.ts').replace('20s', '9s'));
      await run(join(folder, 's.yaml'), join(folder, 'out'));
      const text = readFileSync(join(folder, 'out', 'pods.csv'), 'utf8');
      const { data } = Papa.parse<Record<string, string>>(text, { header: true });
      const first = data.find(({ name }) => name === 'w-0');
      expect([first?.['node'], first?.['reason']]).toEqual(['', reason]);
    }),
  );
});

describe('a policy that misbehaves', () => {
  it.each([
    [
      'throws',
      'score: () => { throw new Error("no idea"); }',
      /policy Bad: Score for pod default\/w-0 threw: no idea/,
    ],
    ['answers NaN', 'score: () => NaN', /policy Bad: Score for pod default\/w-0 returned NaN for node n-\d/],
    [
      'scores out of range',
      'score: () => 101',
      /policy Bad: Score for pod default\/w-0 gave node n-\d the score 101/,
    ],
    ['draws unkeyed randomness', 'score: () => Math.random()', /drew unkeyed randomness/],
    [
      'writes to the pod',
      'filter: (_s, pod) => { pod.metadata.name = "mine"; }',
      /Filter for pod default\/w-0 threw: Cannot assign to read only property/,
    ],
    [
      'writes to the node',
      'score: (_s, _p, { node }) => { node.spec.taints.push({}); return 1; }',
      /Score for pod default\/w-0 threw: Cannot add property/,
    ],
    ['scores in fractions', 'score: () => 0.5', /returned 0\.5 for node n-\d, not an integer/],
    ['answers a promise', 'filter: async () => undefined', /Filter for pod default\/w-0 returned a promise/],
  ])('and %s is stopped, with plugin, pod, time and seed', (_, method, message) =>
    inFolder(async (folder) => {
      writeFileSync(
        join(folder, 'bad.mjs'),
        `export const policy = { plugins: { Bad: () => ({ name: 'Bad', ${method} }) } };`,
      );
      writeFileSync(join(folder, 's.yaml'), SCENARIO('./bad.mjs'));
      const failure = await run(join(folder, 's.yaml')).catch((error: Error) => error);
      expect((failure as Error).message).toMatch(message);
      expect((failure as Error).message).toMatch(
        /\(at [\d.]+ s of the run with seed "1"\)\nreplay: kubedes run \S+s\.yaml --seed 1$/,
      );
    }),
  );

  it('ends the command with exit code 1, the replay command and a result that is visibly incomplete', () =>
    inFolder((folder) => {
      writeFileSync(
        join(folder, 'bad.mjs'),
        `export const policy = { plugins: { Bad: () => ({ name: 'Bad', score: () => -1 }) } };`,
      );
      writeFileSync(join(folder, 's.yaml'), SCENARIO('./bad.mjs'));
      const { status, stdout, stderr } = kubedes('run', join(folder, 's.yaml'), '--out', join(folder, 'out'));
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^PolicyError: policy Bad: Score for pod default\/w-0 .*\nreplay: kubedes run \S+s\.yaml --seed 1\nincomplete result: \S+\/seed-1\.partial\n$/,
      );
      const [left] = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('seed-1.partial'),
      );
      const files = readdirSync(join(folder, 'out', left!));
      expect(files).not.toContain('manifest.json');
      expect(files).toContain('cluster.csv');
    }));
});

describe('the test kit', () => {
  const policyOf = (plugin: (handle: Handle) => Partial<Plugin>): PolicyModule => ({
    plugins: { Tried: (_args, handle) => ({ name: 'Tried', ...plugin(handle) }) },
  });
  const kinds = (plugin: (handle: Handle) => Partial<Plugin>): readonly string[] => [
    ...new Set(checkPolicy(policyOf(plugin)).map(({ kind }) => kind)),
  ];
  let calls = 0;
  beforeEach(() => {
    calls = 0;
  });

  it.each<[string, string[], (handle: Handle) => Partial<Plugin>]>([
    [
      'a good filter and score',
      [],
      () => ({ filter: () => undefined, score: (_s, _p, node) => node.pods.length }),
    ],
    ['a score above 100', ['broken contract'], () => ({ score: () => 101 })],
    ['a fraction', ['broken contract'], () => ({ score: () => 0.5 })],
    ['unkeyed randomness', ['broken contract'], () => ({ score: () => Math.floor(Math.random() * 100) })],
    ['the wall clock', ['broken contract'], () => ({ score: () => Date.now() % 100 })],
    [
      'writing to the pod',
      ['broken contract'],
      () => ({
        score: (_s, pod) => {
          (pod.metadata as { name: string }).name = 'mine';
          return 0;
        },
      }),
    ],
    [
      'writing to a node',
      ['broken contract'],
      () => ({
        filter: (_s, _p, node) => {
          Object.assign(node.labels, { seen: 'yes' });
          return undefined;
        },
      }),
    ],
    [
      'pods that it rightly ignores',
      [],
      () => ({
        ignores: () => true,
        preFilter: () => SKIP,
        filter: () => unschedulable('never asked'),
        reserve: () => undefined,
        preBind: () => undefined,
        bind: () => SKIP,
        score: () => 0,
      }),
    ],
    [
      'pods that it cannot score',
      [],
      () => ({ score: () => 1, normalizeScore: () => new Status('Error', ['no scale']) }),
    ],
    [
      'pods that it cannot look at',
      [],
      () => ({
        preFilter: ({ pod }) => (pod.spec.priority === 0 ? new Status('Error', ['lost']) : undefined),
      }),
    ],
    [
      'statuses that differ',
      ['not pure'],
      () => ({ score: () => 1, preScore: () => new Status('Error', [`call ${calls++}`]) }),
    ],
    ['a counter of its own', ['not pure'], () => ({ score: () => calls++ % 100 })],
    [
      'memory changed while scoring',
      ['broken contract'],
      (handle) => {
        const memory: Memory<number> = handle.memory(0);
        return {
          score: () => {
            memory.set(1);
            return 0;
          },
        };
      },
    ],
    [
      'memory changed at reserve',
      [],
      (handle) => {
        const memory: Memory<number> = handle.memory(0);
        return {
          score: () => memory.value % 100,
          reserve: () => {
            memory.set(memory.value + 1);
            return undefined;
          },
        };
      },
    ],
    [
      'no plugin at all',
      ['broken contract'],
      () => ({ name: undefined as unknown as string, score: () => 0 / 0 }),
    ],
  ])('on %s', (_, expected, plugin) => expect(kinds(plugin)).toEqual(expected));

  describe('on a shortcut that changes results', () => {
    const lies = (handle: Handle) => {
      const memory: Memory<number> = handle.memory(0);
      return {
        preFilter: () => undefined,
        preScore: () => undefined,
        score: (_s: unknown, _p: unknown, node: NodeState) => Number(node.name.endsWith('3')),
        reserve: () => unschedulable('taken'),
        unreserve: () => memory.set(memory.value + 1),
        preBind: () => ({ pollAfter: seconds(1) }),
        bind: () => undefined,
      };
    };
    const messageOf = (plugin: (handle: Handle) => Partial<Plugin>): unknown =>
      checkPolicy(policyOf(plugin), { seeds: ['1'] });

    it.each(['preFilter', 'preScore', 'score', 'reserve', 'unreserve', 'preBind', 'bind'] as const)(
      'names %s of a plugin that wrongly ignores pods',
      (method) => {
        const point = new RegExp(
          `^policy Tried: ${method} for pod \\S+ .* although it ignores such pods`,
          'i',
        );
        expect(messageOf((handle) => ({ ignores: () => true, [method]: lies(handle)[method] }))).toEqual([
          { kind: 'broken contract', message: expect.stringMatching(point) },
        ]);
      },
    );

    const isSecond = (pod: { readonly metadata: { readonly uid: string } }): number =>
      Number(pod.metadata.uid.endsWith('-b'));
    it.each<[string, RegExp, Partial<Plugin>]>([
      [
        'idle',
        /Filter for pod \S+ refused node \S+ although `idle`/,
        { idle: () => true, filter: () => unschedulable('no') },
      ],
      [
        'uniformScore',
        /Score for pod \S+ gave node \S+ 100, `uniformScore` 0/,
        { uniformScore: () => 0, score: () => 100 },
      ],
      [
        'uniformScore, of a score that cannot be normalized',
        /plugins asked about each node with running Normalize on Score plugins: plugin "Tried" failed/,
        { uniformScore: () => 0, score: () => 0, normalizeScore: () => new Status('Error', ['no scale']) },
      ],
      [
        'nodeLocal, of a score',
        /nodeLocal/,
        {
          nodeLocal: true,
          scoreRows: ({ pod }, rows, count, scores) => {
            for (let i = 0; i < count; i++) scores[i] = (rows[i]! + isSecond(pod)) % 2;
          },
        },
      ],
      [
        'nodeLocal, of a filter',
        /nodeLocal/,
        {
          nodeLocal: true,
          filterRows: ({ pod }, rows, count, verdicts) => {
            for (let i = 0; i < count; i++) verdicts[i] = (rows[i]! + isSecond(pod)) % 2;
          },
          refusal: () => unschedulable('not mine'),
        },
      ],
    ])('names %s', (_, message, plugin) =>
      expect(messageOf(() => plugin)).toEqual([
        { kind: 'broken contract', message: expect.stringMatching(message) },
      ]),
    );
  });

  it('finds what differs from run to run', () => {
    let instances = 0;
    const odd = policyOf(() => {
      const instance = instances++;
      return { score: (_s, _p, node) => (node.name.endsWith(String(instance % 10)) ? 100 : 0) };
    });
    expect(checkPolicy(odd, { seeds: ['1'] })).toMatchObject([
      { kind: 'not deterministic', message: /^seed 1: first "pod-\d+: / },
    ]);
  });

  it('passes every plugin of the project in its profile', () => {
    for (const [name, profile] of profiles) {
      // As a module that brings no plugin but the default binder under another name.
      const policy = {
        plugins: Object.fromEntries(schedulerPlugins),
        profile: profileNamed(profile, defaultPlugins).plugins,
        args: Object.fromEntries(profile.pluginConfig ?? []),
      };
      const problems = testPolicy(
        policy,
        { plugins: new Map(), defaultPlugins: {} },
        { seeds: ['1'], pods: 40 },
      );
      expect([name, problems]).toEqual([name, []]);
    }
  });
});
