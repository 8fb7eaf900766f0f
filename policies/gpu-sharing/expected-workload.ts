/**
 * Which tasks FGD expects: those listed in its arguments, or else those that came so far, in a memory of the framework. What
 * has been learnt is put to use at 16, 32, 64… tasks, so that scores change seldom.
 */
import type { ArgsReader, Handle, Memory } from '../../sim/scheduler/contract.ts';
import { type GpuDemand, WHOLE } from './demand.ts';
import { type CountedClass, type ExpectedClass, Fragmentation, typicalClasses } from './fragmentation.ts';

const FIRST_USE = 16;
const MAX = 2 ** 31 - 1;

export function readTasks(args: ArgsReader): readonly CountedClass[] {
  return args.objects('tasks').map((task) => {
    const read = {
      cpuMilli: task.integer('cpuMilli', 0, 0, MAX),
      gpus: task.integer('gpus', 0, 0, MAX),
      gpuMilli: task.integer('gpuMilli', 0, 0, WHOLE),
      gpuModels: task.text('gpuModels', ''),
      count: task.integer('count', 1, 1, MAX),
    };
    task.unknownFields();
    return read.gpus === 0 ? { ...read, gpuMilli: 0, gpuModels: '' } : read;
  });
}

/** What has been seen, and what of it is in use. */
interface Learnt {
  readonly total: number;
  readonly counts: Map<string, CountedClass>;
  readonly classes: readonly ExpectedClass[];
}

export class ExpectedWorkload {
  /** Changes with `fragmentation`. */
  version = 1;
  fragmentation: Fragmentation;
  readonly #coverage: number;
  /** Undefined if the tasks are given. */
  readonly #learnt: Memory<Learnt> | undefined;

  /** `coverage`: percent of the tasks that the classes used must cover. */
  constructor(tasks: readonly CountedClass[], coverage: number, handle: Handle) {
    this.#coverage = coverage;
    const classes = typicalClasses(tasks, coverage);
    if (tasks.length === 0) this.#learnt = handle.memory<Learnt>({ total: 0, counts: new Map(), classes });
    this.fragmentation = new Fragmentation(classes);
  }

  /** Only within reserve. */
  learn({ cpuMilli, gpus, milli, models }: GpuDemand): void {
    if (this.#learnt === undefined) return;
    const { value } = this.#learnt;
    const key = `${cpuMilli} ${gpus} ${milli} ${models}`;
    // A map of its own per pod would cost O(classes); nobody holds on to the old one.
    const { counts } = value;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { cpuMilli, gpus, gpuMilli: milli, gpuModels: models, count });
    const total = value.total + 1;
    const due = total >= FIRST_USE && (total & (total - 1)) === 0;
    const classes = due ? typicalClasses([...counts.values()], this.#coverage) : value.classes;
    this.#learnt.set({ total, counts, classes });
    if (!due) return;
    this.version++;
    this.fragmentation = new Fragmentation(classes);
  }
}
