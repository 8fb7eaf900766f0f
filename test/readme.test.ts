import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, kubedes, PROJECT } from './support/cli.ts';
import { readmeCommands, readReadme, withGenerated } from './support/readme.ts';

const KUBEDES = 'npx kubedes ';

describe('README.md', () => {
  const readme = readReadme();

  it('holds the tables that the code makes (npm run docs:update)', () => {
    expect(withGenerated(readme)).toBe(readme);
  });

  it('has commands that work, in their order', () => {
    const commands = readmeCommands(readme).filter((command) => command.startsWith(KUBEDES));
    expect(commands.length).toBeGreaterThan(4);
    inFolder((folder) => {
      for (const command of commands) {
        const words = command.slice(KUBEDES.length).split(' ');
        const out = words[0] === 'run' && !words.includes('--out') ? ['--out', 'results/demo'] : [];
        const args = [...words, ...out].map((word) => word.replace(/^results\/demo/, join(folder, 'demo')));
        const { status, stderr } = kubedes(...args);
        expect(`${command}: ${status} ${stderr}`).toBe(`${command}: 0 `);
      }
    });
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });
});
