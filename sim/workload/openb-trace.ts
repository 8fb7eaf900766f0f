/**
 * Alibaba's openb pod lists (alibaba/clusterdata, cluster-trace-gpu-v2023): the trace of Weng et al., "Beware of
 * Fragmentation", USENIX ATC'23. `gpu_milli` is per GPU and below 1000 only for pods that share one GPU; `gpu_spec` lists
 * the GPU models that a pod accepts; `qos` is Alibaba's class (LS, BE, …), kept as label `qos`. A pod runs from its
 * scheduling to its deletion. Arrival sequences of that paper's experiments call the column `name` `pod`. The lists named multigpu have no times: all pods arrive at 0, in the order of the file.
 */
import { annotations } from '../api/index.ts';
import type { LineReader, TraceFormat, TraceMarks, TraceOptions, TraceWriter } from './trace.ts';
import { type CellParser, count, mebibytes, scaled, seconds } from './trace-cells.ts';
import { splitCells } from './trace-lines.ts';

const WHOLE_GPU = 1000;

const COLUMNS = [
  'name',
  'cpu_milli',
  'memory_mib',
  'num_gpu',
  'gpu_milli',
  'gpu_spec',
  'qos',
  'pod_phase',
  'creation_time',
  'deletion_time',
  'scheduled_time',
] as const;
type ColumnName = (typeof COLUMNS)[number];
const REQUIRED: readonly ColumnName[] = ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli'];

export const openbFormat: TraceFormat = {
  name: 'openb',
  meaning: 'Alibaba GPU cluster 2023, pod list (openb_pod_list_*.csv)',
  columns:
    'name, cpu_milli, memory_mib, num_gpu, gpu_milli (per GPU), [gpu_spec: A|B], [qos], [pod_phase], [creation_time, deletion_time, scheduled_time: s]',
  reader,
};

function reader(writer: TraceWriter, { withoutRunTimes = false }: TraceOptions): LineReader {
  let row: LineReader | undefined;
  return (line, number) => {
    if (number === 1) row = rowReader(splitCells(line), writer, !withoutRunTimes);
    else if (line !== '') row?.(line, number);
  };
}

/** Undefined if a required column is missing; the writer knows which. */
function rowReader(
  header: readonly string[],
  writer: TraceWriter,
  noteTimes: boolean,
): LineReader | undefined {
  const places = new Map<ColumnName, number>(COLUMNS.map((name) => [name, header.indexOf(name)]));
  if (places.get('name') === -1) places.set('name', header.indexOf('pod'));
  const missing = REQUIRED.filter((name) => (places.get(name) ?? -1) < 0);
  for (const name of missing) writer.refuse(1, name, header.join(','), `a column ${name}`);
  if (missing.length > 0) return undefined;
  const marks = new Map<string, TraceMarks>();
  return (line, number) => {
    const cells = splitCells(line);
    const row = new Row(writer, number, (name) => cells[places.get(name) ?? -1] ?? '');
    const shape = row.shape();
    const times = row.times();
    if (row.broken) return;
    if (noteTimes) row.noteTimes();
    const key = row.marksKey();
    let mark = marks.get(key);
    if (mark === undefined) marks.set(key, (mark = row.marks()));
    writer.add(number, row.cell('name'), times.arrivalUs, times.runTimeUs, shape, mark);
  };
}

class Row {
  broken = false;
  readonly cell: (name: ColumnName) => string;
  readonly #writer: TraceWriter;
  readonly #line: number;

  constructor(writer: TraceWriter, line: number, cell: (name: ColumnName) => string) {
    this.#writer = writer;
    this.#line = line;
    this.cell = cell;
  }

  #number(name: ColumnName, expected: string, parse: CellParser): number {
    const value = parse(this.cell(name));
    return value ?? this.#problem(name, expected);
  }

  #problem(name: ColumnName, expected: string): number {
    this.broken = true;
    this.#writer.problem(this.#line, name, this.cell(name), expected);
    return 0;
  }

  shape(): number {
    const cpuMilli = this.#number('cpu_milli', 'milli-CPU', scaled(1));
    const memoryBytes = this.#number('memory_mib', 'MiB', mebibytes);
    const gpus = this.#number('num_gpu', 'a number of GPUs', count);
    if (gpus > 0) {
      const milli = this.#number('gpu_milli', 'thousandths of a GPU', scaled(1));
      const fits = gpus === 1 ? milli >= 1 && milli <= WHOLE_GPU : milli === WHOLE_GPU;
      if (!fits && !this.broken)
        this.#problem('gpu_milli', gpus === 1 ? '1 to 1000' : '1000 for a pod of several GPUs');
    }
    return this.#writer.shapeOf(cpuMilli, memoryBytes, gpus, '');
  }

  /** Both 0 and NaN where the list has no times. */
  times(): { arrivalUs: number; runTimeUs: number } {
    const time = (name: ColumnName) =>
      this.cell(name) === '' ? Number.NaN : this.#number(name, 'seconds', seconds);
    const created = time('creation_time');
    const scheduled = time('scheduled_time');
    const deleted = time('deletion_time');
    const from = Number.isNaN(scheduled) ? created : scheduled;
    if (deleted < from) this.#problem('deletion_time', 'not before the pod was scheduled');
    return { arrivalUs: created || 0, runTimeUs: deleted - from };
  }

  noteTimes(): void {
    if (this.cell('deletion_time') === '') return;
    if (this.cell('scheduled_time') === '')
      this.#writer.note('never scheduled in the trace: run time counted from creation');
    else if (this.cell('pod_phase') === 'Running')
      this.#writer.note('still running at the end of the trace: run time up to there');
  }

  marksKey(): string {
    return `${this.cell('num_gpu')} ${this.cell('gpu_milli')} ${this.cell('gpu_spec')} ${this.cell('qos')} ${this.cell('pod_phase')}`;
  }

  marks(): TraceMarks {
    const gpus = Number(this.cell('num_gpu'));
    const milli = Number(this.cell('gpu_milli'));
    const qos = this.cell('qos');
    const models = gpus > 0 ? this.cell('gpu_spec') : '';
    const found = {
      ...(gpus === 1 && milli < WHOLE_GPU && { [annotations.gpuMilli.name]: String(milli) }),
      ...(models !== '' && { [annotations.gpuModels.name]: models }),
      ...(this.cell('pod_phase') === 'Failed' && { [annotations.exitCode.name]: '1' }),
    };
    return { labels: qos === '' ? undefined : { qos }, annotations: found };
  }
}
