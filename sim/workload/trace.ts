/**
 * What every trace format is read into: pods column by column, so that a hundred thousand of them are a few arrays, and
 * what was wrong with the file. A format is one file that turns lines into calls of a {@link TraceWriter}.
 */
import { TraceIds } from './trace-ids.ts';

/** What a pod requests; pods of one shape share their spec. */
export interface TraceShape {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Devices asked for (`nvidia.com/gpu`). */
  readonly gpus: number;
  readonly priorityClassName: string;
}

/** What pods of a shape may still differ in. */
export interface TraceMarks {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Without the run time, which has a column of its own. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** What is wrong with a row. `line` counts from 1. */
export interface TraceProblem {
  readonly line: number;
  readonly column: string;
  readonly found: string;
  readonly expected: string;
}

export interface Trace {
  readonly count: number;
  readonly ids: readonly string[];
  /** µs since the start of the trace, ascending; equal ones keep the order of the file. */
  readonly arrivalUs: Float64Array;
  /** µs; NaN: the pod runs for ever. */
  readonly runTimeUs: Float64Array;
  /** Index into `shapes`. */
  readonly shape: Uint32Array;
  readonly shapes: readonly TraceShape[];
  /** By pod; empty if no pod has any. */
  readonly marks: readonly (TraceMarks | undefined)[];
  /** Rows left out because something was wrong with them. */
  readonly broken: number;
  /** The first ten of what was wrong. */
  readonly problems: readonly TraceProblem[];
  /** The file as a whole cannot be read; `problems` says why. */
  readonly unreadable: boolean;
  /** Rows that were taken otherwise than as written, by what was done. */
  readonly notes: ReadonlyMap<string, number>;
}

/** Settings of the formats, all with a default. */
export interface TraceOptions {
  /** Run times are not used: nothing is noted about them. */
  readonly withoutRunTimes?: boolean | undefined;
  /** Only the first so many pods of the file. */
  readonly limit?: number | undefined;
  /** SWF: one pod per job, or one pod per processor of the job. */
  readonly podsPer?: 'job' | 'processor' | undefined;
  /** Formats without memory column: what a pod (SWF: each processor) requests. */
  readonly memoryBytes?: number | undefined;
  /** Formats without CPU column: what a pod (SWF: each processor) requests. */
  readonly cpuMilli?: number | undefined;
  /** SWIM: what a pod processes per second; the run time is made of it. */
  readonly bytesPerSecond?: number | undefined;
  /** SWIM: input of one pod; absent: one pod per job. */
  readonly splitBytes?: number | undefined;
}

export interface TraceFormat {
  readonly name: string;
  /** What the format is and where it is described. */
  readonly meaning: string;
  /** The columns that are read, with units. */
  readonly columns: string;
  /** The reader of one file: called with every line, without its line break, from line 1 on. */
  reader(writer: TraceWriter, options: TraceOptions): LineReader;
}

export type LineReader = (line: string, number: number) => void;

const MOST_PROBLEMS = 10;
const FIRST_CAPACITY = 1024;
/** As many as 8 bits of a hash tell apart. */
const RECENT_SHAPES = 256;

const isShape = (
  shape: TraceShape,
  cpuMilli: number,
  memoryBytes: number,
  gpus: number,
  priorityClassName: string,
): boolean =>
  shape.cpuMilli === cpuMilli &&
  shape.memoryBytes === memoryBytes &&
  shape.gpus === gpus &&
  shape.priorityClassName === priorityClassName;

/** Collects pods into columns. */
export class TraceWriter {
  readonly #limit: number;
  readonly #ids = new TraceIds();
  #arrivalUs = new Float64Array(FIRST_CAPACITY);
  #runTimeUs = new Float64Array(FIRST_CAPACITY);
  #shape = new Uint32Array(FIRST_CAPACITY);
  readonly #shapes: TraceShape[] = [];
  readonly #shapeByKey = new Map<string, number>();
  /** Index of the shape last met with this hash. */
  readonly #recent: (number | undefined)[] = new Array<number | undefined>(RECENT_SHAPES);
  readonly #marks: (TraceMarks | undefined)[] = [];
  readonly #problems: TraceProblem[] = [];
  readonly #notes = new Map<string, number>();
  #ascending = true;
  #marked = false;
  #broken = 0;
  #brokenLine = 0;
  #unreadable = false;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** No more pods are wanted. */
  get full(): boolean {
    return this.#ids.ids.length >= this.#limit;
  }

  /** The index of a shape, for `add`. */
  shapeOf(cpuMilli: number, memoryBytes: number, gpus: number, priorityClassName: string): number {
    const slot = (Math.imul(cpuMilli, 0x9e3779b1) ^ Math.imul(memoryBytes / 65536 + gpus, 0x85ebca6b)) >>> 24;
    const recent = this.#recent[slot];
    if (
      recent !== undefined &&
      isShape(this.#shapes[recent]!, cpuMilli, memoryBytes, gpus, priorityClassName)
    )
      return recent;
    const index = this.#findShape(cpuMilli, memoryBytes, gpus, priorityClassName);
    this.#recent[slot] = index;
    return index;
  }

  #findShape(cpuMilli: number, memoryBytes: number, gpus: number, priorityClassName: string): number {
    const key = `${cpuMilli} ${memoryBytes} ${gpus} ${priorityClassName}`;
    let index = this.#shapeByKey.get(key);
    if (index === undefined) {
      index = this.#shapes.push({ cpuMilli, memoryBytes, gpus, priorityClassName }) - 1;
      this.#shapeByKey.set(key, index);
    }
    return index;
  }

  /** A pod; `id` becomes its name. An id that cannot be a name, or that was there before, breaks the row. */
  add(
    line: number,
    id: string,
    arrivalUs: number,
    runTimeUs: number,
    shape: number,
    marks?: TraceMarks,
  ): void {
    if (this.full) return;
    const expected = this.#ids.add(id);
    if (expected !== undefined) {
      this.problem(line, 'id', id, expected);
      return;
    }
    const at = this.#ids.ids.length - 1;
    if (at === this.#arrivalUs.length) this.#grow();
    if (at > 0 && arrivalUs < this.#arrivalUs[at - 1]!) this.#ascending = false;
    this.#arrivalUs[at] = arrivalUs;
    this.#runTimeUs[at] = runTimeUs;
    this.#shape[at] = shape;
    this.#marks.push(marks);
    if (marks !== undefined) this.#marked = true;
  }

  /** Leaves the row of this line out; several problems of one line are one broken row. */
  problem(line: number, column: string, found: string, expected: string): void {
    if (line !== this.#brokenLine) this.#broken++;
    this.#brokenLine = line;
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ line, column, found, expected });
  }

  /** Gives the file up. */
  refuse(line: number, column: string, found: string, expected: string): void {
    this.#unreadable = true;
    this.#problems.push({ line, column, found, expected });
  }

  /** One more row was taken otherwise than as written. */
  note(what: string): void {
    this.#notes.set(what, (this.#notes.get(what) ?? 0) + 1);
  }

  finish(): Trace {
    const { ids } = this.#ids;
    const count = ids.length;
    const order = this.#ascending ? undefined : this.#byArrival(count);
    const pick = <T>(values: readonly T[]): readonly T[] =>
      order === undefined ? values : Array.from(order, (row) => values[row]!);
    const column = <A extends Float64Array | Uint32Array>(values: A): A => {
      const ordered = values.slice(0, count) as A;
      if (order !== undefined) for (const [i, row] of order.entries()) ordered[i] = values[row]!;
      return ordered;
    };
    return {
      count,
      ids: pick(ids),
      arrivalUs: column(this.#arrivalUs),
      runTimeUs: column(this.#runTimeUs),
      shape: column(this.#shape),
      shapes: this.#shapes,
      marks: this.#marked ? pick(this.#marks) : [],
      broken: this.#broken,
      problems: this.#problems,
      unreadable: this.#unreadable,
      notes: this.#notes,
    };
  }

  #byArrival(count: number): Uint32Array {
    const arrivals = this.#arrivalUs;
    return Uint32Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => arrivals[a]! - arrivals[b]! || a - b,
    );
  }

  #grow(): void {
    const capacity = this.#arrivalUs.length * 2;
    const grown = <A extends Float64Array | Uint32Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.#arrivalUs = grown(this.#arrivalUs, new Float64Array(capacity));
    this.#runTimeUs = grown(this.#runTimeUs, new Float64Array(capacity));
    this.#shape = grown(this.#shape, new Uint32Array(capacity));
  }
}
