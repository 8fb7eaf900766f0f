/** KubeDES as a library, as its users import it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import {
  type CsvRow,
  InputError,
  loadRegistries,
  loadRuns,
  type PolicyModule,
  runScenario,
  withPolicy,
} from '../sim/index.ts';
import { inFolder, PROJECT } from './support/cli.ts';

const TINY = join(PROJECT, 'test/experiment/fixtures/tiny.yaml');

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
