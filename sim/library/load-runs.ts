/** `loadRuns`: scenario files and plain manifests, read from disk. */
import { resolve } from 'node:path';
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';
import { diskFiles, noSuchFile } from '../experiment/disk-files.ts';
import { InputError } from '../experiment/errors.ts';
import { loadRegistries } from '../registries.ts';
import {
  isScenarioText,
  type LoadedScenario,
  type LoadOptions,
  loadManifests,
  loadScenario,
  RecordingFiles,
} from '../scenario/index.ts';

/**
 * The runs that the named files describe: each variant of each scenario, or one run of all manifests together. Throws
 * InputError with all mistakes in them, UsageError for a file that is not there; `warn` gets what is only odd.
 */
export function loadRuns(
  paths: readonly string[],
  given: LoadOptions = {},
  warn: (warnings: readonly Diagnostic[]) => void = printWarnings,
): LoadedScenario[] {
  const options = { registries: loadRegistries(), ...given };
  const source = new RecordingFiles(diskFiles);
  const files = paths.map((path) => resolve(path));
  const scenarios: string[] = [];
  const manifests: string[] = [];
  for (const [i, file] of files.entries()) {
    const text = source.read(file);
    if (text === undefined) throw noSuchFile(paths[i] ?? '');
    (isScenarioText(text) ? scenarios : manifests).push(file);
  }
  const loads = scenarios.map((file) => loadScenario(file, source, options));
  if (manifests.length > 0) loads.push(loadManifests(manifests, source, options));
  const diagnostics = loads.flatMap((load) => load.diagnostics);
  if (diagnostics.some((d) => d.severity === 'error')) throw new InputError(diagnostics);
  if (diagnostics.length > 0) warn(diagnostics);
  return loads.flatMap((load) => load.runs);
}

export const printWarnings = (warnings: readonly Diagnostic[]): void =>
  console.error(warnings.map(formatDiagnostic).join('\n'));
