/** What a worker is told and what it answers; plain data, as it is copied between threads. */
import type { Settings } from '../../scenario/index.ts';
import type { Cell } from './plan.ts';
import type { RunRecord } from './record.ts';

/** By the name of a policy that is a module: the texts of its files by path, the module first. */
export type PolicyFiles = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Given to every worker at its start. */
export interface WorkerSetup {
  /** Path of the scenario file. */
  readonly entry: string;
  readonly inputs: ReadonlyMap<string, string>;
  readonly modules: PolicyFiles;
  /** Settings of all cells. */
  readonly settings: Settings;
  readonly cells: readonly Cell[];
  /** Which axes were asked for; else the scenario's own policy and proxy mode hold. */
  readonly given: { readonly policies: boolean; readonly proxies: boolean };
  /** Runs with all their CSV files go into this folder; undefined: only the record is kept. */
  readonly runsFolder: string | undefined;
}

export interface RunTask {
  readonly cell: number;
  readonly seed: string;
  readonly id: string;
  readonly key: string;
}

/** A run that ended with an exception would do so again: it is answered, not repeated. */
export type RunReply =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly message: string };

/** Makes one run. */
export type Executor = (task: RunTask) => Promise<RunReply>;

/** What a cell changes of the scenario: policy and proxy mode only where they were asked for. */
export const cellSettings = (
  { policy, proxy, settings }: Cell,
  { policies, proxies }: WorkerSetup['given'],
): Settings => ({
  ...settings,
  ...(policies && { 'scheduler.profile': policy }),
  ...(proxies && { proxyMode: proxy }),
});
