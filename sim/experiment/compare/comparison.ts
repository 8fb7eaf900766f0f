/** Makes the runs of a comparison that are not there yet, and its files: comparison.csv, comparison.json, runs, inputs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../scenario/index.ts';
import { type KeptInput, relativeInputs } from '../inputs.ts';
import { VERSION } from '../own-files.ts';
import { writeWhole } from '../whole-file.ts';
import { comparisonCsv } from './columns.ts';
import type { Cell, Plan, PlannedRun } from './plan.ts';
import { runTasks } from './pool.ts';
import { keptRun, keyMaker, type RunRecord, readRecord, writeRecord } from './record.ts';
import type { Executor, PolicyFiles, RunTask, WorkerSetup } from './task.ts';

export interface ComparisonOptions {
  readonly plan: Plan;
  /** Name of the scenario. */
  readonly scenario: string;
  /** Texts of all files of all cells by path, the scenario file first. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly given: WorkerSetup['given'];
  /** Settings of all cells. */
  readonly settings: Settings;
  /** They count as inputs. */
  readonly modules: PolicyFiles;
  /** Where the files go; undefined: none are written, and no runs are taken or kept. */
  readonly folder: string | undefined;
  /** Worker threads; 0: in this thread, by `executorOf`. */
  readonly workers: number;
  readonly executorOf?: ((setup: WorkerSetup) => Executor) | undefined;
  /** Take runs that an earlier call left, with `keepRuns` only those whose CSV files it left too. */
  readonly resume: boolean;
  /** Keep all CSV files of every run. */
  readonly keepRuns: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called for every record, also resumed ones; may throw to stop. */
  readonly onRecord?: ((record: RunRecord) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface FailedRun {
  readonly id: string;
  readonly message: string;
}

export interface Comparison {
  readonly plan: Plan;
  /** By id of the planned run. */
  readonly records: ReadonlyMap<string, RunRecord>;
  readonly failed: readonly FailedRun[];
  readonly interrupted: boolean;
  /** Runs that an earlier call had left. */
  readonly resumed: number;
  /** Of all threads together. */
  readonly cpuSeconds: number;
}

/** comparison.json: what was compared, from which `report` and the reader make it again. */
export interface ComparisonManifest {
  readonly format: 1;
  readonly kubedes: string;
  readonly scenario: string;
  /** The scenario file, relative to the folder `inputs`. */
  readonly entry: string | undefined;
  /** Policies that are modules, if any: name → file, relative to the folder `inputs`. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly set: Settings;
  readonly given: WorkerSetup['given'];
  readonly cells: readonly Cell[];
  readonly seeds: readonly string[];
  readonly failed: readonly FailedRun[];
  /** Those that ended well. */
  readonly runs: readonly (PlannedRun & { readonly eventDigest: string })[];
}

/** Rejects only for errors of the environment, such as a full disk. */
export async function runComparison(options: ComparisonOptions): Promise<Comparison> {
  const { plan, folder, resume, signal, onProgress } = options;
  const tasks = tasksOf(options);
  const records = new Map<string, RunRecord>();
  if (resume && folder !== undefined)
    for (const task of tasks) {
      const record = finished(task, folder, options.keepRuns);
      if (record !== undefined) records.set(task.id, record);
    }
  for (const record of records.values()) options.onRecord?.(record);
  const resumed = records.size;
  const failed: FailedRun[] = [];
  const before = process.cpuUsage();
  if (folder !== undefined) writeInputs(options, folder);
  await runTasks(
    tasks.filter(({ id }) => !records.has(id)),
    {
      workers: options.workers,
      setup: setupOf(options),
      executorOf: options.executorOf,
      signal,
      onReply: ({ id }, reply) => {
        if (reply.ok) {
          if (folder !== undefined) writeRecord(folder, id, reply.record);
          records.set(id, reply.record);
          options.onRecord?.(reply.record);
        } else failed.push({ id, message: reply.message });
        onProgress?.(records.size + failed.length, tasks.length);
      },
    },
  );
  const cpu = process.cpuUsage(before);
  failed.sort((a, b) => (a.id < b.id ? -1 : 1));
  const interrupted = signal?.aborted === true;
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const comparison = { plan, records, failed, interrupted, resumed, cpuSeconds };
  // An interrupted comparison has no comparison.csv and no comparison.json: it is visibly incomplete.
  if (folder !== undefined && !interrupted) writeFiles(options, comparison, folder);
  return comparison;
}

/** What an earlier call left of this run; nothing if its files are wanted and are not there. */
function finished({ id, key }: RunTask, folder: string, keepRuns: boolean): RunRecord | undefined {
  const record = readRecord(folder, id, key);
  const missing = keepRuns && record !== undefined && keptRun(folder, id, record.eventDigest) === undefined;
  return missing ? undefined : record;
}

function tasksOf({ plan, inputs, modules, settings, given }: ComparisonOptions): RunTask[] {
  const moduleTexts = [...modules.values()].flatMap((files) => [...files.values()]);
  const keyOf = keyMaker([...inputs.values(), ...moduleTexts], { ...settings, given });
  return plan.runs.map(({ cell, seed, id }) => ({ cell, seed, id, key: keyOf(plan.cells[cell]!, seed) }));
}

const setupOf = ({ plan, keepRuns, folder, ...options }: ComparisonOptions): WorkerSetup => ({
  entry: [...options.inputs.keys()][0] ?? '',
  inputs: options.inputs,
  modules: options.modules,
  settings: options.settings,
  cells: plan.cells,
  given: options.given,
  runsFolder: keepRuns && folder !== undefined ? join(folder, 'runs') : undefined,
});

const keptInputs = ({ inputs, modules }: ComparisonOptions): KeptInput[] =>
  relativeInputs(new Map([inputs, ...modules.values()].flatMap((files) => [...files])));

function keptPaths(options: ComparisonOptions): Pick<ComparisonManifest, 'entry' | 'modules'> {
  const kept = keptInputs(options);
  const pathOf = new Map(kept.map(({ source, path }) => [source, path]));
  const modules = [...options.modules].map(([policy, files]) => [policy, pathOf.get([...files.keys()][0]!)!]);
  return { entry: kept[0]?.path, ...(modules.length > 0 && { modules: Object.fromEntries(modules) }) };
}

function writeInputs(options: ComparisonOptions, folder: string): void {
  // Until the end nothing says that this is a comparison: its records may be of an earlier one.
  for (const file of ['comparison.csv', 'comparison.json']) rmSync(join(folder, file), { force: true });
  for (const { path, text } of keptInputs(options)) writeWhole(join(folder, 'inputs', path), [text]);
}

function writeFiles(options: ComparisonOptions, { plan, records, failed }: Comparison, folder: string): void {
  const { scenario, settings, given } = options;
  writeWhole(join(folder, 'comparison.csv'), [comparisonCsv(scenario, plan, records)]);
  const manifest: ComparisonManifest = {
    format: 1,
    kubedes: VERSION,
    scenario,
    ...keptPaths(options),
    set: settings,
    given,
    cells: plan.cells,
    seeds: plan.seeds,
    failed,
    runs: plan.runs.flatMap(({ cell, seed, id }) => {
      const { eventDigest } = records.get(id) ?? {};
      return eventDigest === undefined ? [] : [{ id, cell, seed, eventDigest }];
    }),
  };
  writeWhole(join(folder, 'comparison.json'), [`${JSON.stringify(manifest, undefined, 2)}\n`]);
}
