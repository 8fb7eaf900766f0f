/** Traces that a scenario names: pods of the workload and machines of the cluster, read and reported. */
import { bytesOf, cpuMilli, type Diagnostic } from '../api/index.ts';
import type { NodeSpec } from '../node/index.ts';
import {
  formatMeant,
  readOpenbNodes,
  readTrace,
  type Trace,
  type TracedNode,
  type TraceOptions,
  type TraceProblem,
} from '../workload/index.ts';
import type { Scenario } from './schema/scenario.ts';
import type { TracedWorkload } from './schema/workload.ts';

/** What the loader gives: text of a file (undefined once reported as missing), its name for the user, and the strictness. */
export interface TraceFiles {
  text(reference: string, path: readonly PropertyKey[]): string | undefined;
  shown(reference: string): string;
  /** A mistake in the scenario itself. */
  mistake(path: readonly PropertyKey[], message: string): void;
  /** A broken row is an error. */
  readonly strict: boolean;
  readonly diagnostics: Diagnostic[];
}

/** What one source of the workload replays. */
export interface SourceTraces {
  readonly trace: Trace;
  /** Lists that come as they are, by the seed of the run. */
  readonly orders: ReadonlyMap<string, Trace>;
}

/** By index of their source in the workload. */
export function loadTraces(scenario: Scenario, files: TraceFiles): ReadonlyMap<number, SourceTraces> {
  const traces = new Map<number, SourceTraces>();
  for (const [i, source] of (scenario.workload ?? []).entries()) {
    if (!('trace' in source)) continue;
    if (source.inflate !== undefined && source.spacing === undefined) {
      files.mistake(
        ['workload', i, 'inflate'],
        `workload.${i}.inflate: copies have no recorded arrival; set spacing`,
      );
    }
    const trace = loadTrace(source.trace, source, ['workload', i, 'trace'], files);
    const orders = new Map<string, Trace>();
    for (const [seed, file] of Object.entries(source.orders ?? {})) {
      const order = loadTrace(file, source, ['workload', i, 'orders', seed], files);
      if (order !== undefined) orders.set(seed, order);
    }
    if (trace !== undefined) traces.set(i, { trace, orders });
  }
  return traces;
}

/** Undefined if there is no such file or its format is another one, which is then reported. */
function loadTrace(
  file: string,
  source: TracedWorkload,
  path: readonly PropertyKey[],
  files: TraceFiles,
): Trace | undefined {
  const text = files.text(file, path);
  if (text === undefined) return undefined;
  const trace = readTrace(source.format, [text], optionsOf(source));
  const meant = formatMeant(file, source.format, trace);
  if (meant !== undefined) {
    files.mistake(path, `${path.join('.')}: not a ${source.format} trace; by its name: format: ${meant}`);
    return undefined;
  }
  reportProblems(file, trace, files);
  for (const [what, rows] of trace.notes) report(file, 'warning', `${rows} rows: ${what}`, files);
  return trace;
}

const optionsOf = ({ limit, runTimes, swf, swim }: TracedWorkload): TraceOptions => ({
  limit,
  withoutRunTimes: runTimes === 'none',
  podsPer: swf?.podsPer,
  cpuMilli: amount(cpuMilli, swf?.processor?.cpu ?? swim?.pod?.cpu),
  memoryBytes: amount(bytesOf, swf?.processor?.memory ?? swim?.pod?.memory),
  bytesPerSecond: amount(bytesOf, swim?.bytesPerSecond),
  splitBytes: amount(bytesOf, swim?.split),
});

const amount = (read: (text: string) => number, quantity: string | number | undefined): number | undefined =>
  quantity === undefined ? undefined : read(String(quantity));

/** Machines of the cluster's node list, in its order. */
export function loadTracedNodes(scenario: Scenario, files: TraceFiles): readonly NodeSpec[] {
  const list = scenario.cluster.trace;
  const text = list && files.text(list.file, ['cluster', 'trace', 'file']);
  if (list === undefined || text === undefined) return [];
  const trace = readOpenbNodes([text]);
  reportProblems(list.file, trace, files);
  return trace.nodes.map((node) => nodeSpec(node, String(list.pods)));
}

/** The label that NVIDIA's GPU feature discovery sets. */
export const GPU_MODEL_LABEL = 'nvidia.com/gpu.product';

const nodeSpec = (
  { name, cpuMilli: milli, memoryBytes, gpus, gpuModel }: TracedNode,
  pods: string,
): NodeSpec => ({
  name,
  capacity: {
    cpu: `${milli}m`,
    memory: String(memoryBytes),
    pods,
    'ephemeral-storage': '1Ti',
    ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }),
  },
  labels: gpuModel === '' ? {} : { [GPU_MODEL_LABEL]: gpuModel },
});

interface Readable {
  readonly broken: number;
  readonly problems: readonly TraceProblem[];
  readonly unreadable: boolean;
}

function reportProblems(
  reference: string,
  { broken, problems, unreadable }: Readable,
  files: TraceFiles,
): void {
  const severity = unreadable || files.strict ? 'error' : 'warning';
  for (const { line, column, found, expected } of problems) {
    const message = unreadable ? `${column}: missing` : `${column}: row left out`;
    files.diagnostics.push({
      severity,
      file: files.shown(reference),
      line,
      column: 1,
      message,
      found,
      expected,
    });
  }
  if (broken > problems.length)
    report(
      reference,
      severity,
      `${broken} rows left out in all; the first ${problems.length} are listed`,
      files,
    );
}

function report(
  reference: string,
  severity: Diagnostic['severity'],
  message: string,
  files: TraceFiles,
): void {
  files.diagnostics.push({ severity, file: files.shown(reference), line: 1, column: 1, message });
}
