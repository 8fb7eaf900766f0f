/** Every command of README, on less, in its order, as built, and its library example: some minutes of whole processes. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inFolder, kubedesIn, PROJECT } from './support/cli.ts';
import { KUBEDES, readmeCommands, readReadme } from './support/readme.ts';

/** The same commands on less: what to put in place of what. */
const SMALL: readonly (readonly [RegExp, string])[] = [
  [/^run scenarios\/quick-start\.yaml/, '$& --set traffic.0.rate=20'],
  [/^compare scenarios\/packing\.yaml/, '$& --set workload.0.until=3m --set workload.1.until=3m'],
  [/--seeds 1\.\.\d+/, '--seeds 1..2'],
  [/--nodes 100 --pods 10000/, '--nodes 5 --pods 20 --runs 1'],
];

it('README.md has commands that work, in their order, in a folder with nothing but the scenarios', () => {
  const lines = readmeCommands(readReadme()).filter((command) => command.startsWith(KUBEDES));
  expect(lines.length).toBeGreaterThan(10);
  inFolder((folder) => {
    symlinkSync(join(PROJECT, 'scenarios'), join(folder, 'scenarios'));
    for (const line of lines) {
      const small = SMALL.reduce((text, [from, to]) => text.replace(from, to), line.slice(KUBEDES.length));
      const { status, stderr } = kubedesIn(folder, ...small.split(' '));
      expect(`${line}: ${status} ${stderr}`).toBe(`${line}: 0 `);
    }
  });
});

it('README.md has a library example that works', () => {
  const [, example = ''] = /```ts\n(import \{ compare \}[\s\S]*?)```/.exec(readReadme()) ?? [];
  const small = example.replace("seeds: '1..5'", "seeds: '1..2'");
  expect(small).not.toBe(example);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', small],
    { cwd: PROJECT, encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^pending_time_mean_s \{$/m);
  expect(stdout).toMatch(/^\d+ rows as in comparison\.csv$/m);
});

/** `npm start`, then `kubedes report results/quick-start --svg pictures`, make them anew when results change. */
it('results/reference/quick-start is what the quick start gives today', () => {
  const reference = join(PROJECT, 'results/reference/quick-start');
  inFolder((folder) => {
    const quickStart = join(PROJECT, 'scenarios/quick-start.yaml');
    expect(kubedesIn(folder, 'run', quickStart, '--out', '.').status).toBe(0);
    expect(kubedesIn(folder, 'report', 'quick-start', '--svg', 'pictures').status).toBe(0);
    const modes = readdirSync(reference).filter((name) => !name.endsWith('.svg'));
    expect(modes).toEqual(['iptables', 'ipvs', 'userspace']);
    for (const mode of modes)
      expect(readFileSync(join(folder, `quick-start/${mode}-seed-1/summary.csv`), 'utf8')).toBe(
        readFileSync(join(reference, mode, 'summary.csv'), 'utf8'),
      );
    expect(readFileSync(join(folder, 'pictures/errors.svg'), 'utf8')).toBe(
      readFileSync(join(reference, 'errors.svg'), 'utf8'),
    );
  });
});
