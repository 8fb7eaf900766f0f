/**
 * KubeDES as a library: what the commands do, for programs. `loadRuns` reads scenario files and manifests and throws all
 * their mistakes at once; `runScenario` simulates one run with the registries of policies and proxies (`loadRegistries`,
 * `withPolicy` for one's own) and returns the summary, every row by `onRow`; `compare` runs variants, settings, policies, proxy
 * modes and seeds on all cores and returns rows and statistics; `pairedDifference` compares figures of one's own from runs of
 * the same seeds; `readStudy`, `drawPictures` and `htmlReport` make a report of what was written. `scenarios/library.ts` shows it at
 * work. What a program gives with `withPolicy` is held to the contract as a module is, but no command can make its results again:
 * their manifests note it as `givenByProgram`, and `verifyResult` takes the registries. Everything a policy needs is here as well.
 */
export { defaultPlugins, profiles, schedulerPlugins } from '../policies/index.ts';
export { PROXY_MODES } from '../proxies/index.ts';
export { type Diagnostic, formatDiagnostic, type ObservationMap } from './api/index.ts';
export { InvariantViolation, Simulation } from './engine/index.ts';
export type {
  Analysis,
  CellResult,
  ComparisonRow,
  Difference,
  MetricResult,
} from './experiment/compare/index.ts';
export { diskFiles } from './experiment/disk-files.ts';
export { InputError, OptionError, UsageError } from './experiment/errors.ts';
export type { RunManifest } from './experiment/manifest.ts';
export { PolicyModuleError, withPolicy, withPolicyModule } from './experiment/policy-module.ts';
export {
  type ActiveRun,
  type Progress,
  type RunOptions,
  type RunResult,
  runScenario,
  startRun,
} from './experiment/run.ts';
export { ResultNotWritten } from './experiment/run-directory.ts';
export {
  type Estimate,
  estimate,
  type PairedDifference,
  pairedDifference,
} from './experiment/statistics/index.ts';
export { type Verdict, verifyResult } from './experiment/verify.ts';
export { type CompareOptions, type CompareResult, compare } from './library/compare.ts';
export { loadRuns } from './library/load-runs.ts';
export { readStudy } from './library/study.ts';
export {
  type Column,
  CSV_FILES,
  type CsvName,
  type CsvRow,
  type RowListener,
  type SummaryRow,
} from './metrics/index.ts';
export { checkPolicy, loadRegistries } from './registries.ts';
export { drawPictures, htmlReport, type Pictures, type Study, traceEvents } from './report/index.ts';
export {
  type Cluster,
  type FileSource,
  type Load,
  type LoadedScenario,
  type LoadOptions,
  loadManifests,
  loadScenario,
  type Registries,
  scenarioJsonSchema,
  UnknownName,
} from './scenario/index.ts';
export * from './scheduler/contract.ts';
