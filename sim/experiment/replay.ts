/** Commands that make results again, for people to copy: quoted for a POSIX shell. */
import { relative } from 'node:path';
import { parseDocument } from 'yaml';
import type { LoadedScenario } from '../scenario/index.ts';

/** Paths as seen from the working directory. */
export function replayCommand({ inputs, entryCount, variant, seed, settings }: LoadedScenario): string {
  const files = [...inputs.keys()].slice(0, entryCount).map((path) => relative(process.cwd(), path) || path);
  const options = [
    ...(variant === undefined ? [] : ['--variant', variant]),
    '--seed',
    seed,
    ...Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${settingText(value)}`]),
  ];
  return commandLine(['run', ...files, ...options]);
}

export const verifyCommand = (folder: string): string => commandLine(['verify', folder]);

export const commandLine = (words: readonly string[]): string => ['kubedes', ...words].map(quoted).join(' ');

/** As the command line reads it: YAML, in which most words stand for themselves. */
export const settingText = (value: unknown): string =>
  typeof value === 'string' && standsForItself(value) ? value : JSON.stringify(value);

/** In a comparison a comma parts values. */
function standsForItself(text: string): boolean {
  const document = parseDocument(text);
  return !text.includes(',') && document.errors.length === 0 && document.toJS() === text;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
