/**
 * KubeDES as a library. Load a scenario (`loadScenario`), run it (`runScenario`) with the registries of policies and
 * proxies, report on what came out (`readStudy`, `drawPictures`, `htmlReport`).
 */
export { defaultPlugins, profiles, schedulerPlugins } from '../policies/index.ts';
export { PROXY_MODES } from '../proxies/index.ts';
export { type Diagnostic, formatDiagnostic, type ObservationMap } from './api/index.ts';
export { readStudy } from './cli/report-study.ts';
export { InvariantViolation, Simulation } from './engine/index.ts';
export type { RunManifest } from './experiment/manifest.ts';
export {
  type ActiveRun,
  type Progress,
  type RunOptions,
  type RunResult,
  runScenario,
  startRun,
} from './experiment/run.ts';
export { type Verdict, verifyResult } from './experiment/verify.ts';
export { type Column, CSV_FILES, type CsvName, type SummaryRow } from './metrics/index.ts';
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
} from './scenario/index.ts';
export * from './scheduler/index.ts';
