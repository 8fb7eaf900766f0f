/**
 * Pods of an FGD experiment, one after the other, through the simulator's own search, cache and policies: a pod that does not
 * fit is dropped, nothing ever ends (golden/fgd/fgd.md, section 3). Nodes are named by rank first, so that the lowest name wins a
 * tie.
 */
import { defaultPlugins, profiles, schedulerPlugins } from '../../../../policies/index.ts';
import { annotations, type Node, type Pod } from '../../../../sim/api/index.ts';
import { RandomStreams, START } from '../../../../sim/engine/index.ts';
import {
  type CycleState,
  Framework,
  NO_OBJECTS,
  Nominator,
  profileNamed,
  SchedulerCache,
  SchedulingAlgorithm,
  Status,
} from '../../../../sim/scheduler/index.ts';
import type { OpenbNode, OpenbPod } from './openb.ts';

const TIME = '2026-01-01T00:00:00Z';
/** Pods a node takes at most. */
const PODS_PER_NODE = '1001';

/** What became of one pod; undefined: dropped. */
export type Placement = { readonly node: string; readonly gpus: readonly number[] } | undefined;

export interface Experiment {
  /** In the order of their ranks. */
  readonly nodes: readonly OpenbNode[];
  readonly pods: readonly OpenbPod[];
  /** Name of the profile, and arguments by plugin. */
  readonly profile: string;
  readonly pluginConfig?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  readonly seed: string;
}

/** Places every pod, in order. */
export function* replay({ nodes, pods, profile, pluginConfig, seed }: Experiment): Iterable<Placement> {
  const cache = new SchedulerCache();
  for (const [rank, node] of nodes.entries()) cache.setNode(nodeObject(node, rank));
  const named = profiles.get(profile);
  if (named === undefined) throw new Error(`no profile ${profile}`);
  const random = new RandomStreams(seed);
  const framework = new Framework(profileNamed(named, defaultPlugins, pluginConfig), schedulerPlugins, {
    snapshot: cache.snapshot,
    listers: NO_OBJECTS,
    nominator: new Nominator(cache.snapshot),
    now: () => START,
    draw: (purpose, object, n) => random.draw(purpose, object, n),
    isPreempting: () => false,
    waitingPods: () => [],
    activate: () => undefined,
    replay: () => `seed ${seed}`,
  });
  const algorithm = new SchedulingAlgorithm(framework, {
    percentageOfNodesToScore: 100,
    tieBreak: 'lowest-name',
    position: { next: 0 },
  });
  for (const [i, pod] of pods.entries()) yield place(podObject(pod, i), framework, algorithm, cache);
}

function place(
  pod: Pod,
  framework: Framework,
  algorithm: SchedulingAlgorithm,
  cache: SchedulerCache,
): Placement {
  const state = framework.newState(pod);
  const result = algorithm.schedule(state, 1);
  if (result.kind === 'error') throw new Error(result.status.message);
  if (result.kind === 'unschedulable') return undefined;
  const { node } = result;
  const assumed = { ...pod, spec: { ...pod.spec, nodeName: node } };
  cache.assume(assumed, state.shape, node);
  const refused = framework.reserve(state, node);
  if (refused !== undefined) throw new Error(refused.message);
  const given = boundAnnotations(framework, state, node);
  cache.addPod({
    ...assumed,
    metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...given } },
  });
  const indices = given?.[annotations.gpuIndex.name];
  return {
    node: node.slice(node.indexOf('.') + 1),
    gpus: indices === undefined ? [] : (annotations.gpuIndex.parse(indices) ?? []),
  };
}

/** What the profile's binding puts on the pod. */
function boundAnnotations(
  framework: Framework,
  state: CycleState,
  node: string,
): Readonly<Record<string, string>> | undefined {
  for (const { plugin } of framework.plugins.at.bind) {
    const outcome = framework.step('bind', plugin, state, node, { number: 0, now: START, results: [] });
    if (outcome === undefined || (outcome instanceof Status && outcome.code === 'Skip')) continue;
    const request = outcome instanceof Status ? undefined : outcome.requests?.[0];
    if (request?.verb !== 'bind') throw new Error(`${plugin.name} does not bind`);
    return request.annotations;
  }
  throw new Error('nobody binds');
}

function nodeObject({ name, cpuMilli, memoryMib, gpus, model }: OpenbNode, rank: number): Node {
  const ranked = `${String(rank).padStart(6, '0')}.${name}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: ranked,
      labels: { 'nvidia.com/gpu.product': model },
      uid: ranked,
      resourceVersion: '1',
      creationTimestamp: TIME,
    },
    spec: {},
    status: {
      allocatable: {
        cpu: `${cpuMilli}m`,
        memory: `${memoryMib}Mi`,
        pods: PODS_PER_NODE,
        'nvidia.com/gpu': String(gpus),
      },
    },
  };
}

function podObject({ name, cpuMilli, memoryMib, gpus, gpuMilli, gpuModels }: OpenbPod, i: number): Pod {
  const shares = gpus === 1 && gpuMilli < 1000;
  const requests = {
    cpu: `${cpuMilli}m`,
    memory: `${memoryMib}Mi`,
    ...(gpus > 0 && !shares && { 'nvidia.com/gpu': String(gpus) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `${i}-${name}`,
      resourceVersion: '1',
      creationTimestamp: TIME,
      annotations: {
        ...(shares && { [annotations.gpuMilli.name]: String(gpuMilli) }),
        ...(gpuModels !== '' && { [annotations.gpuModels.name]: gpuModels }),
      },
    },
    spec: { priority: 0, containers: [{ name: 'c', image: 'pause', resources: { requests } }] },
  };
}
