/** The command that makes a comparison again, from the inputs that it kept. */
import { join } from 'node:path';
import { commandLine, settingText } from '../replay.ts';
import type { ComparisonManifest } from './comparison.ts';

export function compareCommand(folder: string, manifest: ComparisonManifest): string {
  const { cells, given, seeds, set, entry = '' } = manifest;
  const distinct = (values: readonly string[]): string => [...new Set(values)].join(',');
  const paths = [...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))];
  const variants = [...new Set(cells.flatMap(({ variant }) => variant ?? []))];
  const valuesOf = (path: string): string =>
    distinct(cells.map(({ settings }) => settingText(settings[path])));
  return commandLine([
    'compare',
    join(folder, 'inputs', entry),
    ...(given?.policies ? ['--policies', distinct(cells.map(({ policy }) => policy))] : []),
    ...(given?.proxies ? ['--proxies', distinct(cells.map(({ proxy }) => proxy))] : []),
    ...variants.flatMap((variant) => ['--variant', variant]),
    ...Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${settingText(value)}`]),
    ...paths.flatMap((path) => ['--set', `${path}=${valuesOf(path)}`]),
    '--seeds',
    seeds.join(','),
  ]);
}
