/** The deliberate differences from upstream, as the comments that begin with `DEVIATION:` tell them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './cli.ts';

export interface Deviation {
  /** From the project's root. */
  readonly file: string;
  readonly text: string;
}

export function deviations(): Deviation[] {
  return ['sim', 'policies', 'proxies'].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .flatMap((path) => deviationsIn(`${folder}/${path.replaceAll('\\', '/')}`)),
  );
}

const deviationsIn = (file: string): Deviation[] =>
  readFileSync(join(PROJECT, file), 'utf8')
    .split('DEVIATION:')
    .slice(1)
    .map((rest) => ({ file, text: paragraph(rest) }));

/** Up to the end of the comment, or an empty line of it. */
function paragraph(rest: string): string {
  const [first = '', ...lines] = rest.split('\n');
  const texts = [first.trim()];
  for (const line of lines) {
    const comment = /^\s*(?:\*(?!\/)|\/\/)\s*(.*)$/.exec(line)?.[1];
    if (texts.at(-1)?.includes('*/') || comment === undefined || comment === '') break;
    texts.push(comment);
  }
  return texts
    .join(' ')
    .replace(/\s*\*\/.*$/, '')
    .trim();
}
