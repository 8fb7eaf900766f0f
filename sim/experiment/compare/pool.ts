/**
 * Runs tasks on worker threads (piscina). A worker that dies costs one run: it is made again once, and named if that
 * worker dies too. Tasks are handed out one at a time, so that an interruption leaves nothing queued.
 */
import { setImmediate } from 'node:timers/promises';
import { ownFile } from '../own-files.ts';
import type { Executor, RunReply, RunTask, WorkerSetup } from './task.ts';

export interface PoolOptions {
  readonly workers: number;
  readonly setup: WorkerSetup;
  /** For 0 workers: runs in this thread. */
  readonly executorOf: ((setup: WorkerSetup) => Executor) | undefined;
  /** Stops at once; runs under way are given up. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every answer, in the order in which they come. */
  readonly onReply: (task: RunTask, reply: RunReply) => void;
}

/** Objects live for simulated minutes: a large young generation copies fewer of them (three semi-spaces of 32 MB). */
const YOUNG_GENERATION_MB = 96;

/** How often a run is tried whose worker dies. */
const ATTEMPTS = 2;

/** Resolves when every task is answered, or at once when interrupted; rejects if workers cannot start. */
export async function runTasks(
  tasks: readonly RunTask[],
  { workers, setup, executorOf, signal, onReply }: PoolOptions,
): Promise<void> {
  if (tasks.length === 0 || signal?.aborted === true) return;
  const noWorkers = new AbortController();
  const ended = AbortSignal.any([noWorkers.signal, ...(signal === undefined ? [] : [signal])]);
  const queue = tasks.values();
  const lane = async (execute: Executor) => {
    for (const task of queue) {
      // In this thread, a run leaves no other turn to whoever wants to stop.
      await setImmediate();
      const reply = await attempt(execute, task, ended);
      if (reply === undefined) return;
      onReply(task, reply);
    }
  };
  if (workers === 0) return lane(executorOf?.(setup) ?? missing());
  const lanes = Math.min(workers, tasks.length);
  // Loaded where it is needed: a single run has no workers.
  const { Piscina } = await import('piscina');
  const pool = new Piscina<RunTask, RunReply>({
    ...workerEntry(),
    name: 'execute',
    minThreads: lanes,
    maxThreads: lanes,
    workerData: setup,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  // A worker that dies without a task is replaced by the pool, unless it died before it was ready: what waits for it waits for ever.
  pool.on('error', (error: Error) => {
    if (pool.queueSize > 0) noWorkers.abort(new Error(`a worker thread cannot start: ${error.message}`));
  });
  ended.addEventListener('abort', () => void pool.destroy(), { once: true });
  try {
    await Promise.all(Array.from({ length: lanes }, () => lane((task) => pool.run(task))));
  } finally {
    await pool.destroy();
  }
  noWorkers.signal.throwIfAborted();
}

function missing(): never {
  throw new RangeError('0 workers, and nothing to run in this thread');
}

/** Undefined: interrupted. */
async function attempt(execute: Executor, task: RunTask, signal: AbortSignal): Promise<RunReply | undefined> {
  let message = '';
  for (let n = 0; n < ATTEMPTS; n++) {
    if (signal.aborted) return undefined;
    try {
      return await execute(task);
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
    }
  }
  return signal.aborted ? undefined : { ok: false, message: `its worker died ${ATTEMPTS} times: ${message}` };
}

/** The worker's file, from source through tsx. */
function workerEntry(): { filename: string; execArgv?: string[] } {
  const filename = ownFile('sim/experiment/worker');
  return filename.endsWith('.js')
    ? { filename }
    : { filename, execArgv: ['--import', import.meta.resolve('tsx')] };
}
