/** Scenario file → runs ready to be built: every reference followed, every unit read, every mistake collected. */
import { isMap, parseAllDocuments } from 'yaml';
import {
  type Diagnostic,
  type Draft,
  type KubernetesObject,
  type ManifestObject,
  type Position,
  readManifest,
  sortDiagnostics,
} from '../api/index.ts';
import type { Duration, SimTime } from '../engine/index.ts';
import type { NodeSpec } from '../node/index.ts';
import { type FileSource, RecordingFiles } from './files.ts';
import { missingObjects } from './needed-objects.ts';
import { neverBound, podsOfManifests } from './never-bound.ts';
import { nodeSizes } from './nodes.ts';
import { fieldsNotSimulated, notSimulated } from './not-simulated.ts';
import { parseScenario, type Settings } from './parse.ts';
import { lengthOf, pastTheEnd } from './past-the-end.ts';
import { checkReferences } from './references.ts';
import type { Registries } from './registries.ts';
import {
  readSchedulerConfig,
  schedulerDiagnostics,
  schedulerNames,
  type WrittenConfig,
} from './scheduler-config.ts';
import { type Scenario, scenarioSchema, type VariantSpec } from './schema/scenario.ts';
import type { ManifestFile } from './schema/values.ts';
import { stepsOf } from './steps.ts';
import { loadTracedNodes, loadTraces, type SourceTraces, type TraceFiles } from './traces.ts';
import { durationOf, instantOf } from './units.ts';
import { checkWorkloadPods, podsOfWorkload } from './workload-pods.ts';

export interface LoadOptions {
  /** Instead of the scenario's own; a number stands for its digits, as on the command line. */
  readonly seed?: string | number | undefined;
  /** Only these variants. */
  readonly variants?: readonly string[] | undefined;
  readonly settings?: Settings | undefined;
  /** A broken row of a trace is an error. */
  readonly strict?: boolean | undefined;
  /** Policies and proxy modes that the scenario may name; absent: not checked before the run. */
  readonly registries?: Registries | undefined;
}

/** One run, complete in memory: nothing is read from disk after this. */
export interface LoadedScenario {
  readonly name: string;
  readonly variant: string | undefined;
  readonly seed: string;
  readonly scenario: Scenario;
  /** Settings from outside, without those of the variant. */
  readonly settings: Settings;
  readonly horizon: SimTime;
  readonly interval: Duration;
  readonly stop: Scenario['stop'];
  /** Objects applied at the start, in order; Node objects among them become machines. */
  readonly objects: readonly Draft<KubernetesObject>[];
  /** Objects by file name as written in the timeline's `apply`. */
  readonly applied: ReadonlyMap<string, readonly Draft<KubernetesObject>[]>;
  /** Pod traces by index of their source in the workload. */
  readonly traces: ReadonlyMap<number, SourceTraces>;
  /** Machines of the cluster's published node list. */
  readonly tracedNodes: readonly NodeSpec[];
  /** The KubeSchedulerConfiguration, as written. */
  readonly schedulerConfig: unknown;
  /** Every file read, by path; the first `entryCount` are those that the user named. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly entryCount: number;
  /** The module of its policy, if that is among the inputs. */
  readonly policyFile?: string | undefined;
}

export interface Load {
  readonly runs: readonly LoadedScenario[];
  readonly diagnostics: readonly Diagnostic[];
}

/** True if the text is a scenario file rather than manifests. */
export function isScenarioText(text: string): boolean {
  const [first] = parseAllDocuments(text, { logLevel: 'silent' });
  return (
    first !== undefined && 'contents' in first && isMap(first.contents) && first.get('kind') === 'Scenario'
  );
}

export function loadScenario(file: string, files: FileSource, options: LoadOptions = {}): Load {
  const text = files.read(file) ?? '';
  const settings = options.settings ?? {};
  const first = parseScenario(files.show(file), text, settings);
  if (first.scenario === undefined) return { runs: [], diagnostics: first.diagnostics };
  const variants = first.scenario.variants ?? [];
  const chosen = variants.filter((variant) => options.variants?.includes(variant.name) ?? true);
  const diagnostics: Diagnostic[] = unknownVariants(
    options.variants,
    first.scenario,
    first.positionOf(['variants']),
  );
  const runs: LoadedScenario[] = [];
  for (const variant of variants.length === 0 ? [undefined] : chosen) {
    const parsed =
      variant === undefined ? first : parseScenario(files.show(file), text, { ...settings, ...variant.set });
    const loader = new Loader(file, files, parsed.positionOf);
    if (parsed.scenario !== undefined) runs.push(loader.load(parsed.scenario, variant?.name, options));
    diagnostics.push(...parsed.diagnostics, ...loader.diagnostics);
    if (variant !== undefined)
      diagnostics.push(...settledTwice(variant, settings, first.positionOf(['variants'])));
  }
  return { runs, diagnostics: sortDiagnostics(withoutRepeats(diagnostics)) };
}

/** Plain manifests on the default cluster, run until settled. */
export function loadManifests(paths: readonly string[], files: FileSource, options: LoadOptions = {}): Load {
  const parsed = scenarioSchema.parse({
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: nameOf(files.show(paths[0] ?? '')) },
    stop: 'settled',
    manifests: paths,
  });
  const loader = new Loader(paths[0] ?? '', files, () => ({ file: '', line: 1, column: 1 }));
  const run = loader.load(parsed, undefined, options);
  const { diagnostics } = loader;
  if (run.objects.length === 0 && diagnostics.length === 0)
    diagnostics.push({
      file: files.show(paths[0] ?? ''),
      line: 1,
      column: 1,
      severity: 'error',
      message: 'there is nothing to run',
      expected: 'a scenario, or Kubernetes objects',
    });
  return { runs: [{ ...run, entryCount: paths.length }], diagnostics: sortDiagnostics(diagnostics) };
}

/** A file's name without folders and endings, as a DNS name. */
const nameOf = (path: string): string =>
  (path.split(/[\\/]/).at(-1) ?? '')
    .replace(/\..*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'manifests';

function unknownVariants(
  wanted: readonly string[] | undefined,
  scenario: Scenario,
  at: Position,
): Diagnostic[] {
  const known = scenario.variants?.map((variant) => variant.name) ?? [];
  return (wanted ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => ({
      severity: 'error',
      ...at,
      message: `no variant ${name}`,
      hint: `known: ${known.join(', ') || 'none'}`,
    }));
}

/** What a variant is made of cannot be set from outside as well: one of the two would be lost. */
const settledTwice = ({ name, set }: VariantSpec, settings: Settings, at: Position): Diagnostic[] =>
  Object.keys(settings)
    .filter((path) =>
      Object.keys(set).some((own) => `${path}.`.startsWith(`${own}.`) || `${own}.`.startsWith(`${path}.`)),
    )
    .map((path) => ({
      severity: 'error',
      ...at,
      message: `${path} is set by variant ${name} itself`,
      hint: 'leave it out, or choose only variants that do not set it',
    }));

/** Variants share most of their mistakes. */
const withoutRepeats = (diagnostics: readonly Diagnostic[]): Diagnostic[] => [
  ...new Map(diagnostics.map((d) => [JSON.stringify(d), d])).values(),
];

class Loader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  readonly #files: RecordingFiles;
  readonly #positionOf: (path: readonly PropertyKey[]) => Position;

  constructor(file: string, files: FileSource, positionOf: (path: readonly PropertyKey[]) => Position) {
    this.#file = file;
    this.#files = new RecordingFiles(files);
    this.#positionOf = positionOf;
    this.#files.read(file);
  }

  load(scenario: Scenario, variant: string | undefined, options: LoadOptions): LoadedScenario {
    const nodes = this.#all(scenario.cluster.manifests, ['cluster', 'manifests']);
    const manifests = this.#all(scenario.manifests, ['manifests']);
    const objects = [...nodes, ...manifests].map(objectOf);
    const tracedNodes = loadTracedNodes(scenario, this.#traceFiles(options.strict));
    const appliedEntries = this.#applied(scenario);
    const entries = [...nodes, ...manifests, ...[...appliedEntries.values()].flat()];
    const applied = new Map([...appliedEntries].map(([file, list]) => [file, list.map(objectOf)]));
    const known = { objects: entries.map(objectOf), tracedNodes, registries: options.registries };
    for (const { path, ...problem } of [
      ...checkReferences(scenario, known),
      ...checkWorkloadPods(scenario, known.objects),
      ...pastTheEnd(scenario),
    ])
      this.diagnostics.push({ severity: 'error', ...this.#positionOf(path), ...problem });
    this.diagnostics.push(...missingObjects(entries), ...notSimulated(entries));
    const run: LoadedScenario = {
      name: scenario.metadata.name,
      variant,
      seed: String(options.seed ?? scenario.seed),
      scenario,
      settings: options.settings ?? {},
      horizon: instantOf(lengthOf(scenario)),
      interval: durationOf(scenario.record.interval),
      stop: scenario.stop,
      objects,
      applied,
      traces: loadTraces(scenario, this.#traceFiles(options.strict)),
      tracedNodes,
      schedulerConfig: this.#schedulerConfig(scenario, options.registries),
      inputs: this.#files.files,
      entryCount: 1,
    };
    // With mistakes, nobody knows what the pods and nodes will be.
    if (!this.diagnostics.some(({ severity }) => severity === 'error')) {
      const pods = [...podsOfManifests(entries), ...podsOfWorkload(scenario, run.traces, this.#positionOf)];
      const schedulers = options.registries && schedulerNames(run.schedulerConfig, options.registries);
      const nodes = [...nodeSizes(scenario, known.objects), ...tracedNodes];
      this.diagnostics.push(...neverBound(pods, { nodes, schedulers }), ...fieldsNotSimulated(pods));
    }
    return run;
  }

  #all(manifests: readonly ManifestFile[] | undefined, path: readonly PropertyKey[]): ManifestObject[] {
    return (manifests ?? []).flatMap((manifest, i) =>
      typeof manifest === 'string'
        ? this.#manifest(manifest, [...path, i])
        : this.#manifest(manifest.file, [...path, i, 'file'], manifest.count),
    );
  }

  #manifest(reference: string, path: readonly PropertyKey[], count?: number): readonly ManifestObject[] {
    const text = this.#text(reference, path);
    if (text === undefined) return [];
    const { objects, diagnostics } = readManifest(this.#shown(reference), text, count);
    this.diagnostics.push(...diagnostics);
    return objects;
  }

  #applied(scenario: Scenario): ReadonlyMap<string, readonly ManifestObject[]> {
    const applied = new Map<string, readonly ManifestObject[]>();
    for (const { step, path } of stepsOf(scenario)) {
      if (!('apply' in step) || applied.has(step.apply)) continue;
      applied.set(step.apply, this.#manifest(step.apply, [...path, 'apply']));
    }
    return applied;
  }

  #traceFiles(strict = false): TraceFiles {
    return {
      text: (reference, path) => this.#text(reference, path),
      shown: (reference) => this.#shown(reference),
      mistake: (path, message) =>
        this.diagnostics.push({ severity: 'error', ...this.#positionOf(path), message }),
      strict,
      diagnostics: this.diagnostics,
    };
  }

  #schedulerConfig(scenario: Scenario, registries: Registries | undefined): unknown {
    const config = this.#writtenConfig(scenario);
    if (registries !== undefined)
      this.diagnostics.push(...schedulerDiagnostics(scenario, config, this.#positionOf, registries));
    return config?.value;
  }

  #writtenConfig(scenario: Scenario): WrittenConfig | undefined {
    const config = scenario.scheduler?.config;
    if (config === undefined) return undefined;
    if (typeof config !== 'string')
      return { value: config, positionOf: (path) => this.#positionOf(['scheduler', 'config', ...path]) };
    const text = this.#text(config, ['scheduler', 'config']);
    if (text === undefined) return undefined;
    const read = readSchedulerConfig(this.#shown(config), text);
    this.diagnostics.push(...read.diagnostics);
    return read.config;
  }

  #shown(reference: string): string {
    return this.#files.show(this.#files.resolve(this.#file, reference));
  }

  #text(reference: string, path: readonly PropertyKey[]): string | undefined {
    const text = this.#files.read(this.#files.resolve(this.#file, reference));
    if (text === undefined) {
      const message = `${path.join('.')}: no such file`;
      this.diagnostics.push({ severity: 'error', ...this.#positionOf(path), message, found: reference });
    }
    return text;
  }
}

const objectOf = ({ object }: ManifestObject): Draft<KubernetesObject> => object;
