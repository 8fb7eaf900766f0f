/** Unit states (fgd_units*.json): score, chosen GPU and fragmentation of one pod on one node, by the rules themselves. */
import { bestFitScore } from '../../../../policies/gpu-sharing/best-fit.ts';
import { type GpuDemand, tagOf } from '../../../../policies/gpu-sharing/demand.ts';
import { dotProdScore } from '../../../../policies/gpu-sharing/dot-prod.ts';
import { FgdRule } from '../../../../policies/gpu-sharing/fgd.ts';
import { Fragmentation, typicalClasses } from '../../../../policies/gpu-sharing/fragmentation.ts';
import { gpuClusteringScore } from '../../../../policies/gpu-sharing/gpu-clustering.ts';
import { bestFit, type GpuNode, pickGpus } from '../../../../policies/gpu-sharing/gpu-node.ts';
import { gpuPackingScore } from '../../../../policies/gpu-sharing/gpu-packing.ts';
import { readLargestNode } from '../../../../policies/gpu-sharing/largest-node.ts';
import { firstDifference } from '../../difference.ts';
import type { CaseResult, GoldenFile } from '../../suite.ts';
import { countClasses, type OpenbPod } from './openb.ts';

interface Demand {
  readonly cpu_milli: number;
  readonly gpu_milli: number;
  readonly num_gpu: number;
  readonly gpu_spec: string;
}

interface Decision {
  readonly score: number;
  readonly gpus: readonly number[];
}

interface UnitCase {
  readonly node: {
    readonly cpu_milli_left: number;
    readonly gpu_milli_left: readonly number[];
    readonly model: string;
    readonly affinity: Readonly<Record<string, number>>;
  };
  readonly pod: Demand;
  readonly frag_milli: number;
  readonly frag_parts: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, Decision>>;
}

interface UnitFile {
  readonly trace: string;
  readonly task_classes: readonly (Demand & { readonly popularity: number })[];
  readonly cases: readonly UnitCase[];
}

/** Figures of the file have six decimals. */
const TOLERANCE = 1e-6;
const LARGEST = readLargestNode(undefined);

type Decide = (node: GpuNode, demand: GpuDemand, measure: Fragmentation) => Decision;

const scoredBy =
  (score: (node: GpuNode, demand: GpuDemand) => number): Decide =>
  (node, demand) => ({ score: score(node, demand), gpus: pickGpus(node, demand, bestFit) ?? [] });

function decideFgd(node: GpuNode, demand: GpuDemand, measure: Fragmentation): Decision {
  const rule = new FgdRule();
  const before = measure.of(node.left, node.cpuLeftMilli, node.model);
  const score = rule.score(measure, before, node, demand);
  return { score, gpus: pickGpus(node, demand, () => rule.gpu) ?? [] };
}

const POLICIES: ReadonlyMap<string, Decide> = new Map([
  ['FGD', decideFgd],
  ['DotProd', scoredBy((node, demand) => dotProdScore(node, demand, LARGEST))],
  ['BestFit', scoredBy((node, demand) => bestFitScore(node, demand, LARGEST))],
  ['GpuClustering', scoredBy((node, demand) => gpuClusteringScore(node, demand, LARGEST))],
  ['GpuPacking', scoredBy(gpuPackingScore)],
]);

/** `podsOf` gives the published list of a workload, if it is there. */
export function* unitCases(
  file: GoldenFile,
  podsOf: (workload: string) => readonly OpenbPod[] | undefined,
): Iterable<CaseResult> {
  const name = file.path.replace(/\.json$/, '');
  const { trace, task_classes, cases } = file.read() as UnitFile;
  yield classesCase(`${name}/classes`, task_classes, podsOf(trace));
  const measure = new Fragmentation(task_classes.map(classOf));
  for (const [i, unit] of cases.entries()) {
    yield result(`${name}/${i}/fragmentation`, 'fragmentation', fragmentationDifference(unit, measure));
    for (const [policy, expected] of Object.entries(unit.expected)) {
      const decide = POLICIES.get(policy);
      const got = decide?.(nodeOf(unit), demandOf(unit.pod), measure);
      yield result(`${name}/${i}/${policy}`, `unit ${policy}`, firstDifference(expected, got));
    }
  }
}

const result = (id: string, category: string, difference: string | undefined): CaseResult =>
  difference === undefined ? { id, category, passed: true } : { id, category, passed: false, difference };

const classOf = ({
  cpu_milli,
  gpu_milli,
  num_gpu,
  gpu_spec,
  popularity,
}: UnitFile['task_classes'][number]) => ({
  cpuMilli: cpu_milli,
  gpuMilli: gpu_milli,
  gpus: num_gpu,
  gpuModels: gpu_spec,
  popularity,
});

function classesCase(
  id: string,
  recorded: UnitFile['task_classes'],
  pods: readonly OpenbPod[] | undefined,
): CaseResult {
  const category = 'task classes';
  if (pods === undefined)
    return { id, category, passed: false, notApplicable: 'the published pod list is not there' };
  return result(id, category, firstDifference(recorded.map(classOf), typicalClasses(countClasses(pods), 95)));
}

const nodeOf = ({ node }: UnitCase): GpuNode => ({
  version: 1,
  cpuLeftMilli: node.cpu_milli_left,
  left: [...node.gpu_milli_left],
  model: node.model,
  podsByTag: new Map(Object.entries(node.affinity)),
});

const demandOf = ({ cpu_milli, gpu_milli, num_gpu, gpu_spec }: Demand): GpuDemand => ({
  id: 1,
  cpuMilli: cpu_milli,
  gpus: num_gpu,
  milli: gpu_milli,
  models: gpu_spec,
  tag: tagOf(num_gpu, gpu_milli),
});

function fragmentationDifference(unit: UnitCase, measure: Fragmentation): string | undefined {
  const { left, cpuLeftMilli, model } = nodeOf(unit);
  const got = { all: measure.of(left, cpuLeftMilli, model), ...measure.parts() };
  const expected: Record<string, number> = { all: unit.frag_milli, ...unit.frag_parts };
  for (const [part, value] of Object.entries(got)) {
    const wanted = expected[part];
    if (wanted === undefined || Math.abs(value - wanted) > TOLERANCE)
      return `${part}: expected ${wanted}, got ${value}`;
  }
  return undefined;
}
