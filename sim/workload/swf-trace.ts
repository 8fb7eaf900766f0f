/**
 * The Standard Workload Format of the Parallel Workloads Archive (Chapin et al., JSSPP 1999; version 2.2): logs of
 * batch systems, 18 numbers per job, -1 where nothing is known. A job of n processors is one pod of n CPUs, or n pods
 * of one CPU with `podsPer: processor`. User → tenant; requested time → run-time estimate; queue → label `queue`.
 */
import { annotations } from '../api/index.ts';
import type { LineReader, TraceFormat, TraceMarks, TraceOptions, TraceWriter } from './trace.ts';

/** Places of the fields that are read, and their number. */
const FIELD = {
  job: 0,
  submit: 1,
  runTime: 3,
  allocated: 4,
  memory: 6,
  requested: 7,
  estimate: 8,
  requestedMemory: 9,
  status: 10,
  user: 11,
  queue: 14,
} as const;
const FIELDS = 18;
const CANCELLED = 5;
const FAILED = 0;
const KIBI = 1024;
/** Assumed where the log has no memory: what fits any machine. */
const DEFAULT_MEMORY_BYTES = 1073741824;
const CPU_MILLI = 1000;

export const swfFormat: TraceFormat = {
  name: 'swf',
  meaning: 'Standard Workload Format 2.2 of the Parallel Workloads Archive',
  columns:
    'job number, submit time (s), run time (s), processors, memory (KiB per processor), requested time (s), status, user, queue',
  reader,
};

function reader(writer: TraceWriter, options: TraceOptions): LineReader {
  const pods = new JobPods(writer, options);
  return (line, number) => {
    const text = line.trim();
    if (text === '' || text.startsWith(';')) return;
    const cells = text.split(/\s+/);
    const fields = cells.map(Number);
    const wrong = fields.findIndex((field) => !Number.isFinite(field));
    if (wrong >= 0) writer.problem(number, fieldName(wrong), cells[wrong] ?? '', 'a number');
    else if (fields.length !== FIELDS)
      writer.problem(number, 'row', `${fields.length} fields`, `${FIELDS} fields`);
    else pods.add(number, fields);
  };
}

const fieldName = (place: number): string =>
  Object.entries(FIELD).find(([, at]) => at === place)?.[0] ?? `field ${place + 1}`;

type FieldName = keyof typeof FIELD;
const CANCELLED_EARLY = 'cancelled';
const EXPECTED = {
  job: 'a job number',
  submit: 'seconds',
  runTime: 'seconds',
  allocated: 'a number of processors',
} as const;

/** The field that makes a job unusable. */
function faultOf(fields: readonly number[]): keyof typeof EXPECTED | typeof CANCELLED_EARLY | undefined {
  const at = (name: FieldName): number => fields[FIELD[name]] ?? -1;
  if (!Number.isInteger(at('job')) || at('job') < 0) return 'job';
  if (at('submit') < 0) return 'submit';
  if (at('runTime') < 0) return at('status') === CANCELLED ? CANCELLED_EARLY : 'runTime';
  const processors = processorsOf(fields);
  return Number.isInteger(processors) && processors > 0 ? undefined : 'allocated';
}

const processorsOf = (fields: readonly number[]): number => {
  const allocated = fields[FIELD.allocated] ?? -1;
  return allocated > 0 ? allocated : (fields[FIELD.requested] ?? -1);
};

class JobPods {
  readonly #writer: TraceWriter;
  readonly #perProcessor: boolean;
  readonly #memoryBytes: number;
  readonly #cpuMilli: number;
  readonly #marks = new Map<string, TraceMarks | undefined>();

  constructor(writer: TraceWriter, options: TraceOptions) {
    this.#writer = writer;
    this.#perProcessor = options.podsPer === 'processor';
    this.#memoryBytes = options.memoryBytes ?? DEFAULT_MEMORY_BYTES;
    this.#cpuMilli = options.cpuMilli ?? CPU_MILLI;
  }

  add(line: number, fields: readonly number[]): void {
    const fault = faultOf(fields);
    if (fault === CANCELLED_EARLY) this.#writer.note('cancelled before it ran: left out');
    else if (fault !== undefined)
      this.#writer.problem(line, fault, String(fields[FIELD[fault]]), EXPECTED[fault]);
    else this.#addPods(line, fields);
  }

  #addPods(line: number, fields: readonly number[]): void {
    const at = (name: FieldName): number => fields[FIELD[name]] ?? -1;
    const processors = processorsOf(fields);
    const shape = this.#shape(fields, this.#perProcessor ? 1 : processors);
    const marks = this.#marksOf(at('user'), at('estimate'), at('queue'), at('status'));
    const arrivalUs = Math.round(at('submit') * 1e6);
    const runTimeUs = Math.round(at('runTime') * 1e6);
    const pods = this.#perProcessor ? processors : 1;
    for (let i = 0; i < pods; i++) {
      const name = this.#perProcessor ? `job-${at('job')}-${i}` : `job-${at('job')}`;
      this.#writer.add(line, name, arrivalUs, runTimeUs, shape, marks);
    }
  }

  #shape(fields: readonly number[], processors: number): number {
    const kibibytes = [FIELD.requestedMemory, FIELD.memory]
      .map((place) => fields[place] ?? -1)
      .find((value) => value > 0);
    const each = kibibytes === undefined ? this.#memoryBytes : Math.round(kibibytes * KIBI);
    return this.#writer.shapeOf(processors * this.#cpuMilli, processors * each, 0, '');
  }

  #marksOf(user: number, estimate: number, queue: number, status: number): TraceMarks | undefined {
    const key = `${user} ${estimate} ${queue} ${status}`;
    if (this.#marks.has(key)) return this.#marks.get(key);
    const notes = {
      ...(user >= 0 && { [annotations.tenant.name]: `user-${user}` }),
      ...(estimate > 0 && { [annotations.runTimeEstimate.name]: `${estimate}s` }),
      ...(status === FAILED && { [annotations.exitCode.name]: '1' }),
    };
    const labels = queue >= 0 ? { queue: String(queue) } : undefined;
    const marks =
      labels === undefined && Object.keys(notes).length === 0 ? undefined : { labels, annotations: notes };
    this.#marks.set(key, marks);
    return marks;
  }
}
