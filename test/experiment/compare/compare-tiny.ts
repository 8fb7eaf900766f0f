/** A small comparison in a folder of its own, for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Axes,
  type Comparison,
  type ComparisonOptions,
  planOf,
  runComparison,
} from '../../../sim/experiment/compare/index.ts';
import { diskFiles } from '../../../sim/experiment/disk-files.ts';
import { moduleFiles } from '../../../sim/experiment/module-files.ts';
import { executorOf } from '../../../sim/experiment/worker.ts';
import { isModulePath, loadScenario } from '../../../sim/scenario/index.ts';

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

const AXES: Axes = {
  policies: ['default', 'most-allocated'],
  proxies: ['iptables'],
  bases: [{ policy: 'default', proxy: 'iptables', variant: undefined, settings: {} }],
  seeds: ['1', '2'],
};

/** In this thread unless `workers` says otherwise. */
export function compareTiny(
  folder: string,
  axes: Partial<Axes> = {},
  options: Partial<ComparisonOptions> = {},
): Promise<Comparison> {
  const plan = planOf({ ...AXES, ...axes });
  const own = plan.cells.map(({ policy }) => policy).filter(isModulePath);
  const [loaded] = loadScenario(resolve(fixture('tiny.yaml')), diskFiles).runs;
  return runComparison({
    plan,
    scenario: loaded!.name,
    inputs: loaded!.inputs,
    given: { policies: true, proxies: false },
    settings: {},
    modules: new Map(own.map((file) => [file, moduleFiles(file)])),
    folder,
    workers: 0,
    executorOf,
    resume: false,
    keepRuns: false,
    ...options,
  });
}

/** Every file under a folder by its path in it. */
export const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );
