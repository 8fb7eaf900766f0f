/** A cluster being run and recorded: in slices, with samples between them, to the manifest at the end. */
import { observationBus } from '../api/index.ts';
import { instant, Simulation, type StopReason, toSeconds } from '../engine/index.ts';
import {
  CSV_NAMES,
  type CsvName,
  CsvTable,
  createRecorders,
  type RowListener,
  type SummaryRow,
  withoutMetrics,
} from '../metrics/index.ts';
import {
  buildCluster,
  type Cluster,
  givenByProgram,
  type LoadedScenario,
  type Registries,
} from '../scenario/index.ts';
import type { Decision } from '../scheduler/index.ts';
import { relativeInputs } from './inputs.ts';
import { type InputFile, type RunManifest, sha256 } from './manifest.ts';
import { VERSION } from './own-files.ts';
import { DigestTrail } from './trail.ts';

export interface Progress {
  readonly simulatedSeconds: number;
  readonly horizonSeconds: number;
  readonly eventsPerSecond: number;
}

export interface RunOptions {
  /** Folder of the result; absent: nothing is written. */
  readonly directory?: string | undefined;
  /**
   * CSV files to write; `record.files` of the scenario by default, or all. Of files left out nothing is recorded, so that the
   * summary lacks their metrics (`withoutMetrics` of the result); without `directory`, naming all files gives all metrics.
   */
  readonly files?: readonly CsvName[] | undefined;
  /** False: the manifest has none (empty); saves going through all objects at the end. */
  readonly stateDigest?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Gets every row of every CSV file as it is recorded, whether or not files are written. */
  readonly onRow?: RowListener | undefined;
  /** Told of every scheduling decision while it is taken; must change nothing. */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  /** Trail of an earlier run of the same inputs, to find where this one leaves it. */
  readonly expectedTrail?: Uint8Array | undefined;
}

export interface RunResult {
  readonly manifest: RunManifest;
  readonly summary: readonly SummaryRow[];
  /** Files that were left out, and with them their metrics. */
  readonly withoutMetrics: readonly CsvName[];
  /** The cluster as it stood at the end, for a last look. */
  readonly cluster: Cluster;
  readonly trail: DigestTrail;
  /** Where the files lie, if any were written. */
  readonly directory: string | undefined;
}

/** Where the files of a run go. */
export interface RunOutput {
  readonly path: string;
  /** Where an incomplete result lies, if anywhere. */
  readonly partial: string | undefined;
  append(file: string, text: string): void;
  write(file: string, content: string | Uint8Array): void;
  complete(): void;
  abandon(): void;
}

const EVENTS_PER_SLICE = 20_000;

export class Recording {
  readonly #loaded: LoadedScenario;
  readonly #registries: Registries;
  readonly #options: RunOptions;
  readonly #output: RunOutput | undefined;
  readonly #files: readonly CsvName[];
  readonly #simulation: Simulation;
  readonly #cluster: Cluster;
  readonly #tables = new Map<CsvName, CsvTable>();
  readonly #recorders;
  readonly #trail: DigestTrail;
  readonly #started = new Date();
  readonly #cpu = process.cpuUsage();
  readonly #begin = performance.now();
  #nextSample: number;
  #stopped: StopReason = 'events';

  constructor(
    loaded: LoadedScenario,
    registries: Registries,
    options: RunOptions,
    output: RunOutput | undefined,
  ) {
    this.#loaded = loaded;
    this.#registries = registries;
    this.#options = options;
    this.#output = output;
    this.#nextSample = loaded.interval;
    this.#simulation = new Simulation(loaded.seed);
    const bus = observationBus();
    const files = options.files ?? loaded.scenario.record.files ?? CSV_NAMES;
    this.#files = files;
    this.#recorders = createRecorders(files, (name) => this.#open(name, files), bus);
    this.#trail = new DigestTrail(options.expectedTrail);
    this.#trail.attach(this.#simulation);
    this.#cluster = buildCluster(this.#simulation, bus, loaded, registries, options.onDecision);
  }

  #open(name: CsvName, files: readonly CsvName[]): CsvTable {
    const wanted = this.#output !== undefined && files.includes(name);
    const table = new CsvTable(
      name,
      wanted ? (text) => this.#output?.append(`${name}.csv`, text) : undefined,
      this.#options.onRow,
    );
    if (wanted) this.#tables.set(name, table);
    return table;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /** As far as it has run, still on the expected trail. */
  get onTrail(): boolean {
    return this.#trail.differing === undefined;
  }

  get simulatedSeconds(): number {
    return toSeconds(this.#simulation.now);
  }

  /** Up to the next sample, and never longer than it takes to show progress. */
  advance(): boolean {
    const { horizon, interval } = this.#loaded;
    const simulation = this.#simulation;
    const until = instant(Math.min(this.#nextSample, horizon));
    const reason = simulation.run({ until, maxEvents: EVENTS_PER_SLICE, stopWhen: this.#cluster.stopWhen });
    this.#progress();
    if (reason === 'events') return false;
    this.#cluster.settle();
    for (const recorder of this.#recorders) recorder.sample?.(simulation.now);
    this.#stopped = reason === 'condition' || this.#cluster.stopWhen?.() ? 'condition' : reason;
    this.#nextSample += interval;
    return this.#stopped === 'condition' || simulation.now >= horizon;
  }

  #progress(): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    this.#options.onProgress?.({
      simulatedSeconds: this.simulatedSeconds,
      horizonSeconds: toSeconds(this.#loaded.horizon),
      eventsPerSecond: seconds === 0 ? 0 : this.#simulation.eventCount / seconds,
    });
  }

  finish(): RunResult {
    const now = this.#simulation.now;
    this.#cluster.audit();
    for (const recorder of this.#recorders) recorder.finish?.(now);
    const summary = [...this.#recorders.flatMap((recorder) => recorder.summary?.(now) ?? [])];
    if (this.#files.includes('summary')) this.#writeSummary(summary);
    const manifest = this.#manifest(this.#writeInputs());
    this.#output?.write('digest-trail.bin', this.#trail.bytes());
    this.#output?.write('manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
    this.#output?.complete();
    const directory = this.#output?.path;
    return {
      manifest,
      summary,
      withoutMetrics: withoutMetrics(this.#files),
      cluster: this.#cluster,
      trail: this.#trail,
      directory,
    };
  }

  /** Rows so far, for a run that ends early. */
  flush(): void {
    for (const table of this.#tables.values()) table.flush();
  }

  #writeSummary(rows: readonly SummaryRow[]): void {
    const table = this.#open('summary', ['summary']);
    for (const { metric, value, unit, meaning } of rows) table.add([metric, value ?? '', unit, meaning]);
    table.flush();
  }

  #writeInputs(): InputFile[] {
    return relativeInputs(this.#loaded.inputs).map(({ path, text }) => {
      this.#output?.write(`inputs/${path}`, text);
      return { path, sha256: sha256(text) };
    });
  }

  #manifest(inputs: InputFile[]): RunManifest {
    const { digest, now, eventCount, seed } = this.#simulation;
    const loaded = this.#loaded;
    const given = givenByProgram(loaded, this.#registries);
    return {
      format: 1,
      kubedes: VERSION,
      scenario: loaded.name,
      variant: loaded.variant ?? null,
      seed,
      entry: relativeInputs(loaded.inputs)
        .slice(0, loaded.entryCount)
        .map((input) => input.path),
      set: loaded.settings,
      inputs,
      givenByProgram: given.length === 0 ? undefined : given,
      stopped: this.#stopped === 'condition' && loaded.stop !== undefined ? loaded.stop : 'duration',
      simulatedSeconds: toSeconds(now),
      events: eventCount,
      eventDigest: digest.hex(),
      stateDigest: this.#options.stateDigest === false ? '' : this.#cluster.stateDigest(),
      checkpoints: digest.checkpoints.map((c) => ({ event: c.eventNumber, time: c.time, digest: c.hex })),
      rows: Object.fromEntries([...this.#tables].map(([name, table]) => [`${name}.csv`, table.rowCount])),
      wall: this.#wall(),
    };
  }

  #wall(): RunManifest['wall'] {
    const seconds = (Date.now() - this.#started.getTime()) / 1000;
    const cpu = process.cpuUsage(this.#cpu);
    const { eventCount } = this.#simulation;
    return {
      started: this.#started.toISOString(),
      seconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      speedUp: seconds === 0 ? 0 : this.simulatedSeconds / seconds,
      eventsPerSecond: seconds === 0 ? 0 : Math.round(eventCount / seconds),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    };
  }
}
