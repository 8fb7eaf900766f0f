/** KubeDES as a library, as its users import it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import {
  CSV_FILES,
  type CsvName,
  type CsvRow,
  compare,
  type Handle,
  InputError,
  loadRegistries,
  loadRuns,
  type NodeState,
  OptionError,
  type PolicyModule,
  type Registries,
  runScenario,
  startRun,
  verifyResult,
  withPolicy,
} from '../../sim/index.ts';
import { inFolder, PROJECT } from '../support/cli.ts';

const TINY = join(PROJECT, 'test/experiment/fixtures/tiny.yaml');

const CSV_NAMES = Object.keys(CSV_FILES) as CsvName[];

describe('the library', () => {
  it('gives every row that the CSV file has', () =>
    inFolder((folder) => {
      const rows: CsvRow[] = [];
      const [run] = loadRuns([TINY]);
      const directory = join(folder, 'result');
      runScenario(run!, loadRegistries(), {
        directory,
        onRow: (file, row) => {
          if (file === 'pods') rows.push(row);
        },
      });
      const text = readFileSync(join(directory, 'pods.csv'), 'utf8');
      const { data } = Papa.parse<Record<string, string>>(text.trim(), { header: true });
      expect(rows.length).toBeGreaterThan(5);
      expect(rows.map((row) => Object.entries(row).map(([name, cell]) => [name, String(cell)]))).toEqual(
        data.map((row) => Object.entries(row)),
      );
    }));

  it('tells whose metrics the summary lacks for want of their files', () => {
    const [run] = loadRuns([TINY]);
    const result = (...files: CsvName[]) => {
      const { summary, withoutMetrics } = runScenario(run!, loadRegistries(), { files });
      return { metrics: summary.map(({ metric }) => metric), withoutMetrics };
    };
    const all = result(...CSV_NAMES);
    expect(all.withoutMetrics).toEqual([]);
    const some = result('pods', 'cluster', 'summary');
    expect(some.withoutMetrics).toEqual(['scheduling', 'services', 'proxy']);
    expect(all.metrics).toContain('scheduling_attempts');
    expect(all.metrics.filter((metric) => !some.metrics.includes(metric))).toEqual(
      all.metrics.filter((metric) => /^(scheduling|proxy|programming)_/.test(metric)),
    );
    expect(result('summary').withoutMetrics).toEqual([
      'pods',
      'nodes',
      'cluster',
      'scheduling',
      'services',
      'proxy',
    ]);
  });

  it('refuses files that it does not know, before there is a folder', () =>
    inFolder((folder) => {
      const [run] = loadRuns([TINY]);
      const files = JSON.parse('["pods", "node"]') as CsvName[];
      const options = { directory: join(folder, 'result'), files };
      expect(() => startRun(run!, loadRegistries(), options)).toThrow(OptionError);
      expect(() => startRun(run!, loadRegistries(), options)).toThrow(CSV_NAMES.join(', '));
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('gives a comparison all metrics, whatever files the scenario wants and whether runs are kept', () =>
    inFolder(async (folder) => {
      const settings = { 'record.files': ['summary'] };
      const options = { scenario: TINY, settings, seeds: '1', workers: 0 };
      const [kept, forgotten] = [
        await compare({ ...options, folder, keepRuns: true }),
        await compare(options),
      ];
      expect(kept.rows).toEqual(forgotten.rows);
      expect(kept.rows.map(({ metric }) => metric)).toContain('scheduling_attempts');
    }));

  it('takes a seed as a number or as its digits', () => {
    const digests = [3, '3', '4'].map((seed) => {
      const [run] = loadRuns([TINY], { seed });
      return runScenario(run!, loadRegistries()).manifest.eventDigest;
    });
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });

  it('makes no result of a run that is not at its end, was given up, or has one already', () =>
    inFolder((folder) => {
      const [run] = loadRuns([TINY]);
      const start = (name: string) =>
        startRun(run!, loadRegistries(), { directory: join(folder, name), files: ['pods'] });
      const early = start('early');
      early.advance();
      expect(() => early.finish()).toThrow('not at its end');
      while (!early.advance());
      early.finish();
      expect(() => early.finish()).toThrow('the run is over');
      early.abandon();
      const abandoned = start('abandoned');
      abandoned.abandon();
      expect(() => abandoned.advance()).toThrow('the run is over');
      expect(() => abandoned.finish()).toThrow('the run is over');
      expect(readdirSync(folder).toSorted()).toEqual(['abandoned.partial', 'early']);
    }));

  it('stops a comparison between two runs of this thread', async () => {
    const controller = new AbortController();
    const { interrupted, records } = await compare({
      scenario: TINY,
      seeds: '1..5',
      workers: 0,
      signal: controller.signal,
      onProgress: () => void setImmediate(() => controller.abort()),
    });
    expect([interrupted, records.size]).toEqual([true, 1]);
  });

  it('throws all mistakes at once', () => {
    const settings = { proxyMode: 'iptable', 'scheduler.profile': 'most-alocated' };
    const mistakes = (): unknown => {
      try {
        return loadRuns([TINY], { settings });
      } catch (error) {
        return error instanceof InputError ? error.diagnostics.map(({ hint }) => hint) : error;
      }
    };
    expect(mistakes()).toEqual(
      expect.arrayContaining(['did you mean iptables?', 'did you mean most-allocated?']),
    );
  });

  it('takes a policy of ones own, but not in the place of another', () => {
    const policy = (name: string): PolicyModule => ({
      plugins: { [name]: () => ({ name, score: () => 0 }) },
      profile: { score: { enabled: [{ name }] } },
    });
    const registries = withPolicy(loadRegistries(), 'mine', policy('Mine'));
    const [run] = loadRuns([TINY], { registries, settings: { 'scheduler.profile': 'mine' } });
    expect(runScenario(run!, registries).manifest.events).toBeGreaterThan(0);
    expect(() => withPolicy(registries, 'other', policy('Mine'))).toThrow('there is a plugin Mine already');
  });

  it.each<[string, object, (known: Registries, policy: PolicyModule) => Registries]>([
    ['under a name', { profile: 'bad' }, (known, policy) => withPolicy(known, 'bad', policy)],
    ['under a path', { profile: './bad.ts' }, (known, policy) => withPolicy(known, './bad.ts', policy)],
    ['in the place of the default', {}, (known, policy) => withPolicy(known, 'default', policy)],
    [
      'in a configuration',
      {
        config: {
          apiVersion: 'kubescheduler.config.k8s.io/v1',
          kind: 'KubeSchedulerConfiguration',
          profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'Greedy' }] } } }],
        },
      },
      ({ plugins, ...known }, { plugins: added }) => ({
        ...known,
        plugins: new Map([...plugins, ...Object.entries(added)]),
      }),
    ],
  ])('stops a policy that writes to the API store, however it is given (%s)', (_how, scheduler, give) => {
    const policy: PolicyModule = {
      plugins: {
        Greedy: () => ({
          name: 'Greedy',
          filter: (_state, { spec }) => {
            for (const { resources } of spec.containers)
              Object.assign(resources?.requests ?? {}, { cpu: '1' });
            return undefined;
          },
        }),
      },
    };
    const registries = give(loadRegistries(), policy);
    const [run] = loadRuns([TINY], { registries, settings: { scheduler } });
    expect(() => runScenario(run!, registries)).toThrow(/policy Greedy: Filter for pod default\/w-\S+ threw/);
    expect(() => runScenario(run!, registries)).toThrow(/replay: the program that gave (policy|plugin) /);
  });

  it.each<[string, (handle: Handle, node: NodeState) => object | undefined]>([
    ['node', (_handle, { node }) => node.metadata],
    ['node by its row', ({ snapshot }, { row }) => snapshot.nodes[row]?.metadata],
    ['pod on a node', (_handle, { pods: [placed] }) => placed?.source.status],
    ['namespace', ({ listers }) => listers.namespaces.get('default')?.metadata],
  ])('stops a policy that writes to a %s', (_kind, find) => {
    let written = 0;
    const policy: PolicyModule = {
      plugins: {
        Writes: (_args, handle) => ({
          name: 'Writes',
          filter: (_state, _pod, node) => {
            const object = find(handle, node);
            if (object !== undefined) Object.assign(object, { written: ++written });
            return undefined;
          },
        }),
      },
    };
    const registries = withPolicy(loadRegistries(), 'writes', policy);
    const [run] = loadRuns([TINY], { registries, settings: { 'scheduler.profile': 'writes' } });
    expect(() => runScenario(run!, registries)).toThrow('policy Writes: Filter for pod default/w-');
    expect(written).toBe(1);
  });

  it('notes in the manifest what a program gave, and makes the result again with it', () =>
    inFolder((folder) => {
      const directory = join(folder, 'result');
      const policy: PolicyModule = { plugins: { Mine: () => ({ name: 'Mine', score: () => 0 }) } };
      const registries = withPolicy(loadRegistries(), 'mine', policy);
      const given = ['default', 'mine'].map((profile) => {
        const [run] = loadRuns([TINY], { registries, settings: { 'scheduler.profile': profile } });
        const { manifest, trail } = runScenario(run!, registries, { directory });
        expect(verifyResult(run!, manifest, trail.bytes(), registries, directory).same).toBe(true);
        return manifest.givenByProgram;
      });
      expect(given).toEqual([undefined, ['policy mine']]);
    }));

  it('compares settings, policies and seeds, in rows and statistics, and writes nothing unless asked', async () => {
    const seen: [string, number, number][] = [];
    const { rows, analysis, failed, folder } = await compare({
      scenario: TINY,
      policies: ['default', 'most-allocated'],
      axes: { 'workload.0.count': [5, 9] },
      settings: { duration: '20s' },
      seeds: '1..3',
      metrics: ['pods_created', 'pods_bound'],
      workers: 0,
      onProgress: (...progress) => seen.push(progress),
    });
    const created = rows.filter(({ metric }) => metric === 'pods_created');
    expect(created.map(({ policy, settings, seed, value }) => [policy, settings, seed, value])).toEqual(
      ['default', 'most-allocated'].flatMap((policy) =>
        [5, 9].flatMap((count) =>
          ['1', '2', '3'].map((seed) => [policy, `workload.0.count=${count}`, seed, count]),
        ),
      ),
    );
    const [result] = analysis.metrics;
    expect(analysis.metrics.map(({ metric }) => metric)).toEqual(['pods_created', 'pods_bound']);
    expect(result?.cells.map(({ label, estimate }) => [label, estimate.count, estimate.mean])).toEqual([
      ['default, workload.0.count=5', 3, 5],
      ['default, workload.0.count=9', 3, 9],
      ['most-allocated, workload.0.count=5', 3, 5],
      ['most-allocated, workload.0.count=9', 3, 9],
    ]);
    expect(result?.cells.map(({ difference }) => difference?.mean)).toEqual([undefined, 4, 0, 4]);
    expect([failed, folder, seen.length, seen.at(-1)]).toEqual([[], undefined, 12, ['tiny', 12, 12]]);
  });

  it('has the rows of comparison.csv', () =>
    inFolder(async (out) => {
      const folder = join(out, 'comparison');
      const { rows } = await compare({ scenario: TINY, seeds: '1,2', folder, workers: 0 });
      const text = readFileSync(join(folder, 'comparison.csv'), 'utf8');
      const { data } = Papa.parse<Record<string, string>>(text.trim(), { header: true });
      expect(rows.length).toBeGreaterThan(20);
      expect(data).toEqual(rows.map((row) => ({ scenario: 'tiny', ...row, value: String(row.value ?? '') })));
    }));

  it.each([
    [{ policies: ['most-alocated'] }, 'did you mean most-allocated?'],
    [{ policies: [] }, 'policies: expected one at least'],
    [{ seeds: '3..1' }, 'expected an ascending range'],
    [{ axes: { proxyMode: ['ipvs', 'iptable'] } }, 'did you mean iptables?'],
    [{ metrics: ['pods_bond'] }, 'did you mean pods_bound?'],
    [{ policies: ['default', 'default'] }, 'policies: default is named twice (name each once)'],
    [{ proxies: ['ipvs', 'iptables', 'ipvs'] }, 'proxies: ipvs is named twice'],
    [{ axes: { 'workload.0.count': [5, 6, 5] } }, 'axes: workload.0.count=5 is named twice'],
    [{ seeds: '1..3,2' }, 'seeds: 2 is named twice'],
    [{ metrics: ['pods_bound', 'pods_bound'] }, 'metrics: pods_bound is named twice'],
  ])('refuses to compare with %j', async (options, message) => {
    await expect(compare({ scenario: TINY, seeds: '1', workers: 0, ...options })).rejects.toThrow(message);
  });

  it('has an example that runs', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scenarios/library.ts'],
      { cwd: PROJECT, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^longest wait: -\d+ s ± \d+ s against the default\n$/);
  });
});
