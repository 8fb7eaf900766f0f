/** The pods of a trace, as recorded or with other times and in another order. */
import {
  annotations,
  type Draft,
  type Labels,
  type Pod,
  type PodSpec,
  RUN_TIME_ANNOTATION,
} from '../api/index.ts';
import { type Distribution, instant, type Random, type SimTime, START } from '../engine/index.ts';
import type { Arrival, ArrivalSource } from './arrivals.ts';
import { podOf, podSpec } from './pod-template.ts';
import type { Trace, TraceMarks, TraceShape } from './trace.ts';
import type { Selection } from './trace-selection.ts';

/** Traces name no image: every pod runs this one. */
export const TRACE_IMAGE = 'registry.k8s.io/pause:3.10';

export interface ReplayOptions {
  readonly name: string;
  readonly namespace: string;
  readonly from: SimTime;
  /** Times of the trace are multiplied by this: 0.1 plays it ten times as fast. */
  readonly timeScale: number;
  /** µs between arrivals instead of the recorded instants; random ones come from `gaps`. */
  readonly spacing?: { readonly every: Distribution; readonly gaps: Random } | undefined;
  /** False: all pods run for ever. */
  readonly runTimes: boolean;
  /** Pods that ask for a share of a GPU request no whole device: for clusters whose scheduler shares GPUs. */
  readonly sharedGpus: boolean;
  /** Which rows come; absent: all, as recorded. */
  readonly selection?: Selection | undefined;
}

/** Pods named by their ids, one container; pods of one shape share their spec. */
export class TraceArrivals implements ArrivalSource {
  readonly name: string;
  readonly #trace: Trace;
  readonly #options: ReplayOptions;
  readonly #count: number;
  /** Per shape: spec of pods with whole devices, and of those that share one. */
  readonly #specs: (PodSpec | undefined)[] = [];
  #next = 0;
  #spacedUs = 0;

  constructor(trace: Trace, options: ReplayOptions) {
    this.name = options.name;
    this.#trace = trace;
    this.#options = options;
    this.#count = options.selection?.rows.length ?? trace.count;
  }

  next(): Arrival | undefined {
    const index = this.#next++;
    if (index >= this.#count) return undefined;
    const { selection } = this.#options;
    const row = selection?.rows[index] ?? index;
    const copy = selection === undefined ? -1 : index - selection.copiesFrom;
    return { at: this.#timeOf(index), pod: this.#podOf(row, copy) };
  }

  /** With a shuffled selection, the recorded instants stay and the pods change places. */
  #timeOf(index: number): SimTime {
    const { spacing, timeScale, from } = this.#options;
    if (spacing !== undefined) {
      if (index > 0) this.#spacedUs += spacing.every.sample(spacing.gaps);
      return instant(from + Math.round(this.#spacedUs));
    }
    const recorded = this.#trace.arrivalUs[Math.min(index, this.#trace.count - 1)] ?? START;
    return instant(from + Math.round(recorded * timeScale));
  }

  #podOf(row: number, copy: number): Draft<Pod> {
    const { ids, runTimeUs, marks } = this.#trace;
    const { namespace, timeScale, runTimes } = this.#options;
    const id = ids[row]!;
    const mark = marks[row];
    const us = runTimes ? Math.round(runTimeUs[row]! * timeScale) : Number.NaN;
    return podOf(
      namespace,
      copy < 0 ? id : `${id}-tuned-${copy}`,
      this.#specOf(row, mark),
      mark?.labels,
      Number.isNaN(us) ? mark?.annotations : withRunTime(mark?.annotations, `${us}us`),
    );
  }

  #specOf(row: number, mark: TraceMarks | undefined): PodSpec {
    const index = this.#trace.shape[row]!;
    const shares = this.#options.sharedGpus && mark?.annotations?.[annotations.gpuMilli.name] !== undefined;
    const at = 2 * index + Number(shares);
    return (this.#specs[at] ??= specOf(this.#trace.shapes[index]!, shares));
  }
}

/** `withFields`, written out: a computed name in a literal goes through V8's runtime each time. */
function withRunTime(annotations: Labels | undefined, runTime: string): Labels {
  const all: Record<string, string> = Object.assign({}, annotations);
  all[RUN_TIME_ANNOTATION] = runTime;
  return all;
}

function specOf({ cpuMilli, memoryBytes, gpus, priorityClassName }: TraceShape, sharesGpu: boolean): PodSpec {
  const devices = gpus > 0 && !sharesGpu ? { 'nvidia.com/gpu': String(gpus) } : undefined;
  return podSpec({
    image: TRACE_IMAGE,
    requests: { cpu: `${cpuMilli}m`, memory: String(memoryBytes), ...devices },
    ...(devices && { limits: devices }),
    ...(priorityClassName !== '' && { priorityClassName }),
  });
}
