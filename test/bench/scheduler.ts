/**
 * Scheduling cycle: queue pop → PreFilter … choice of a node → assume → done, on the workloads that the real kube-scheduler was
 * measured with (golden/scheduler/README.md, performance). No API server and no binding, as there. Pods are separate objects.
 */
import { defaultPlugins, schedulerPlugins } from '../../policies/index.ts';
import type { Node, Pod } from '../../sim/api/index.ts';
import { instant, RandomStreams, START } from '../../sim/engine/index.ts';
import {
  defaultQueueOptions,
  Framework,
  mergePlugins,
  NO_OBJECTS,
  Nominator,
  SchedulerCache,
  SchedulingAlgorithm,
  SchedulingQueue,
} from '../../sim/scheduler/index.ts';
import { type BenchOptions, type BenchRow, median } from './row.ts';

type Kind = 'simple' | 'constrained';

interface Workload {
  readonly kind: Kind;
  readonly nodes: number;
  readonly pods: number;
  /** percentageOfNodesToScore; 0 is adaptive. */
  readonly percentage: number;
  /** Pods per CPU second of kube-scheduler v1.36.3 on a quiet machine; 0 if not measured so. */
  readonly real: number;
  /** Pods per CPU second to be reached; 0 if none is set. */
  readonly goal: number;
}

const WORKLOADS: readonly Workload[] = [
  { kind: 'simple', nodes: 1000, pods: 3000, percentage: 0, real: 1270, goal: 0 },
  { kind: 'simple', nodes: 5000, pods: 3000, percentage: 0, real: 1040, goal: 52_000 },
  { kind: 'constrained', nodes: 1000, pods: 3000, percentage: 0, real: 392, goal: 0 },
  { kind: 'constrained', nodes: 5000, pods: 3000, percentage: 0, real: 218, goal: 4_400 },
  { kind: 'simple', nodes: 5000, pods: 500, percentage: 100, real: 0, goal: 10_000 },
  { kind: 'constrained', nodes: 5000, pods: 200, percentage: 100, real: 0, goal: 0 },
  // Many more pods than upstream was measured with: the cost of a pod must not grow with those that run.
  { kind: 'simple', nodes: 5000, pods: 100_000, percentage: 0, real: 0, goal: 0 },
  { kind: 'constrained', nodes: 5000, pods: 30_000, percentage: 0, real: 0, goal: 0 },
];

/** Pods scheduled before a workload counts: figures are of compiled code, as in all but the shortest runs. */
const WARM_UP_PODS = 15_000;

export const note = `The real scheduler's figures were taken on another, quiet machine. Before each workload, passes of it that are not counted have its code compiled.`;

const CPUS = ['100m', '250m', '500m', '1'];
const MEMORIES = ['128Mi', '256Mi', '512Mi', '1Gi'];
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const TIME = '2026-01-01T00:00:00Z';

const pad = (i: number): string => String(i).padStart(5, '0');

export function benchNode(i: number): Node {
  const name = `node-${pad(i)}`;
  const labels = { [HOSTNAME]: name, [ZONE]: `zone-${i % 3}` };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, uid: name, resourceVersion: '1', creationTimestamp: TIME },
    spec: {},
    status: { allocatable: { cpu: '32', memory: '128Gi', pods: '110', 'ephemeral-storage': '100Gi' } },
  };
}

export function benchPod(i: number, kind: Kind): Pod {
  const app = `app-${i % 50}`;
  const requests = { cpu: CPUS[i % 4]!, memory: MEMORIES[i % 4]! };
  const name = `pod-${pad(i)}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app },
      uid: name,
      resourceVersion: '1',
      creationTimestamp: TIME,
    },
    spec: {
      priority: 0,
      containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests } }],
      ...(kind === 'simple' ? {} : constraints(app, i % 5 === 0)),
    },
  };
}

function constraints(app: string, required: boolean): Partial<Pod['spec']> {
  const labelSelector = { matchLabels: { app } };
  const term = { labelSelector, topologyKey: HOSTNAME };
  return {
    topologySpreadConstraints: [
      { topologyKey: ZONE, maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
      { topologyKey: HOSTNAME, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    ],
    affinity: {
      podAntiAffinity: required
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    },
  };
}

function prepare({ kind, nodes, pods, percentage }: Workload): () => void {
  const cache = new SchedulerCache();
  for (let i = 0; i < nodes; i++) cache.setNode(benchNode(i));
  const nominator = new Nominator(cache.snapshot);
  const random = new RandomStreams('bench');
  let now = START;
  const framework = new Framework(
    {
      schedulerName: 'default-scheduler',
      plugins: mergePlugins(defaultPlugins, {}),
      pluginConfig: new Map(),
    },
    schedulerPlugins,
    {
      snapshot: cache.snapshot,
      listers: NO_OBJECTS,
      nominator,
      now: () => now,
      draw: (purpose, object, n) => random.draw(purpose, object, n),
      isPreempting: () => false,
      waitingPods: () => [],
      activate: () => undefined,
      replay: () => '',
    },
  );
  const queue = new SchedulingQueue(
    new Map([['default-scheduler', framework]]),
    nominator,
    defaultQueueOptions,
    { now: () => now, onReady: () => undefined },
  );
  for (let i = 0; i < pods; i++) {
    now = instant(i);
    queue.add(benchPod(i, kind));
  }
  const options = {
    percentageOfNodesToScore: percentage,
    tieBreak: 'random',
    position: { next: 0 },
  } as const;
  const algorithm = new SchedulingAlgorithm(framework, options);
  return () => {
    for (let queued = queue.pop(); queued !== undefined; queued = queue.pop()) {
      const { pod } = queued;
      const state = framework.newState(pod);
      const result = algorithm.schedule(state, queued.attempts);
      if (result.kind !== 'scheduled') throw new Error(`${queued.key}: ${result.kind}`);
      cache.assume(pod, state.shape, result.node);
      queue.done(pod.metadata.uid);
    }
  };
}

/** CPU nanoseconds per pod. */
export function measure(workload: Workload): number {
  const schedule = prepare(workload);
  const before = process.cpuUsage();
  schedule();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / workload.pods;
}

/** `ns`: CPU time per pod, of each run. */
function rowOf(workload: Workload, ns: readonly number[]): BenchRow {
  const perSecond = 1e9 / median(ns);
  const { kind, nodes, pods, percentage, real, goal } = workload;
  return {
    name: `${kind}, ${nodes} nodes, ${pods} pods`,
    variant: percentage === 0 ? 'adaptive' : `${percentage} %`,
    medianNs: median(ns),
    minNs: Math.min(...ns),
    maxNs: Math.max(...ns),
    runs: ns.length,
    extra: {
      podsPerCpuSecond: Math.round(perSecond),
      ...(goal === 0 ? {} : { goal }),
      ...(real === 0 ? {} : { real, timesReal: perSecond / real }),
    },
  };
}

export function run({ runs = 5, quick = false }: BenchOptions = {}): readonly BenchRow[] {
  return WORKLOADS.filter((workload) => !quick || workload.pods <= 3000).map((workload) => {
    const compiled = { ...workload, pods: Math.min(workload.pods, 3000) };
    for (let pods = 0; pods < WARM_UP_PODS; pods += compiled.pods) measure(compiled);
    return rowOf(
      workload,
      Array.from({ length: runs }, () => measure(workload)),
    );
  });
}
