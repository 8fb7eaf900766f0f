/** Scenario files and plain manifests named on the command line, read from disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { closestWord, type Diagnostic, formatDiagnostic } from '../api/index.ts';
import { InputError, UsageError } from '../experiment/errors.ts';
import { loadRegistries } from '../registries.ts';
import {
  type FileSource,
  isScenarioText,
  type LoadedScenario,
  type LoadOptions,
  loadManifests,
  loadScenario,
} from '../scenario/index.ts';
import { isFolder } from './result-folder.ts';

/** Paths are shown relative to the working directory. */
export const diskFiles: FileSource = {
  read(path) {
    if (!existsSync(path) || isFolder(path)) return undefined;
    const bytes = readFileSync(path);
    // By content: a result keeps the text of `trace.csv.gz` under the same name.
    return (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8');
  },
  resolve: (from, reference) => resolve(dirname(from), reference),
  show: (path) => relative(process.cwd(), path) || path,
};

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** With the file of the same folder that was probably meant. */
export function noSuchFile(path: string): UsageError {
  if (isFolder(path)) {
    const [first] = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name));
    const hint = first === undefined ? '' : `, such as ${join(path, first)}`;
    return new UsageError(`${path}: a folder; a file is expected${hint}`);
  }
  const folder = dirname(path);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const closest = closestWord(basename(path), there);
  const hint = closest === undefined ? '' : ` (did you mean ${join(folder, closest)}?)`;
  return new UsageError(`no such file: ${path}${hint}`);
}

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
  const files = paths.map((path) => resolve(path));
  const scenarios: string[] = [];
  const manifests: string[] = [];
  for (const [i, file] of files.entries()) {
    const text = diskFiles.read(file);
    if (text === undefined) throw noSuchFile(paths[i] ?? '');
    (isScenarioText(text) ? scenarios : manifests).push(file);
  }
  const loads = scenarios.map((file) => loadScenario(file, diskFiles, options));
  if (manifests.length > 0) loads.push(loadManifests(manifests, diskFiles, options));
  const diagnostics = loads.flatMap((load) => load.diagnostics);
  if (diagnostics.some((d) => d.severity === 'error')) throw new InputError(diagnostics);
  if (diagnostics.length > 0) warn(diagnostics);
  return loads.flatMap((load) => load.runs);
}

export const printWarnings = (warnings: readonly Diagnostic[]): void =>
  console.error(warnings.map(formatDiagnostic).join('\n'));

/** `--set path=value`: the value is read as YAML, so that numbers and lists work. */
export function parseSettings(
  pairs: readonly string[],
  parse: (text: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1)
        throw new UsageError(`--set ${pair}: expected path=value, such as cluster.nodes.0.count=100`);
      return [pair.slice(0, equals), parse(pair.slice(equals + 1))];
    }),
  );
}
