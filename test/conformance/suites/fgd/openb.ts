/**
 * The openb cluster and workloads as the FGD experiments use them (golden/fgd/fgd.md, sections 1 and 2). The published lists are
 * not part of the project: they are read from `traces/openb` beside the golden directory.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CountedClass } from '../../../../policies/gpu-sharing/fragmentation.ts';
import type { Random } from '../../../../sim/engine/index.ts';
import type { GoldenFile } from '../../suite.ts';

export interface OpenbNode {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly model: string;
}

export interface OpenbPod {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Of each GPU. */
  readonly gpuMilli: number;
  readonly gpuModels: string;
}

const CAPACITY_TARGET = 1.3;
/** Marks pods that inflation copied. */
const COPY = '-tuned-';

export const gpuDemandOf = ({ gpus, gpuMilli }: OpenbPod): number => gpus * gpuMilli;

/** The rows of a CSV text as objects; none of the lists quotes. */
export function csvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = text.split('\n').map((line) => line.trim());
  const names = header.split(',');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
    });
}

export function readPods(text: string): readonly OpenbPod[] {
  return csvRows(text).map((row) => {
    const gpus = Number(row['num_gpu']);
    return {
      name: row['pod'] ?? row['name'] ?? '',
      cpuMilli: Number(row['cpu_milli']),
      memoryMib: Number(row['memory_mib']),
      gpus,
      gpuMilli: gpus === 0 ? 0 : Number(row['gpu_milli']),
      gpuModels: gpus === 0 ? '' : (row['gpu_spec'] ?? ''),
    };
  });
}

function readNodes(text: string): ReadonlyMap<string, OpenbNode> {
  const nodes = csvRows(text).map((row) => ({
    name: row['sn'] ?? '',
    cpuMilli: Number(row['cpu_milli']),
    memoryMib: Number(row['memory_mib']),
    gpus: Number(row['gpu']),
    model: row['model'] ?? '',
  }));
  return new Map(nodes.map((node) => [node.name, node]));
}

/** The published lists, where they are. */
export class OpenbTraces {
  readonly folder: string | undefined;
  #nodes: ReadonlyMap<string, OpenbNode> | undefined;

  constructor(files: readonly GoldenFile[]) {
    const first = files.find(({ location }) => location !== undefined);
    this.folder = first?.location === undefined ? undefined : traceFolder(first.location);
  }

  /** By name; undefined if the list is not there. */
  nodes(): ReadonlyMap<string, OpenbNode> | undefined {
    // The list of all nodes numbers them otherwise.
    const text = this.#text('openb_node_list_gpu_node.csv');
    if (text !== undefined) this.#nodes ??= readNodes(text);
    return this.#nodes;
  }

  /** The list that a workload's name stands for. */
  pods(workload: string): readonly OpenbPod[] | undefined {
    const text = this.#text(`openb_pod_list_${workload}.csv`);
    return text === undefined ? undefined : readPods(text);
  }

  #text(name: string): string | undefined {
    for (const path of this.folder === undefined ? [] : [join(this.folder, name)]) {
      if (existsSync(path)) return readFileSync(path, 'utf8');
      if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
    }
    return undefined;
  }
}

/** `traces/openb` in the nearest folder above the file that has one, or in `../shared` of the working directory. */
function traceFolder(location: string): string | undefined {
  const above: string[] = [];
  for (let folder = dirname(resolve(location)); folder !== dirname(folder); folder = dirname(folder))
    above.push(folder);
  return [...above, resolve('../shared')]
    .map((folder) => join(folder, 'traces/openb'))
    .find((folder) => existsSync(folder));
}

/** The published list of a recorded sequence: itself without copies, provided inflation did copy rather than drop. */
export function originalPods(sequence: readonly OpenbPod[]): readonly OpenbPod[] | undefined {
  const originals = sequence.filter(({ name }) => !name.includes(COPY));
  return originals.length < sequence.length ? originals : undefined;
}

/** How many pods of the list ask for the same. */
export function countClasses(pods: readonly OpenbPod[]): readonly CountedClass[] {
  const classes = new Map<string, CountedClass>();
  for (const { cpuMilli, gpus, gpuMilli, gpuModels } of pods) {
    const key = `${cpuMilli} ${gpus} ${gpuMilli} ${gpuModels}`;
    const count = (classes.get(key)?.count ?? 0) + 1;
    classes.set(key, { cpuMilli, gpus, gpuMilli, gpuModels, count });
  }
  return [...classes.values()];
}

/** Shuffles the list and brings it to 130 % of the capacity as section 2 says, with draws of our own. */
export function inflated(pods: readonly OpenbPod[], capacityMilli: number, random: Random): OpenbPod[] {
  const target = CAPACITY_TARGET * capacityMilli;
  const sorted = pods.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const sequence = shuffled(sorted, random);
  let total = sequence.reduce((sum, pod) => sum + gpuDemandOf(pod), 0);
  for (let copies = 0; total < target; copies++) {
    const copied = sorted[Math.floor(random() * sorted.length)]!;
    if (total + copied.gpuMilli > target) break;
    sequence.push({ ...copied, name: `${copied.name}${COPY}${copies}` });
    total += gpuDemandOf(copied);
  }
  while (total > target) {
    const [dropped] = sequence.splice(Math.floor(random() * sequence.length), 1);
    total -= gpuDemandOf(dropped!);
  }
  return sequence;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = items.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
