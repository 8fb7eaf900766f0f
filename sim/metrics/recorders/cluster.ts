/** nodes.csv and cluster.csv: what is requested and used over time, kept incrementally from observed changes. */
import {
  bytesOf,
  cpuMilli,
  GPU_RESOURCE,
  gpuMilli,
  type Node,
  type ObservationBus,
  type ObservationMap,
  type Pod,
  podResources,
  readAnnotation,
  WHOLE_GPU,
  ZONE_LABEL,
} from '../../api/index.ts';
import { type SimTime, toSeconds } from '../../engine/index.ts';
import type { CsvTable } from '../csv.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';
import { type MeanRatios, ResourceIntegral } from '../resource-integral.ts';

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

class NodeState {
  readonly name: string;
  zone = '';
  up = true;
  ready = false;
  exists = false;
  pods = 0;
  cpuAllocatable = 0;
  memoryAllocatable = 0;
  cpuRequested = 0;
  memoryRequested = 0;
  cpuUsed = 0;
  memoryUsed = 0;
  /** Thousandths. */
  gpuAllocatable = 0;
  gpuRequested = 0;

  constructor(name: string) {
    this.name = name;
  }
}

export class ClusterRecorder implements Recorder {
  readonly #nodesTable: CsvTable;
  readonly #clusterTable: CsvTable;
  readonly #nodes = new Map<string, NodeState>();
  readonly #dirty = new Set<NodeState>();
  /** UIDs of pods whose use is counted on their node. */
  readonly #running = new Map<string, Usage>();
  readonly #phases = new Map<string, number>(PHASES.map((phase) => [phase, 0]));
  readonly #totals = new NodeState('');
  readonly #integral = new ResourceIntegral();
  /** Thousandths of GPUs that pods ask for, whether they have a node or not, until they end. */
  #gpuDemanded = 0;
  #pods = 0;
  #unbound = 0;
  #readyPods = 0;
  #nodeCount = 0;
  #readyNodes = 0;

  constructor(nodesTable: CsvTable, clusterTable: CsvTable, bus: ObservationBus) {
    this.#nodesTable = nodesTable;
    this.#clusterTable = clusterTable;
    bus.on('node-changed', (seen) => this.#nodeChanged(seen));
    bus.on('pod-changed', (seen) => this.#podChanged(seen));
    bus.on('pod-lifecycle', (seen) => this.#podStepped(seen));
    bus.on('machine-changed', ({ node, up }) => {
      this.#touch(node).up = up;
    });
  }

  #touch(name: string): NodeState {
    let state = this.#nodes.get(name);
    if (state === undefined) {
      state = new NodeState(name);
      this.#nodes.set(name, state);
    }
    this.#dirty.add(state);
    return state;
  }

  #nodeChanged({ time, node, deleted }: ObservationMap['node-changed']): void {
    const state = this.#touch(node.metadata.name ?? '');
    const allocatable = node.status?.allocatable;
    const ready = !deleted && isReady(node);
    this.#nodeCount += Number(!deleted) - Number(state.exists);
    this.#readyNodes += Number(ready) - Number(state.ready);
    const cpu = deleted ? 0 : cpuMilli(allocatable?.['cpu'] ?? '0');
    const memory = deleted ? 0 : bytesOf(allocatable?.['memory'] ?? '0');
    const gpus = deleted ? 0 : WHOLE_GPU * Number(allocatable?.[GPU_RESOURCE] ?? 0);
    this.#advance(time);
    this.#totals.gpuAllocatable += gpus - state.gpuAllocatable;
    state.gpuAllocatable = gpus;
    this.#totals.cpuAllocatable += cpu - state.cpuAllocatable;
    this.#totals.memoryAllocatable += memory - state.memoryAllocatable;
    state.cpuAllocatable = cpu;
    state.memoryAllocatable = memory;
    state.exists = !deleted;
    state.ready = ready;
    state.zone = node.metadata.labels?.[ZONE_LABEL] ?? '';
  }

  #podChanged({ time, pod, previous, deleted }: ObservationMap['pod-changed']): void {
    this.#count(previous, -1);
    if (!deleted) this.#count(pod, 1);
    const demanded = previous !== undefined && !isTerminal(previous);
    const demands = !deleted && !isTerminal(pod);
    if (demanded !== demands) this.#gpuDemanded += (demands ? 1 : -1) * gpuMilli(pod);
    const held = previous !== undefined && holdsNode(previous);
    const holds = !deleted && holdsNode(pod);
    if (held !== holds) this.#reserve(time, pod, holds ? 1 : -1);
    if (deleted || isTerminal(pod)) this.#use(time, pod, false);
  }

  #count(pod: Pod | undefined, sign: 1 | -1): void {
    if (pod === undefined) return;
    const phase = pod.status?.phase ?? 'Pending';
    this.#pods += sign;
    this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + sign);
    if (!pod.spec.nodeName && phase === 'Pending') this.#unbound += sign;
    if (pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
      this.#readyPods += sign;
  }

  #reserve(time: SimTime, pod: Pod, sign: 1 | -1): void {
    const requests = podResources(pod.spec);
    const gpus = gpuMilli(pod);
    this.#advance(time);
    for (const state of [this.#touch(pod.spec.nodeName ?? ''), this.#totals]) {
      state.pods += sign;
      state.cpuRequested += sign * requests.cpuMilli;
      state.memoryRequested += sign * requests.memoryBytes;
      state.gpuRequested += sign * gpus;
    }
  }

  #podStepped({ time, pod, step }: ObservationMap['pod-lifecycle']): void {
    if (step === 'started' || step === 'resumed') this.#use(time, pod, true);
    else if (step === 'halted' || step === 'finished' || step === 'removed') this.#use(time, pod, false);
  }

  #use(time: SimTime, pod: Pod, running: boolean): void {
    const uid = pod.metadata.uid ?? '';
    const counted = this.#running.get(uid);
    if ((counted !== undefined) === running) return;
    // What was added is what is taken away, whatever became of the annotations meanwhile.
    const usage = counted ?? podUsage(pod);
    if (running) this.#running.set(uid, usage);
    else this.#running.delete(uid);
    const sign = running ? 1 : -1;
    this.#advance(time);
    for (const state of [this.#touch(pod.spec.nodeName ?? ''), this.#totals]) {
      state.cpuUsed += sign * usage.cpuMilli;
      state.memoryUsed += sign * usage.memoryBytes;
    }
  }

  #advance(time: SimTime): void {
    this.#integral.advance(time, this.#totals);
  }

  sample(now: SimTime): void {
    const changed = [...this.#dirty].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const state of changed) this.#writeNode(now, state);
    this.#dirty.clear();
    this.#writeCluster(now);
  }

  #writeNode(now: SimTime, state: NodeState): void {
    this.#nodesTable.add([
      toSeconds(now),
      state.name,
      state.zone,
      Number(state.up),
      Number(state.ready),
      state.pods,
      state.cpuAllocatable,
      state.cpuRequested,
      state.cpuUsed,
      state.memoryAllocatable,
      state.memoryRequested,
      state.memoryUsed,
      ...gpusOf(state),
    ]);
  }

  #writeCluster(now: SimTime): void {
    const all = this.#totals;
    const phase = (name: string) => this.#phases.get(name) ?? 0;
    this.#clusterTable.add([
      toSeconds(now),
      this.#nodeCount,
      this.#readyNodes,
      this.#pods,
      this.#unbound,
      phase('Pending') - this.#unbound,
      phase('Running'),
      this.#readyPods,
      phase('Succeeded'),
      phase('Failed'),
      ratio(all.cpuRequested, all.cpuAllocatable),
      ratio(all.cpuUsed, all.cpuAllocatable),
      ratio(all.memoryRequested, all.memoryAllocatable),
      ratio(all.memoryUsed, all.memoryAllocatable),
      ratio(this.#gpuDemanded, all.gpuAllocatable),
      ratio(all.gpuRequested, all.gpuAllocatable),
    ]);
  }

  finish(): void {
    this.#nodesTable.flush();
    this.#clusterTable.flush();
  }

  summary(now: SimTime): readonly SummaryRow[] {
    this.#advance(now);
    const mean = this.#integral.means();
    return [
      row('nodes', this.#nodeCount, 'count', 'Node objects at the end'),
      row('nodes_ready', this.#readyNodes, 'count', 'nodes Ready at the end'),
      row('pods_running', this.#phases.get('Running'), 'count', 'pods Running at the end'),
      row('pods_ready', this.#readyPods, 'count', 'pods Ready at the end'),
      row('pods_pending', this.#unbound, 'count', 'pods without a node at the end'),
      row(
        'cpu_requested_ratio_mean',
        mean?.cpuRequested,
        'ratio',
        'CPU requested over allocatable, mean over time',
      ),
      row('cpu_used_ratio_mean', mean?.cpuUsed, 'ratio', 'CPU used over allocatable, mean over time'),
      row(
        'memory_requested_ratio_mean',
        mean?.memoryRequested,
        'ratio',
        'memory requested over allocatable, mean over time',
      ),
      row(
        'memory_used_ratio_mean',
        mean?.memoryUsed,
        'ratio',
        'memory used over allocatable, mean over time',
      ),
      ...this.#gpuSummary(mean),
    ];
  }

  /** Nothing for a cluster without GPUs. */
  #gpuSummary(mean: MeanRatios | undefined): SummaryRow[] {
    const { gpuAllocatable, gpuRequested } = this.#totals;
    if (gpuAllocatable === 0) return [];
    return [
      row(
        'gpu_requested_ratio_mean',
        mean?.gpuRequested,
        'ratio',
        'GPUs requested over allocatable, mean over time',
      ),
      row(
        'gpu_requested_ratio_end',
        gpuRequested / gpuAllocatable,
        'ratio',
        'the same at the end of the run',
      ),
    ];
  }
}

interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What a running pod uses: its annotations, else what it requests. */
function podUsage(pod: Pod): Usage {
  const requests = podResources(pod.spec);
  if (pod.metadata.annotations === undefined) return requests;
  return {
    cpuMilli: readAnnotation(pod, 'usageCpu') ?? requests.cpuMilli,
    memoryBytes: readAnnotation(pod, 'usageMemory') ?? requests.memoryBytes,
  };
}

/** Empty for a node that has none and is asked for none. */
const gpusOf = ({ gpuAllocatable, gpuRequested }: NodeState): readonly (number | '')[] =>
  gpuAllocatable === 0 && gpuRequested === 0 ? ['', ''] : [gpuAllocatable, gpuRequested];

const ratio = (part: number, whole: number): number | '' => (whole === 0 ? '' : part / whole);
const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
const holdsNode = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isTerminal(pod);
const isReady = (node: Node): boolean =>
  node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ??
  false;
