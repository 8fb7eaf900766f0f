/**
 * A timeline of runs in the Trace Event Format ("Trace Event Format", Chromium project), which Perfetto and
 * chrome://tracing open. Simulated time is the time of the trace.
 */
import { numberAt, type Row, type RunFiles } from './results.ts';

/** An event of the format; `ts` and `dur` in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** X: with a duration; i: an instant; C: counters; M: names of processes and threads. */
  readonly ph: 'X' | 'i' | 'C' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  /** Of an instant: it belongs to its thread. */
  readonly s?: 't';
  readonly args?: Readonly<Record<string, string | number>>;
}

/** Spans that overlap go on threads of their own: within a thread, spans must nest. */
class Process {
  readonly pid: number;
  readonly #ends: number[] = [];

  constructor(pid: number) {
    this.pid = pid;
  }

  /** The first thread that is free from `from` on, taken until `to`. */
  take(from: number, to: number): number {
    const free = this.#ends.findIndex((end) => end <= from);
    const thread = free < 0 ? this.#ends.length : free;
    this.#ends[thread] = to;
    return thread + 1;
  }
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e6);

/** Every run with its nodes, waiting pods, kube-proxies, API Events and counters; run by run, in no order of time. */
export function* traceEvents(runs: readonly RunFiles[]): Generator<TraceEvent> {
  let next = 1;
  for (const run of runs) {
    const timeline = new Timeline(run, runs.length > 1 ? `${run.label}: ` : '', next);
    yield* timeline.events();
    next = timeline.nextPid;
  }
}

const POD_COLUMNS = [
  'namespace',
  'name',
  'created_s',
  'bound_s',
  'admitted_s',
  'sandbox_ready_s',
  'images_pulled_s',
  'started_s',
  'ready_s',
  'finished_s',
  'deleted_s',
  'node',
  'phase',
] as const;

/** Parts of a pod's time on its node, each from one instant to the next that is known. */
const STEPS = [
  ['admit', 'bound_s'],
  ['sandbox', 'admitted_s'],
  ['images', 'sandbox_ready_s'],
  ['start', 'images_pulled_s'],
  ['get ready', 'started_s'],
  ['ready', 'ready_s'],
] as const;

const COUNTERS = [
  ['pods', ['pods_pending', 'pods_starting', 'pods_running', 'pods_ready']],
  ['requested', ['cpu_requested_ratio', 'memory_requested_ratio']],
  ['used', ['cpu_used_ratio', 'memory_used_ratio']],
  ['nodes ready', ['nodes_ready']],
] as const;

class Timeline {
  readonly #run: RunFiles;
  readonly #prefix: string;
  readonly #processes = new Map<string, Process>();
  nextPid: number;

  constructor(run: RunFiles, prefix: string, firstPid: number) {
    this.#run = run;
    this.#prefix = prefix;
    this.nextPid = firstPid;
  }

  *events(): Generator<TraceEvent> {
    yield* this.#counters();
    yield* this.#outages();
    yield* this.#proxySyncs();
    yield* this.#apiEvents();
    yield* this.#pods();
    yield* this.#names();
  }

  #process(name: string): Process {
    let process = this.#processes.get(name);
    if (process === undefined) this.#processes.set(name, (process = new Process(this.nextPid++)));
    return process;
  }

  *#counters(): Generator<TraceEvent> {
    const { pid } = this.#process('cluster');
    const columns = COUNTERS.flatMap(([, names]) => names);
    for (const row of this.#run.rows('cluster', ['time_s', ...columns]))
      for (const [name, names] of COUNTERS) {
        const args = Object.fromEntries(names.map((column) => [column, numberAt(row, column) ?? 0]));
        yield { name, ph: 'C', pid, tid: 0, ts: microseconds(numberAt(row, 'time_s') ?? 0), args };
      }
  }

  *#pods(): Generator<TraceEvent> {
    const pods = [...this.#run.rows('pods', POD_COLUMNS)].sort(
      (a, b) => (numberAt(a, 'created_s') ?? 0) - (numberAt(b, 'created_s') ?? 0),
    );
    for (const pod of pods) yield* this.#waiting(pod);
    pods.sort((a, b) => (numberAt(a, 'bound_s') ?? 0) - (numberAt(b, 'bound_s') ?? 0));
    for (const pod of pods) if (numberAt(pod, 'bound_s') !== undefined) yield* this.#onNode(pod);
  }

  #end(pod: Row): number {
    const ends = ['finished_s', 'deleted_s'].map((column) => numberAt(pod, column));
    return ends.find((end) => end !== undefined) ?? this.#run.manifest.simulatedSeconds;
  }

  *#waiting(pod: Row): Generator<TraceEvent> {
    const created = numberAt(pod, 'created_s');
    if (created === undefined) return;
    yield this.#span('pods without a node', nameOf(pod), created, numberAt(pod, 'bound_s') ?? this.#end(pod));
  }

  *#onNode(pod: Row): Generator<TraceEvent> {
    const end = this.#end(pod);
    const begins = STEPS.map(([, column]) => numberAt(pod, column));
    const whole = this.#span(`node ${pod['node']}`, nameOf(pod), begins[0]!, end, {
      phase: pod['phase'] ?? '',
    });
    yield whole;
    for (const [i, [name]] of STEPS.entries()) {
      const from = begins[i];
      const to = begins.slice(i + 1).find((instant) => instant !== undefined) ?? end;
      if (from === undefined || to <= from || from >= end) continue;
      yield {
        ...whole,
        name,
        ts: microseconds(from),
        dur: microseconds(Math.min(to, end)) - microseconds(from),
      };
    }
  }

  #span(
    process: string,
    name: string,
    from: number,
    to: number,
    args: Readonly<Record<string, string | number>> = {},
  ): TraceEvent {
    const [ts, end] = [microseconds(from), microseconds(Math.max(from, to))];
    const own = this.#process(process);
    return { name, ph: 'X', pid: own.pid, tid: own.take(ts, end), ts, dur: end - ts, cat: process, args };
  }

  /** Times in which a machine was down, as seen at the samples. */
  *#outages(): Generator<TraceEvent> {
    const down = new Map<string, number>();
    for (const row of this.#run.rows('nodes', ['time_s', 'node', 'up'])) {
      const [time, node] = [numberAt(row, 'time_s') ?? 0, row['node'] ?? ''];
      const since = down.get(node);
      if (row['up'] === '0') down.set(node, since ?? time);
      else if (since !== undefined) {
        down.delete(node);
        yield this.#span('nodes down', node, since, time);
      }
    }
    for (const [node, since] of down)
      yield this.#span('nodes down', node, since, this.#run.manifest.simulatedSeconds);
  }

  *#proxySyncs(): Generator<TraceEvent> {
    const columns = ['time_s', 'mode', 'full', 'took_s', 'rules_total', 'rules_written'];
    for (const row of this.#run.rows('proxy', columns)) {
      const end = numberAt(row, 'time_s') ?? 0;
      const name = row['full'] === '1' ? 'full sync' : 'partial sync';
      yield this.#span(`kube-proxy ${row['mode']}`, name, end - (numberAt(row, 'took_s') ?? 0), end, {
        rules_total: numberAt(row, 'rules_total') ?? 0,
        rules_written: numberAt(row, 'rules_written') ?? 0,
      });
    }
  }

  /** A thread per component that reported them. */
  *#apiEvents(): Generator<TraceEvent> {
    const threads = new Map<string, number>();
    for (const row of this.#run.rows('events', ['time_s', 'type', 'reason', 'object', 'source', 'message'])) {
      const { pid } = this.#process('API Events');
      const source = row['source'] ?? '';
      let tid = threads.get(source);
      if (tid === undefined) {
        threads.set(source, (tid = threads.size + 1));
        yield { name: 'thread_name', ph: 'M', pid, tid, args: { name: source } };
      }
      yield {
        name: row['reason'] ?? '',
        ph: 'i',
        s: 't',
        pid,
        tid,
        ts: microseconds(numberAt(row, 'time_s') ?? 0),
        cat: row['type'] ?? '',
        args: { object: row['object'] ?? '', message: row['message'] ?? '' },
      };
    }
  }

  *#names(): Generator<TraceEvent> {
    for (const [name, { pid }] of this.#processes) {
      yield { name: 'process_name', ph: 'M', pid, tid: 0, args: { name: `${this.#prefix}${name}` } };
      yield { name: 'process_sort_index', ph: 'M', pid, tid: 0, args: { sort_index: pid } };
    }
  }
}

const nameOf = (pod: Row): string => `${pod['namespace']}/${pod['name']}`;
