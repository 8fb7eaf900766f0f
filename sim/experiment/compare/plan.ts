/** What is compared: the grid of cells (policy, proxy mode, variant, settings) times seeds. */
import { createHash } from 'node:crypto';
import type { Settings } from '../../scenario/index.ts';
import { OptionError } from '../errors.ts';
import { fileName } from '../file-name.ts';

/** One system of the comparison: everything but the seed. */
export interface Cell {
  /** Profile name or module path. */
  readonly policy: string;
  readonly proxy: string;
  readonly variant: string | undefined;
  /** Values of the axes that `--set` opened. */
  readonly settings: Settings;
}

export interface PlannedRun {
  /** Index into the cells. */
  readonly cell: number;
  readonly seed: string;
  /** Names the files of the run; the same for the same cell and seed in every grid. */
  readonly id: string;
}

export interface Plan {
  /** The first one is what the others are compared with. */
  readonly cells: readonly Cell[];
  readonly seeds: readonly string[];
  /** Seed by seed, so that an interrupted comparison has whole pairs. */
  readonly runs: readonly PlannedRun[];
}

/** A variant of the scenario with one combination of settings. */
export interface Base {
  /** What the scenario itself says. */
  readonly policy: string;
  readonly proxy: string;
  readonly variant: string | undefined;
  readonly settings: Settings;
}

export interface Axes {
  /** Absent: those of the bases. */
  readonly policies?: readonly string[] | undefined;
  readonly proxies?: readonly string[] | undefined;
  /** What the bases are made of, as it was asked for. */
  readonly variants?: readonly string[] | undefined;
  readonly axes?: SettingAxes | undefined;
  readonly bases: readonly Base[];
  readonly seeds: readonly string[];
}

/** Settings that differ between runs: path → values. */
export type SettingAxes = Readonly<Record<string, readonly unknown[]>>;

/** Throws OptionError for what is named twice: a cell would be compared with itself, and its rows stand twice. */
export function planOf(grid: Axes): Plan {
  const { policies, proxies, variants, axes = {}, bases, seeds } = grid;
  const values = Object.entries(axes).flatMap(([path, list]) =>
    list.map((value) => settingText(path, value)),
  );
  for (const [option, names] of Object.entries({ policies, proxies, variants, axes: values, seeds }))
    checkNamedOnce(option, names);
  const cells = (policies ?? [undefined]).flatMap((policy) =>
    (proxies ?? [undefined]).flatMap((proxy) =>
      bases.map((base) => ({ ...base, policy: policy ?? base.policy, proxy: proxy ?? base.proxy })),
    ),
  );
  const runs = seeds.flatMap((seed) =>
    cells.map((cell, index) => ({ cell: index, seed, id: runId(cell, seed) })),
  );
  return { cells, seeds, runs };
}

/** Throws OptionError. */
export function checkNamedOnce(option: string, names: readonly string[] = []): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new OptionError(option, `${name} is named twice (name each once)`);
    seen.add(name);
  }
}

/** Every combination of one value per path; the last path changes fastest. */
export function combinations(axes: SettingAxes): Settings[] {
  let chosen: Settings[] = [{}];
  for (const [path, values] of Object.entries(axes)) {
    chosen = chosen.flatMap((settings) => values.map((value) => ({ ...settings, [path]: value })));
  }
  return chosen;
}

function runId({ policy, proxy, variant, settings }: Cell, seed: string): string {
  const words = [policy.split(/[\\/]/).at(-1), proxy, variant].filter((word) => word !== undefined);
  const hash = createHash('sha256')
    .update(JSON.stringify([policy, proxy, variant, settings]))
    .digest('hex')
    .slice(0, 8);
  return fileName([...words, hash, `seed-${seed}`]);
}

/** `path=value;path=value` with values as JSON: the column `settings` of comparison.csv. */
export function settingsText({ variant, settings }: Cell): string {
  return [...(variant === undefined ? [] : [`variant=${variant}`]), ...settingPairs(settings)].join(';');
}

const settingPairs = (settings: Settings): string[] =>
  Object.entries(settings).map(([path, value]) => settingText(path, value));

const settingText = (path: string, value: unknown): string =>
  `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`;

/** Which parts of a cell to show, the shortest first: policy, proxy mode, variant and settings. */
const LABEL_PARTS = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] as const;

/** Labels of no more parts than tell the cells apart. */
export function cellLabels(cells: readonly Cell[]): string[] {
  const parts = cells.map(({ policy, proxy, variant, settings }) => [
    policy.split(/[\\/]/).at(-1) ?? policy,
    proxy,
    [...(variant === undefined ? [] : [variant]), ...settingPairs(settings)].join(', '),
  ]);
  const labelled = LABEL_PARTS.map((shown) =>
    parts.map((words) => shown.map((part) => words[part]).join(', ')),
  );
  return labelled.find((labels) => new Set(labels).size === cells.length) ?? labelled.at(-1) ?? [];
}

const MOST_SEEDS = 100_000;

/** `1..20`, `1,2,7..9`, `a,b`. Throws OptionError if there is none, or too many. */
export function parseSeeds(text: string): string[] {
  const seeds = text.split(',').flatMap((part) => {
    const range = /^\s*(\d+)\.\.(\d+)\s*$/.exec(part);
    if (range === null && part.includes('..'))
      throw new OptionError('seeds', `${part}: expected a range of natural numbers such as 1..20`);
    if (range === null) return part.trim() === '' ? [] : [part.trim()];
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (to < from || to - from >= MOST_SEEDS || !Number.isSafeInteger(to))
      throw new OptionError('seeds', `${part}: expected an ascending range such as 1..20`);
    return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
  });
  if (seeds.length === 0) throw new OptionError('seeds', 'none; expected for instance 1..20');
  return seeds;
}
