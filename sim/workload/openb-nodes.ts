/** Alibaba's openb node lists (alibaba/clusterdata, cluster-trace-gpu-v2023): `sn,cpu_milli,memory_mib,gpu,model`. */
import type { TraceProblem } from './trace.ts';
import { count, mebibytes, scaled } from './trace-cells.ts';
import { eachLine, splitCells } from './trace-lines.ts';

export interface TracedNode {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly gpus: number;
  /** Empty if the node has no GPU. */
  readonly gpuModel: string;
}

export interface NodeTrace {
  /** In the order of the file. */
  readonly nodes: readonly TracedNode[];
  readonly broken: number;
  /** The first ten of what was wrong. */
  readonly problems: readonly TraceProblem[];
  readonly unreadable: boolean;
}

const COLUMNS = ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'] as const;
const NUMBERS = [
  { at: 1, name: 'cpu_milli', expected: 'milli-CPU', parse: scaled(1) },
  { at: 2, name: 'memory_mib', expected: 'MiB', parse: mebibytes },
  { at: 3, name: 'gpu', expected: 'a number of GPUs', parse: count },
] as const;
const MOST_PROBLEMS = 10;

export function readOpenbNodes(pieces: Iterable<string>): NodeTrace {
  const nodes: TracedNode[] = [];
  const problems: TraceProblem[] = [];
  let broken = 0;
  let places: number[] | undefined;
  eachLine(pieces, (line, number) => {
    const cells = splitCells(line);
    if (number === 1) {
      places = COLUMNS.map((name) => cells.indexOf(name));
      const missing = COLUMNS.find((_, i) => places![i]! < 0);
      if (missing !== undefined)
        problems.push({ line: 1, column: missing, found: line, expected: `a column ${missing}` });
      if (missing !== undefined) places = undefined;
      return;
    }
    if (places === undefined || line === '') return;
    const ordered = places.map((place) => cells[place] ?? '');
    const node = readNode(ordered, number);
    if ('expected' in node) {
      broken++;
      if (problems.length < MOST_PROBLEMS) problems.push(node);
    } else nodes.push(node);
  });
  return { nodes, broken, problems, unreadable: places === undefined };
}

/** `cells` in the order of COLUMNS. */
function readNode(cells: readonly string[], line: number): TracedNode | TraceProblem {
  const [name = '', , , , gpuModel = ''] = cells;
  if (name === '') return { line, column: 'sn', found: '', expected: 'a name' };
  const values = NUMBERS.map(({ at, parse }) => parse(cells[at] ?? ''));
  const wrong = values.indexOf(undefined);
  if (wrong >= 0) {
    const { at, name: column, expected } = NUMBERS[wrong]!;
    return { line, column, found: cells[at] ?? '', expected };
  }
  const [cpuMilli = 0, memoryBytes = 0, gpus = 0] = values;
  return { name, cpuMilli, memoryBytes, gpus, gpuModel };
}
