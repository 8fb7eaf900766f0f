/** What a bench reports, and how it measures: CPU time (other work on the machine does not count), medians of several runs. */
import { Bench } from 'tinybench';

export interface BenchRow {
  /** What is done, e.g. `hold exp 10000`. */
  readonly name: string;
  /** Who does it; rows with the same name are alternatives. */
  readonly variant: string;
  /** CPU time per operation. */
  readonly medianNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly runs: number;
  /** Further figures, e.g. ratios to other variants. */
  readonly extra?: Readonly<Record<string, number>>;
}

export interface BenchOptions {
  /** Repetitions per variant; the median counts. */
  readonly runs?: number;
  /** Smaller sizes, for a look in passing. */
  readonly quick?: boolean;
  /** Folder of recorded workloads, for the benches that replay some. */
  readonly workloads?: string;
}

/** The figures of a whole run in a process of its own. */
export interface RunRow {
  readonly workload: string;
  readonly [figure: string]: string | number;
}

/** Rows, or figures of a shape of their own. */
export type BenchResult = readonly BenchRow[] | readonly RunRow[] | object;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

export interface Variant {
  readonly name: string;
  /** Prepares, warms up, and returns the body: `operations` operations per call. */
  readonly prepare: () => () => void;
}

/** CPU time of this process, ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Runs all variants of one thing, one after the other in this process. */
export function measure(
  name: string,
  operations: number,
  variants: readonly Variant[],
  runs: number,
): BenchRow[] {
  return variants.map((variant) => {
    const body = variant.prepare();
    const bench = new Bench({ now: cpuMs, iterations: runs, time: 0, warmup: false, retainSamples: true });
    bench.add(variant.name, body, { async: false }).runSync();
    const result = bench.tasks[0]!.result;
    if (!('latency' in result)) throw new Error(`${name} ${variant.name}: no result`);
    const ns = (result.latency.samples ?? []).map((ms) => (ms * 1e6) / operations).sort((a, b) => a - b);
    return {
      name,
      variant: variant.name,
      medianNs: ns[ns.length >> 1]!,
      minNs: ns[0]!,
      maxNs: ns.at(-1)!,
      runs: ns.length,
    };
  });
}

/** Adds to each row how many times faster the row of `variant` with the same name is. */
export function withRatio(rows: readonly BenchRow[], variant: string): BenchRow[] {
  return rows.map((row) => {
    const reference = rows.find((other) => other.name === row.name && other.variant === variant);
    if (reference === undefined || reference === row) return row;
    return { ...row, extra: { ...row.extra, [`${variant}IsFaster`]: row.medianNs / reference.medianNs } };
  });
}
