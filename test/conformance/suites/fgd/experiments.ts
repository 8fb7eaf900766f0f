/** Recorded experiments (placements/): every placement, the summary of the end, and the published curves on the way there. */

import { typicalClasses } from '../../../../policies/gpu-sharing/fragmentation.ts';
import { firstDifference } from '../../difference.ts';
import type { CaseResult, GoldenFile } from '../../suite.ts';
import {
  countClasses,
  csvRows,
  type OpenbNode,
  type OpenbPod,
  type OpenbTraces,
  originalPods,
  readPods,
} from './openb.ts';
import { type Placement, replay } from './replay.ts';
import { CURVES, type CurveName, Tally } from './tally.ts';

/** Policy as recorded → name of the profile. */
export const PROFILES: ReadonlyMap<string, string> = new Map([
  ['FGD', 'fgd'],
  ['BestFit', 'gpu-best-fit'],
  ['DotProd', 'gpu-dot-prod'],
  ['GpuPacking', 'gpu-packing'],
  ['GpuClustering', 'gpu-clustering'],
]);

/** Of the published curves, which have two decimals. */
const CURVE_TOLERANCE = 0.01;
const FRAGMENTED_TOLERANCE = 0.005;

/** A workload in one order of arrival. */
export interface RecordedSet {
  /** `<workload>_s<seed>`. */
  readonly name: string;
  readonly workload: string;
  readonly seed: string;
  readonly nodes: readonly OpenbNode[];
  readonly pods: readonly OpenbPod[];
  /** The list that the workload was made from. */
  readonly original: readonly OpenbPod[];
}

/** The set of a `_pods.csv` file, or why it cannot be run. */
export function readSet(
  podsFile: GoldenFile,
  files: ReadonlyMap<string, GoldenFile>,
  traces: OpenbTraces,
): RecordedSet | string {
  const [, folder = '', name = '', workload = '', seed = ''] =
    /^(.*?)(([^/]+)_s([^/]+))_pods\.csv$/.exec(podsFile.path) ?? [];
  const ranks = files.get(`${folder}${name}_nodes.csv`);
  if (ranks === undefined) return `there is no ${name}_nodes.csv`;
  const known = traces.nodes();
  if (known === undefined) return 'no traces/openb beside the golden directory: the nodes are not known';
  const pods = readPods(podsFile.text());
  const original = traces.pods(workload) ?? originalPods(pods);
  if (original === undefined)
    return `no traces/openb/openb_pod_list_${workload}.csv beside the golden directory`;
  const ordered = csvRows(ranks.text()).toSorted((a, b) => Number(a['rank']) - Number(b['rank']));
  const nodes = ordered.map(({ node = '' }) => known.get(node));
  const missing = nodes.indexOf(undefined);
  if (missing >= 0) return `node ${ordered[missing]?.['node']} is not in the published list`;
  return { name, workload, seed, nodes: nodes as OpenbNode[], pods, original };
}

interface Outcome {
  readonly placements: readonly Placement[];
  readonly tally: Tally;
}

function run({ nodes, pods, original, name }: RecordedSet, policy: string): Outcome {
  const tasks = countClasses(original);
  const tally = new Tally(nodes, typicalClasses(tasks, 95));
  const placements: Placement[] = [];
  const profile = PROFILES.get(policy)!;
  for (const placement of replay({ nodes, pods, profile, pluginConfig: { FGD: { tasks } }, seed: name })) {
    tally.add(pods[placements.length]!, placement);
    placements.push(placement);
  }
  return { placements, tally };
}

/** All cases of one set and policy. */
export function* experimentCases(
  set: RecordedSet,
  policy: string,
  recorded: GoldenFile,
  summary: GoldenFile | undefined,
  curves: ReadonlyMap<string, readonly number[]>,
): Iterable<CaseResult> {
  const id = `${set.name}/${policy}`;
  let outcome: Outcome;
  try {
    outcome = run(set, policy);
  } catch (error) {
    const difference = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    yield { id: `placements/${id}`, category: `placements ${policy}`, passed: false, difference };
    return;
  }
  const placed = placementDifference(outcome.placements, recorded.text());
  yield verdict(`placements/${id}`, `placements ${policy}`, placed);
  const row = csvRows(summary?.text() ?? '').find(
    (line) => line['trace'] === set.workload && line['seed'] === set.seed && line['policy'] === policy,
  );
  if (row !== undefined) yield verdict(`summary/${id}`, 'summary', summaryDifference(outcome.tally, row));
  for (const curve of CURVES) {
    const expected = curves.get(curveKey(curve, set.workload, policy, set.seed));
    if (expected === undefined) continue;
    yield verdict(`${curve}/${id}`, `curve ${curve}`, curveDifference(outcome.tally.curve(curve), expected));
  }
}

const verdict = (id: string, category: string, difference: string | undefined): CaseResult =>
  difference === undefined ? { id, category, passed: true } : { id, category, passed: false, difference };

/** All pods have to be where they were recorded, on the same GPUs. */
function placementDifference(placements: readonly Placement[], text: string): string | undefined {
  const recorded = csvRows(text);
  if (recorded.length !== placements.length)
    return `expected ${recorded.length} pods, got ${placements.length}`;
  let first: string | undefined;
  let others = 0;
  for (const [at, { i = '', node = '', gpu_index = '' }] of recorded.entries()) {
    const placement = placements[at];
    const got = `${placement?.node ?? ''} ${placement?.gpus.join('-') ?? ''}`;
    if (Number(i) === at && got === `${node} ${gpu_index}`) continue;
    if (first === undefined) first = `pod ${i}: expected '${node} ${gpu_index}', got '${got}'`;
    else others++;
  }
  return first === undefined || others === 0
    ? first
    : `${first}; ${others} more of ${recorded.length} differ`;
}

function summaryDifference(tally: Tally, row: Readonly<Record<string, string>>): string | undefined {
  const { scheduled, failed, arrivedMilli, usedMilli, capacityMilli, usedCpuMilli, fragmentedMilli } = tally;
  const number = (name: string): number => Number(row[name]);
  const difference = firstDifference(
    {
      scheduled: number('scheduled'),
      failed: number('failed'),
      arrived: number('arrived_gpu_milli'),
      used: number('used_gpu_milli'),
      capacity: number('total_gpu_milli'),
      cpu: number('used_cpu_milli'),
    },
    { scheduled, failed, arrived: arrivedMilli, used: usedMilli, capacity: capacityMilli, cpu: usedCpuMilli },
  );
  if (difference !== undefined) return difference;
  const fragmented = number('frag_gpu_milli');
  return Math.abs(fragmented - fragmentedMilli) <= FRAGMENTED_TOLERANCE + 1e-9
    ? undefined
    : `frag_gpu_milli: expected ${fragmented}, got ${fragmentedMilli}`;
}

export const curveKey = (curve: CurveName | string, workload: string, policy: string, seed: string): string =>
  `${curve} ${workload} ${policy} ${seed}`;

/** The published curves (fgd_expected.csv) by `curveKey`. */
export function readCurves(text: string): ReadonlyMap<string, readonly number[]> {
  const curves = new Map<string, readonly number[]>();
  for (const line of text.split('\n').slice(1)) {
    const [metric = '', workload = '', policy = '', , seed = '', ...values] = line.trim().split(',');
    const name = workload.replace('openb_pod_list_', '');
    if (metric !== '') curves.set(curveKey(metric, name, policy, seed), values.map(Number));
  }
  return curves;
}

function curveDifference(got: readonly number[], expected: readonly number[]): string | undefined {
  let worst = -1;
  let most = CURVE_TOLERANCE + 1e-9;
  for (const [column, value] of expected.entries()) {
    const off = Math.abs((got[column] ?? Number.NaN) - value);
    if (off <= most) continue;
    most = off;
    worst = column;
  }
  return worst < 0
    ? undefined
    : `at ${worst} % arrived: expected ${expected[worst]}, got ${got[worst]?.toFixed(4)}`;
}
