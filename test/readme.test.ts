import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, kubedesIn, PROJECT } from './support/cli.ts';
import { readmeCommands, readReadme, withGenerated } from './support/readme.ts';

const KUBEDES = 'npx kubedes ';

/** The same commands on less: what to put in place of what. */
const SMALL: readonly (readonly [RegExp, string])[] = [
  [/^run scenarios\/quick-start\.yaml/, '$& --set traffic.0.rate=20'],
  [/^compare scenarios\/packing\.yaml/, '$& --set workload.0.until=3m --set workload.1.until=3m'],
  [/--seeds 1\.\.\d+/, '--seeds 1..2'],
  [/--nodes 100 --pods 10000/, '--nodes 5 --pods 20 --runs 1'],
];

describe('README.md', () => {
  const readme = readReadme();
  const commands = readmeCommands(readme);

  it('holds what code and results make (npm run docs:update)', () => {
    expect(withGenerated(readme)).toBe(readme);
  });

  it('has commands that work, in their order, in a folder with nothing but the scenarios', {
    timeout: 600_000,
  }, () => {
    const lines = commands.filter((command) => command.startsWith(KUBEDES));
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

  it('has no other commands than these, scripts of package.json, and the example that is tested', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const others = commands
      .filter((command) => !command.startsWith(KUBEDES))
      .flatMap((command) => command.split(' && '));
    const known = [
      'npm ci',
      'npx tsx scenarios/library.ts',
      ...Object.keys(scripts).map((name) => `npm ${name}`),
    ];
    expect(others.filter((command) => !known.includes(command))).toEqual([]);
    const prose = readme.replace(/```[\s\S]*?```/g, '');
    expect(prose).not.toContain('npx');
    const named = [...prose.matchAll(/`npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(scripts['start']).toMatch(/ dist\/sim\/cli\/main\.js run scenarios\/quick-start\.yaml$/);
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });
});
