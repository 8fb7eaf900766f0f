/**
 * Random cannot be matched pod by pod (the recording drew from a stream of its own): the mean allocation of ten shuffles of our
 * own must agree with the published mean of ten, within three standard errors of the difference of two such means.
 */
import { RandomStreams } from '../../../../sim/engine/index.ts';
import type { CaseResult } from '../../suite.ts';
import { curveKey, type RecordedSet } from './experiments.ts';
import { inflated } from './openb.ts';
import { replay } from './replay.ts';
import { Tally } from './tally.ts';

const RUNS = 10;
const PUBLISHED_SEEDS = Array.from({ length: 10 }, (_, i) => String(42 + i));

export function* randomCases(
  sets: readonly RecordedSet[],
  curves: ReadonlyMap<string, readonly number[]>,
): Iterable<CaseResult> {
  const byWorkload = new Map(sets.map((set) => [set.workload, set]));
  for (const [workload, set] of byWorkload) {
    const published = PUBLISHED_SEEDS.flatMap(
      (seed) => curves.get(curveKey('alloc_pct', workload, 'Random', seed))?.at(-1) ?? [],
    );
    if (published.length < 2) continue;
    const own = Array.from({ length: RUNS }, (_, i) => allocation(set, i));
    yield compare(`random/${workload}`, published, own);
  }
}

/** Percent of the GPUs allocated after the last pod. */
function allocation({ nodes, original, workload }: RecordedSet, i: number): number {
  const capacity = nodes.reduce((sum, { gpus }) => sum + gpus * 1000, 0);
  const seed = `fgd-${i}`;
  const pods = inflated(original, capacity, new RandomStreams(seed).stream('arrivals', workload));
  const tally = new Tally(nodes, []);
  let at = 0;
  for (const placement of replay({ nodes, pods, profile: 'gpu-random', seed }))
    tally.add(pods[at++]!, placement);
  return (100 * tally.usedMilli) / capacity;
}

function compare(id: string, published: readonly number[], own: readonly number[]): CaseResult {
  const expected = mean(published);
  const got = mean(own);
  const error = Math.sqrt(variance(published) * (1 / published.length + 1 / own.length));
  const category = 'mean of Random';
  if (Math.abs(got - expected) <= 3 * error) return { id, category, passed: true };
  const difference = `expected ${expected.toFixed(2)} ± ${(3 * error).toFixed(2)}, got ${got.toFixed(2)}`;
  return { id, category, passed: false, difference };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) * (value - center), 0) / (values.length - 1);
}
