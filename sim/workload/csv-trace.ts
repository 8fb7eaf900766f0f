/**
 * The plain CSV trace: one row per pod with its arrival, requests and duration. Columns may come with units in their
 * names (`arrival_s`, `cpu_m`, `mem_mib`, `duration_s`: plain numbers) or without (`arrival`, `cpu`, `memory`,
 * `duration`: Kubernetes quantities and durations; a bare number of `arrival` and `duration` is in seconds).
 * Optional: `gpu`, `labels` (`key=value;key=value`).
 */
import Papa from 'papaparse';
import { cpuMilli, parseDuration, parseQuantity, bytesOf, RUN_TIME_ANNOTATION } from '../api/index.ts';
import { instant, type SimTime } from '../engine/index.ts';
import type { Arrival, ArrivalSource } from './arrivals.ts';
import { podOf, podSpec } from './pod-template.ts';

export interface TraceRow {
  readonly id: string;
  readonly arrival: SimTime;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly gpu: number;
  /** µs; undefined: runs for ever. */
  readonly runTimeUs: number | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** What is wrong with a row of a trace. `line` counts from 1, the header is line 1. */
export interface TraceProblem {
  readonly line: number;
  readonly column: string;
  readonly found: string;
  readonly expected: string;
}

export interface Trace {
  /** In order of arrival; equal arrivals keep the order of the file. */
  readonly rows: readonly TraceRow[];
  readonly problems: readonly TraceProblem[];
}

interface Field {
  /** Column names, the first one present is taken. */
  readonly columns: readonly { readonly name: string; readonly expected: string; readonly parse: (text: string) => number | undefined }[];
  readonly required: boolean;
}

const number = (scale: number) => (text: string) => {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) && value >= 0 ? Math.round(value * scale) : undefined;
};
const span = (text: string) => number(1e6)(text) ?? parseDuration(text);
const quantity = (toNumber: (text: string) => number) => (text: string) =>
  parseQuantity(text) === undefined ? undefined : toNumber(text);

const FIELDS = {
  arrival: {
    required: true,
    columns: [
      { name: 'arrival_s', expected: 'seconds', parse: number(1e6) },
      { name: 'arrival', expected: 'seconds or a duration', parse: span },
    ],
  },
  cpu: {
    required: true,
    columns: [
      { name: 'cpu_m', expected: 'milli-CPU', parse: number(1) },
      { name: 'cpu', expected: 'a CPU quantity', parse: quantity(cpuMilli) },
    ],
  },
  memory: {
    required: true,
    columns: [
      { name: 'mem_mib', expected: 'MiB', parse: number(1048576) },
      { name: 'memory', expected: 'a memory quantity', parse: quantity(bytesOf) },
    ],
  },
  gpu: { required: false, columns: [{ name: 'gpu', expected: 'a number of GPUs', parse: number(1) }] },
  duration: {
    required: false,
    columns: [
      { name: 'duration_s', expected: 'seconds', parse: number(1e6) },
      { name: 'duration', expected: 'seconds or a duration', parse: span },
    ],
  },
} as const satisfies Record<string, Field>;

/** Reads the whole text; a broken row is left out and reported. */
export function readCsvTrace(text: string, limit = Number.POSITIVE_INFINITY): Trace {
  const problems: TraceProblem[] = [];
  const rows: TraceRow[] = [];
  const { data } = Papa.parse<string[]>(text, { delimiter: ',', skipEmptyLines: true });
  const [header = [], ...lines] = data;
  const reader = rowReader(header, problems);
  if (reader === undefined) return { rows, problems };
  for (const [i, cells] of lines.entries()) {
    if (rows.length >= limit) break;
    const row = reader(cells, i + 2);
    if (row !== undefined) rows.push(row);
  }
  rows.sort((a, b) => a.arrival - b.arrival);
  return { rows, problems };
}

type FieldName = keyof typeof FIELDS;

/** Undefined if a required column is missing; the problems say which. */
function rowReader(header: readonly string[], problems: TraceProblem[]) {
  const idAt = header.indexOf('id');
  const labelsAt = header.indexOf('labels');
  const places = new Map<FieldName, { at: number; column: Field['columns'][number] }>();
  for (const name of Object.keys(FIELDS) as FieldName[]) {
    const field: Field = FIELDS[name];
    const column = field.columns.find((candidate) => header.includes(candidate.name));
    if (column !== undefined) places.set(name, { at: header.indexOf(column.name), column });
    else if (field.required) {
      const expected = `a column ${field.columns.map((candidate) => candidate.name).join(' or ')}`;
      problems.push({ line: 1, column: name, found: header.join(','), expected });
    }
  }
  if (idAt < 0) problems.push({ line: 1, column: 'id', found: header.join(','), expected: 'a column id' });
  if (problems.length > 0) return undefined;

  return (cells: readonly string[], line: number): TraceRow | undefined => {
    let broken = false;
    const value = (name: FieldName): number | undefined => {
      const place = places.get(name);
      const cell = place && cells[place.at]?.trim();
      if (place === undefined || cell === undefined || (cell === '' && !FIELDS[name].required)) return undefined;
      const parsed = place.column.parse(cell);
      if (parsed === undefined) {
        broken = true;
        problems.push({ line, column: place.column.name, found: cell, expected: place.column.expected });
      }
      return parsed;
    };
    const [arrival, cpu, memory, gpu, runTimeUs] = [value('arrival'), value('cpu'), value('memory'), value('gpu'), value('duration')];
    if (broken || arrival === undefined || cpu === undefined || memory === undefined) return undefined;
    const labels = labelsAt < 0 ? undefined : parseLabels(cells[labelsAt] ?? '');
    const id = cells[idAt] ?? '';
    return { id, arrival: instant(arrival), cpuMilli: cpu, memoryBytes: memory, gpu: gpu ?? 0, runTimeUs, labels };
  };
}

function parseLabels(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  return Object.fromEntries(text.split(';').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}

/** The pods of a trace: name = id, one container; pods of equal requests share their spec. */
export class TraceArrivals implements ArrivalSource {
  readonly name: string;
  readonly #namespace: string;
  readonly #rows: readonly TraceRow[];
  readonly #specs = new Map<string, ReturnType<typeof podSpec>>();
  #next = 0;

  constructor(name: string, namespace: string, rows: readonly TraceRow[]) {
    this.name = name;
    this.#namespace = namespace;
    this.#rows = rows;
  }

  next(): Arrival | undefined {
    const row = this.#rows[this.#next];
    if (row === undefined) return undefined;
    this.#next++;
    const annotations = row.runTimeUs === undefined ? undefined : { [RUN_TIME_ANNOTATION]: `${row.runTimeUs}us` };
    return { at: row.arrival, pod: podOf(this.#namespace, row.id, this.#specOf(row), row.labels, annotations) };
  }

  #specOf(row: TraceRow) {
    const key = `${row.cpuMilli} ${row.memoryBytes} ${row.gpu}`;
    let spec = this.#specs.get(key);
    if (spec === undefined) {
      const gpu = row.gpu > 0 ? { 'nvidia.com/gpu': String(row.gpu) } : undefined;
      const requests = { cpu: `${row.cpuMilli}m`, memory: String(row.memoryBytes), ...gpu };
      spec = podSpec({ image: TRACE_IMAGE, requests, ...(gpu && { limits: gpu }) });
      this.#specs.set(key, spec);
    }
    return spec;
  }
}

/** Traces name no image: every pod runs this one, which is on every node. */
export const TRACE_IMAGE = 'registry.k8s.io/pause:3.10';
