/**
 * SWIM, Facebook's MapReduce workloads (Chen et al., MASCOTS 2011): per job a submission time and bytes read, shuffled
 * and written. The trace has no run times and no requests: a pod processes `bytesPerSecond` of all its bytes, and
 * requests what the options say. With `splitBytes` a job is as many pods as its input has splits. A pod's input is
 * the data set named in the trace (files `withInputPaths`), else one of the job's own.
 */
import { annotations } from '../api/index.ts';
import type { LineReader, TraceFormat, TraceMarks, TraceOptions, TraceWriter } from './trace.ts';
import { count, seconds } from './trace-cells.ts';

/** All assumed: one task slot of the Hadoop clusters of the time. */
const BYTES_PER_SECOND = 50e6;
const CPU_MILLI = 1000;
const MEMORY_BYTES = 1073741824;
/** A job that moves hardly any bytes still starts and ends. Assumed. */
const LEAST_RUN_TIME_US = 1e6;
const LEAST_COLUMNS = 6;
const COLUMNS = ['job', 'submit time', 'gap', 'input', 'shuffle', 'output'] as const;

export const swimFormat: TraceFormat = {
  name: 'swim',
  meaning: 'SWIM workloads of Facebook 2009 and 2010, tab separated',
  columns: 'job, submit time (s), gap (s), input (bytes), shuffle (bytes), output (bytes), [input path]',
  reader,
};

function reader(writer: TraceWriter, options: TraceOptions): LineReader {
  const shape = writer.shapeOf(options.cpuMilli ?? CPU_MILLI, options.memoryBytes ?? MEMORY_BYTES, 0, '');
  const bytesPerSecond = options.bytesPerSecond ?? BYTES_PER_SECOND;
  return (line, number) => {
    if (line === '') return;
    const job = readJob(line, number, writer);
    if (job === undefined) return;
    const pods =
      options.splitBytes === undefined ? 1 : Math.max(1, Math.ceil(job.input / options.splitBytes));
    const runTimeUs = Math.max(LEAST_RUN_TIME_US, Math.round((job.bytes / pods / bytesPerSecond) * 1e6));
    if (pods === 1)
      return writer.add(
        number,
        job.name,
        job.arrivalUs,
        runTimeUs,
        shape,
        inputMarks(job.input > 0 ? job.path : ''),
      );
    for (let i = 0; i < pods; i++)
      writer.add(number, `${job.name}-${i}`, job.arrivalUs, runTimeUs, shape, inputMarks(`${job.path}.${i}`));
  };
}

interface Job {
  readonly name: string;
  readonly arrivalUs: number;
  readonly input: number;
  /** Read, shuffled and written. */
  readonly bytes: number;
  readonly path: string;
}

/** Undefined if the row is broken; the writer knows why. */
function readJob(line: string, number: number, writer: TraceWriter): Job | undefined {
  const cells = line.split('\t');
  if (cells.length < LEAST_COLUMNS) {
    writer.problem(number, 'row', `${cells.length} columns`, `${LEAST_COLUMNS} columns separated by tabs`);
    return undefined;
  }
  const arrivalUs = seconds(cells[1] ?? '');
  const [input, shuffle, output] = [3, 4, 5].map((at) => count(cells[at] ?? ''));
  if (arrivalUs === undefined || input === undefined || shuffle === undefined || output === undefined) {
    const at = arrivalUs === undefined ? 1 : [input, shuffle, output].indexOf(undefined) + 3;
    writer.problem(number, COLUMNS[at] ?? '', cells[at] ?? '', at === 1 ? 'seconds' : 'bytes');
    return undefined;
  }
  const name = (cells[0] ?? '').toLowerCase().replaceAll('_', '-');
  return {
    name,
    arrivalUs,
    input,
    bytes: input + shuffle + output,
    path: cells[6]?.trim() || `${name}-input`,
  };
}

const inputMarks = (path: string): TraceMarks | undefined =>
  path === '' ? undefined : { annotations: { [annotations.input.name]: path } };
