import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from './support/cli.ts';
import { KUBEDES, readmeCommands, readReadme, withGenerated } from './support/readme.ts';

describe('README.md', () => {
  const readme = readReadme();
  const commands = readmeCommands(readme);

  it('holds what code and results make (npm run docs:update)', () => {
    expect(withGenerated(readme)).toBe(readme);
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
