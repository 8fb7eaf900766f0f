/** Entry of the worker threads: makes one run of a comparison at a time. A composition root. */
import { dirname, join, resolve } from 'node:path';
import { workerData } from 'node:worker_threads';
import { formatDiagnostic } from '../api/index.ts';
import { CSV_NAMES } from '../metrics/index.ts';
import { loadRegistries } from '../registries.ts';
import { type FileSource, type LoadedScenario, loadScenario } from '../scenario/index.ts';
import type { Cell } from './compare/plan.ts';
import type { RunRecord } from './compare/record.ts';
import {
  cellSettings,
  type Executor,
  type RunReply,
  type RunTask,
  type WorkerSetup,
} from './compare/task.ts';
import { type PreparedRun, prepareRun } from './policy-module.ts';
import { type RunResult, runScenario } from './run.ts';

/** Files whose recorders contribute to the summary. */
const SUMMARISED = ['pods', 'nodes', 'cluster', 'scheduling', 'services', 'proxy', 'summary'] as const;

/** Piscina's entry: one run in this thread. */
export const execute = (task: RunTask): Promise<RunReply> => ownExecutor(task);

/** Makes runs of a comparison in the thread that calls. */
export function executorOf(setup: WorkerSetup): Executor {
  // What differs between the runs of a cell is the seed alone: scenario and registries are made once.
  const prepared = new Map<number, Promise<PreparedRun>>();
  return async ({ cell: index, seed, id, key }) => {
    try {
      const cell = setup.cells[index]!;
      let ready = prepared.get(index);
      if (ready === undefined) prepared.set(index, (ready = prepare(cell, setup)));
      const { loaded, registries } = await ready;
      const folder = setup.runsFolder;
      const options =
        folder === undefined
          ? { files: SUMMARISED, stateDigest: false }
          : { directory: join(folder, id), files: CSV_NAMES };
      const result = runScenario({ ...loaded, seed }, registries, options);
      return { ok: true, record: recordOf(result, key, cell) };
    } catch (error) {
      return {
        ok: false,
        message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      };
    }
  };
}

const ownExecutor: Executor = executorOf(workerData as WorkerSetup);

async function prepare(cell: Cell, setup: WorkerSetup): Promise<PreparedRun> {
  const [loaded, registries] = [load(cell, setup), loadRegistries()];
  const files = setup.modules.get(cell.policy);
  return files === undefined ? { loaded, registries } : prepareRun(loaded, registries, cell.policy, files);
}

/**
 * From the texts that the comparison started with, whatever has become of the files since. Policy modules alone are read from
 * their files, and a run of one that has changed is none.
 */
function load(cell: Cell, setup: WorkerSetup): LoadedScenario {
  const files: FileSource = {
    read: (path) => setup.inputs.get(path),
    resolve: (from, reference) => resolve(dirname(from), reference),
    show: (path) => path,
  };
  const { runs, diagnostics } = loadScenario(setup.entry, files, {
    settings: { ...setup.settings, ...cellSettings(cell, setup.given) },
    ...(cell.variant !== undefined && { variants: [cell.variant] }),
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || runs[0] === undefined) throw new Error(errors.map(formatDiagnostic).join('\n'));
  return runs[0];
}

function recordOf({ manifest, summary }: RunResult, key: string, cell: Cell): RunRecord {
  const { seed, stopped, simulatedSeconds, events, eventDigest } = manifest;
  return {
    format: 1,
    key,
    cell,
    seed,
    stopped,
    simulatedSeconds,
    events,
    eventDigest,
    metrics: summary.map(({ metric, value, unit, meaning }) => ({
      metric,
      ...(Number.isFinite(value) && { value }),
      unit,
      meaning,
    })),
  };
}
