/**
 * The plain CSV trace: one row per pod with its arrival, requests and duration. Columns may come with units in their
 * names (`arrival_s`, `cpu_m`, `mem_mib`, `duration_s`: plain numbers) or without (`arrival`, `cpu`, `memory`,
 * `duration`: Kubernetes quantities and durations; a bare number of `arrival` and `duration` is in seconds).
 * A row without duration runs for ever. Any order of columns; columns not named here are left alone.
 */
import { type AnnotationDefinition, annotations } from '../api/index.ts';
import type { LineReader, TraceFormat, TraceMarks, TraceOptions, TraceWriter } from './trace.ts';
import {
  byteQuantity,
  type CellParser,
  count,
  cpuQuantity,
  duration,
  mebibytes,
  scaled,
  seconds,
} from './trace-cells.ts';
import { splitCells } from './trace-lines.ts';

interface Column {
  readonly name: string;
  readonly expected: string;
  readonly parse: CellParser;
}

const column = (name: string, expected: string, parse: CellParser): Column => ({ name, expected, parse });

/** Numbers of a row; of several columns for one number, the first one present is taken. */
const NUMBERS = {
  arrival: [column('arrival_s', 'seconds', seconds), column('arrival', 'seconds or a duration', duration)],
  cpu: [column('cpu_m', 'milli-CPU', scaled(1)), column('cpu', 'a CPU quantity', cpuQuantity)],
  memory: [column('mem_mib', 'MiB', mebibytes), column('memory', 'a memory quantity', byteQuantity)],
  duration: [column('duration_s', 'seconds', seconds), column('duration', 'seconds or a duration', duration)],
  gpu: [column('gpu', 'a number of GPUs', count)],
} as const;

type NumberName = keyof typeof NUMBERS;
const REQUIRED: ReadonlySet<NumberName> = new Set<NumberName>(['arrival', 'cpu', 'memory']);

/** Columns that become annotations as they are. */
const MARKED = new Map<string, AnnotationDefinition>([
  ['gpu_milli', annotations.gpuMilli],
  ['gpu_models', annotations.gpuModels],
  ['tenant', annotations.tenant],
  ['deadline', annotations.deadline],
  ['input', annotations.input],
]);

export const csvFormat: TraceFormat = {
  name: 'csv',
  meaning: 'plain CSV with a header line',
  columns:
    'id, arrival_s | arrival, cpu_m | cpu, mem_mib | memory, [duration_s | duration], [gpu], [gpu_milli], [gpu_models], [tenant], [deadline], [input], [priority_class], [labels: key=value;key=value]',
  reader,
};

function reader(writer: TraceWriter, _options: TraceOptions): LineReader {
  let row: LineReader | undefined;
  return (line, number) => {
    if (number === 1)
      row = rowReader(
        splitCells(line).map((name) => name.trim()),
        writer,
      );
    else if (line !== '') row?.(line, number);
  };
}

interface Field {
  /** Index of the cell, -1: there is no such column. */
  readonly at: number;
  readonly column: Column;
  readonly required: boolean;
}

/** Undefined if a required column is missing; the writer knows which. */
function rowReader(header: readonly string[], writer: TraceWriter): LineReader | undefined {
  const fields = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, columns]) => [name, fieldOf(name as NumberName, columns, header)]),
  ) as Record<NumberName, Field>;
  const idAt = header.indexOf('id');
  const missing = Object.values(fields)
    .filter(({ at, required }) => at < 0 && required)
    .map(({ column: { name } }) => name);
  if (idAt < 0) missing.push('id');
  for (const name of missing) writer.refuse(1, name, header.join(','), `a column ${name}`);
  if (missing.length > 0) return undefined;

  const marksOf = marksReader(header, writer);
  const priorityAt = header.indexOf('priority_class');
  // Of the row at hand; out here because `value` is made once for all rows.
  let broken = false;
  const value = ({ at, column, required }: Field, cells: readonly string[], line: number): number => {
    const cell = at < 0 ? '' : (cells[at]?.trim() ?? '');
    if (cell === '' && !required) return Number.NaN;
    const parsed = column.parse(cell);
    if (parsed !== undefined) return parsed;
    broken = true;
    writer.problem(line, column.name, cell, column.expected);
    return 0;
  };
  return (line, number) => {
    const cells = splitCells(line);
    broken = false;
    const arrivalUs = value(fields.arrival, cells, number);
    const cpuMilli = value(fields.cpu, cells, number);
    const memoryBytes = value(fields.memory, cells, number);
    const gpus = value(fields.gpu, cells, number);
    const runTimeUs = value(fields.duration, cells, number);
    const marks = marksOf?.(cells, number);
    if (broken || marks === 'broken') return;
    const shape = writer.shapeOf(
      cpuMilli,
      memoryBytes,
      gpus || 0,
      priorityAt < 0 ? '' : (cells[priorityAt]?.trim() ?? ''),
    );
    writer.add(number, cells[idAt]!.trim(), arrivalUs, runTimeUs, shape, marks);
  };
}

function fieldOf(name: NumberName, columns: readonly Column[], header: readonly string[]): Field {
  const present = columns.find((candidate) => header.includes(candidate.name));
  const required = REQUIRED.has(name);
  if (present === undefined) return { at: -1, column: columns[0]!, required };
  return { at: header.indexOf(present.name), column: present, required };
}

/** Undefined if the file has no column for labels or annotations. */
function marksReader(header: readonly string[], writer: TraceWriter) {
  const labelsAt = header.indexOf('labels');
  const marked = [...MARKED]
    .map(([name, definition]) => ({ at: header.indexOf(name), name, definition }))
    .filter(({ at }) => at >= 0);
  if (labelsAt < 0 && marked.length === 0) return undefined;
  return (cells: readonly string[], line: number): TraceMarks | undefined | 'broken' => {
    const pairs: [string, string][] = [];
    for (const { at, name, definition } of marked) {
      const cell = cells[at]?.trim() ?? '';
      if (cell === '') continue;
      if (definition.parse(cell) === undefined) {
        writer.problem(line, name, cell, definition.format);
        return 'broken';
      }
      pairs.push([definition.name, cell]);
    }
    const labels = labelsAt < 0 ? undefined : labelsOf(cells[labelsAt]?.trim() ?? '');
    if (labels === undefined && pairs.length === 0) return undefined;
    return { labels, annotations: pairs.length === 0 ? undefined : Object.fromEntries(pairs) };
  };
}

function labelsOf(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  return Object.fromEntries(
    text.split(';').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  );
}
