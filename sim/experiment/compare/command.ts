/** The command that makes a comparison again, from the inputs and policy modules that it kept. */
import { join } from 'node:path';
import { commandLine, settingText } from '../replay.ts';
import type { ComparisonManifest } from './comparison.ts';
import type { Cell } from './plan.ts';

export function compareCommand(folder: string, manifest: ComparisonManifest): string {
  const { cells, given, seeds, set, entry = '', modules } = manifest;
  const kept = (path: string): string => join(folder, 'inputs', path);
  const policyOf = ({ policy }: Cell): string => {
    const path = modules?.[policy];
    return path === undefined ? policy : kept(path);
  };
  const distinct = (values: readonly string[]): string => [...new Set(values)].join(',');
  const paths = [...new Set(cells.flatMap(({ settings }) => Object.keys(settings)))];
  const variants = [...new Set(cells.flatMap(({ variant }) => variant ?? []))];
  const valuesOf = (path: string): string =>
    distinct(cells.map(({ settings }) => settingText(settings[path])));
  return commandLine([
    'compare',
    kept(entry),
    ...(given?.policies ? ['--policies', distinct(cells.map(policyOf))] : []),
    ...(given?.proxies ? ['--proxies', distinct(cells.map(({ proxy }) => proxy))] : []),
    ...variants.flatMap((variant) => ['--variant', variant]),
    ...Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${settingText(value)}`]),
    ...paths.flatMap((path) => ['--set', `${path}=${valuesOf(path)}`]),
    '--seeds',
    seeds.join(','),
  ]);
}
