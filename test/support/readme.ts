/** The parts of README.md that are made from the code: `npm run docs:update` writes them, a test holds them to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { annotations } from '../../sim/api/index.ts';
import { policyTemplate } from '../../sim/cli/new.ts';
import { goldenFiles } from '../conformance/golden.ts';
import { PROJECT } from './cli.ts';
import { agreementTable } from './scheduler/agreement.ts';

export const README = join(PROJECT, 'README.md');
export const readReadme = (): string => readFileSync(README, 'utf8');

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  policy: () => `\`\`\`ts\n${policyTemplate('fewest-pods')}\`\`\``,
  annotations: () =>
    [
      '| annotation | value | meaning |',
      '|---|---|---|',
      ...Object.values(annotations).map((a) => `| \`${a.name}\` | ${cell(a.format)} | ${cell(a.meaning)} |`),
    ].join('\n'),
  agreement: () => agreementTable(goldenFiles(join(PROJECT, 'test/golden'), 'scheduler')),
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function withGenerated(readme: string): string {
  let text = readme;
  for (const [name, make] of Object.entries(GENERATED)) {
    const block = new RegExp(`<!-- ${name} -->(.|\\n)*<!-- /${name} -->`);
    if (!block.test(text)) throw new Error(`README.md has no block ${name}`);
    text = text.replace(block, () => `<!-- ${name} -->\n${make()}\n<!-- /${name} -->`);
  }
  return text;
}

/** The commands of README's shell blocks, one per line. */
export const readmeCommands = (readme: string): string[] =>
  [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => (block ?? '').trim().split('\n'));
