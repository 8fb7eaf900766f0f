/** Queues of pods scheduled one after the other by the simulator's own search, cache and queue order. */
import type { Pod } from '../../../sim/api/index.ts';
import { instant } from '../../../sim/engine/index.ts';
import { type ScheduleResult, SchedulingAlgorithm } from '../../../sim/scheduler/index.ts';
import { type GoldenObjects, type GoldenProfile, loadCluster } from './golden-cluster.ts';

interface Binding {
  readonly pod: string;
  readonly node: string | null;
  readonly feasible: number;
  readonly score?: number;
  readonly ties?: number;
  readonly message?: string;
}

interface Sequence {
  readonly profile: GoldenProfile;
  readonly cluster: GoldenObjects;
  readonly queue: readonly Pod[];
  readonly expected: { readonly bindings: readonly Binding[]; readonly bound: number };
}

export function sequenceDifference(line: unknown): string | undefined {
  const { profile, cluster, queue, expected } = line as Sequence;
  const { cache, framework } = loadCluster(cluster, profile);
  const waiting = queue
    .map((pod, i) => ({ pod, timestamp: instant(i * 1e6) }))
    .sort((a, b) => (framework.less(a, b) ? -1 : framework.less(b, a) ? 1 : 0));
  let bound = 0;
  for (const [i, { pod }] of waiting.entries()) {
    // A fresh position: the recording takes all nodes, from the first.
    const algorithm = algorithmOf(framework);
    const state = framework.newState(pod);
    const result = algorithm.schedule(state, 1);
    const got = bindingView(pod, result);
    const wanted = expected.bindings[i];
    if (JSON.stringify(order(wanted)) !== JSON.stringify(order(got)))
      return `bindings[${i}]: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;
    if (result.kind !== 'scheduled') continue;
    cache.assume({ ...pod, spec: { ...pod.spec, nodeName: result.node } }, state.shape, result.node);
    bound++;
  }
  return bound === expected.bound ? undefined : `bound: expected ${expected.bound}, got ${bound}`;
}

type LoadedFramework = ReturnType<typeof loadCluster>['framework'];
const algorithms = new WeakMap<
  LoadedFramework,
  { algorithm: SchedulingAlgorithm; position: { next: number } }
>();

/** One search for the whole sequence, as in a run: what it remembers between pods must not change its verdicts. */
function algorithmOf(framework: LoadedFramework): SchedulingAlgorithm {
  let known = algorithms.get(framework);
  if (known === undefined) {
    const position = { next: 0 };
    const options = { percentageOfNodesToScore: 100, tieBreak: 'lowest-name', position } as const;
    known = { algorithm: new SchedulingAlgorithm(framework, options), position };
    algorithms.set(framework, known);
  }
  known.position.next = 0;
  return known.algorithm;
}

function bindingView(pod: Pod, result: ScheduleResult): Binding {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (result.kind === 'error') return { pod: name, node: null, feasible: 0, message: result.status.message };
  if (result.kind === 'unschedulable')
    return { pod: name, node: null, feasible: 0, message: result.diagnosis.message() };
  const { node, feasibleNodes, score, ties } = result;
  return score === undefined
    ? { pod: name, node, feasible: feasibleNodes }
    : { pod: name, node, feasible: feasibleNodes, score, ties };
}

const order = (binding: Binding | undefined): unknown =>
  binding === undefined ? null : Object.entries(binding).sort(([a], [b]) => (a < b ? -1 : 1));
