/** The command that makes a run again, for people to copy. */
import { relative } from 'node:path';
import { parse } from 'yaml';
import type { LoadedScenario } from '../scenario/index.ts';

/** Quoted for a POSIX shell; paths as seen from the working directory. */
export function replayCommand({ inputs, entryCount, variant, seed, settings }: LoadedScenario): string {
  const files = [...inputs.keys()].slice(0, entryCount).map((path) => relative(process.cwd(), path) || path);
  const options = [
    ...(variant === undefined ? [] : ['--variant', variant]),
    '--seed',
    seed,
    ...Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${settingText(value)}`]),
  ];
  return ['kubedes', 'run', ...files, ...options].map(quoted).join(' ');
}

/** As the command line reads it: YAML, in which most words stand for themselves. */
const settingText = (value: unknown): string =>
  typeof value === 'string' && parse(value) === value ? value : JSON.stringify(value);

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
