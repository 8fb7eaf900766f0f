/**
 * How much of a node's idle GPU no task of the expected workload could use: the fragmentation measure of Weng et
 * al., "Beware of Fragmentation", USENIX ATC'23, in GPU thousandths. Sums are taken in the order of the paper's simulator
 * (classes in the list's order, then causes), so that equal states give equal bits.
 */
import { accepts } from './demand.ts';

/** Tasks of the expected workload that ask for the same. */
export interface TaskClass {
  readonly cpuMilli: number;
  /** 0: no GPU. */
  readonly gpus: number;
  /** Thousandths of each GPU. */
  readonly gpuMilli: number;
  /** Names joined by `|`; empty: any model. */
  readonly gpuModels: string;
}

export interface CountedClass extends TaskClass {
  readonly count: number;
}

export interface ExpectedClass extends TaskClass {
  /** Share of the workload, 0 to 1. */
  readonly popularity: number;
}

/** The idle GPU of a node by what becomes of it; all but `q3` is fragmentation. */
export interface FragmentationParts {
  /** The task lacks both GPU and CPU there. */
  readonly q1: number;
  /** It lacks GPU, or it fits but these GPUs are too full for it. */
  readonly q2: number;
  /** It can use this. */
  readonly q3: number;
  /** It lacks CPU. */
  readonly q4: number;
  /** It wants no GPU, and fits; or does not. */
  readonly xl: number;
  readonly xr: number;
  /** It does not accept the model. */
  readonly na: number;
}

/** The most frequent classes until they cover `percent` of all tasks. */
export function typicalClasses(counted: readonly CountedClass[], percent: number): readonly ExpectedClass[] {
  const sorted = counted.toSorted(
    (a, b) =>
      b.count - a.count ||
      b.cpuMilli - a.cpuMilli ||
      b.gpuMilli - a.gpuMilli ||
      b.gpus - a.gpus ||
      (a.gpuModels < b.gpuModels ? 1 : a.gpuModels > b.gpuModels ? -1 : 0),
  );
  const all = sorted.reduce((sum, { count }) => sum + count, 0);
  const chosen: CountedClass[] = [];
  let covered = 0;
  for (const one of sorted) {
    if (covered * 100 >= all * percent) break;
    chosen.push(one);
    covered += one.count;
  }
  // Two shares divided, as the paper's simulator does: count / covered would have other last bits.
  return chosen.map(({ count, ...task }) => ({ ...task, popularity: count / all / (covered / all) }));
}

/** Nodes of one GPU model. */
interface ModelView {
  /** By class: 1 if its tasks accept the model. */
  readonly accepted: Uint8Array;
}

export class Fragmentation {
  readonly #cpuMilli: Float64Array;
  readonly #popularity: Float64Array;
  readonly #gpus: Int32Array;
  /** Class → index of its `gpuMilli` among the distinct ones; -1 without GPU. */
  readonly #threshold: Int32Array;
  readonly #thresholds: Float64Array;
  readonly #models: readonly string[];
  readonly #views = new Map<string, ModelView>();
  /** By threshold: GPUs with at least so much left, and the sum of what the others have left. */
  readonly #fitting: Int32Array;
  readonly #tooFull: Float64Array;
  q1 = 0;
  q2 = 0;
  q3 = 0;
  q4 = 0;
  xl = 0;
  xr = 0;
  na = 0;

  constructor(classes: readonly ExpectedClass[]) {
    const distinct = [...new Set(classes.filter(({ gpus }) => gpus > 0).map(({ gpuMilli }) => gpuMilli))];
    this.#thresholds = Float64Array.from(distinct);
    this.#threshold = Int32Array.from(classes, ({ gpus, gpuMilli }) =>
      gpus === 0 ? -1 : distinct.indexOf(gpuMilli),
    );
    this.#cpuMilli = Float64Array.from(classes, ({ cpuMilli }) => cpuMilli);
    this.#popularity = Float64Array.from(classes, ({ popularity }) => popularity);
    this.#gpus = Int32Array.from(classes, ({ gpus }) => gpus);
    this.#models = classes.map(({ gpuModels }) => gpuModels);
    this.#fitting = new Int32Array(distinct.length);
    this.#tooFull = new Float64Array(distinct.length);
  }

  /** The fragmentation of a node with so much left; its parts stay readable until the next call. */
  of(left: readonly number[], cpuLeftMilli: number, model: string): number {
    this.q1 = this.q2 = this.q3 = this.q4 = this.xl = this.xr = this.na = 0;
    let idle = 0;
    for (let i = 0; i < left.length; i++) idle += left[i]!;
    if (idle === 0) return 0;
    this.#fillThresholds(left);
    const { accepted } = this.#view(model);
    for (let c = 0; c < accepted.length; c++) this.#addClass(c, idle, cpuLeftMilli, accepted[c] === 1);
    return this.q1 + this.q2 + this.q4 + this.xl + this.xr + this.na;
  }

  parts(): FragmentationParts {
    const { q1, q2, q3, q4, xl, xr, na } = this;
    return { q1, q2, q3, q4, xl, xr, na };
  }

  #addClass(c: number, idle: number, cpuLeftMilli: number, accepted: boolean): void {
    const popularity = this.#popularity[c]!;
    const enoughCpu = cpuLeftMilli >= this.#cpuMilli[c]!;
    const threshold = this.#threshold[c]!;
    if (threshold < 0) {
      if (enoughCpu) this.xl += popularity * idle;
      else this.xr += popularity * idle;
    } else if (!accepted) this.na += popularity * idle;
    else if (this.#fitting[threshold]! < this.#gpus[c]!) {
      if (enoughCpu) this.q2 += popularity * idle;
      else this.q1 += popularity * idle;
    } else if (!enoughCpu) this.q4 += popularity * idle;
    else {
      const tooFull = this.#tooFull[threshold]!;
      this.q2 += popularity * tooFull;
      this.q3 += popularity * (idle - tooFull);
    }
  }

  #fillThresholds(left: readonly number[]): void {
    const thresholds = this.#thresholds;
    for (let t = 0; t < thresholds.length; t++) {
      const milli = thresholds[t]!;
      let fitting = 0;
      let tooFull = 0;
      for (let i = 0; i < left.length; i++) {
        const own = left[i]!;
        if (own >= milli) fitting++;
        else tooFull += own;
      }
      this.#fitting[t] = fitting;
      this.#tooFull[t] = tooFull;
    }
  }

  #view(model: string): ModelView {
    let view = this.#views.get(model);
    if (view === undefined) {
      const accepted = Uint8Array.from(this.#models, (models) => (accepts(models, model) ? 1 : 0));
      this.#views.set(model, (view = { accepted }));
    }
    return view;
  }
}
