/**
 * The oracle of the scheduler's fast paths: the rules of the default plugins on plain lists of nodes and pods, counting
 * everything anew each time. Slow on purpose.
 */
import {
  compileSelector,
  cpuMilli,
  firstUntoleratedTaint,
  hostPorts,
  hostPortsClash,
  isTerminating,
  type Node,
  nodeSelectorMatches,
  type Pod,
  podResources,
  RequiredNodeAffinity,
  type TopologySpreadConstraint,
  toleratesTaint,
  wholeUnits,
} from '../../../sim/api/index.ts';
import { type AffinityTerm, normalizedImage, podTerms, termMatches } from '../../../sim/scheduler/index.ts';

export interface NaiveCluster {
  /** By name. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** Running pods; each names its node. */
  readonly pods: readonly Pod[];
  /** Namespace → labels. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Plugin → why it rejects the node, undefined if it does not. */
export type NaiveVerdicts = Readonly<Record<string, string | undefined>>;

const podsOn = ({ pods }: NaiveCluster, node: Node): readonly Pod[] =>
  pods.filter((pod) => pod.spec.nodeName === node.metadata.name);
const labelOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key];

function amounts(node: Node): Map<string, number> {
  const offered = new Map<string, number>();
  for (const [name, text] of Object.entries(node.status?.allocatable ?? {}))
    offered.set(name, name === 'cpu' ? cpuMilli(text) : wholeUnits(text));
  return offered;
}

function asked(pod: Pod): Map<string, number> {
  const figures = podResources(pod.spec);
  return new Map([
    ['cpu', figures.cpuMilli],
    ['memory', figures.memoryBytes],
    ['ephemeral-storage', figures.ephemeralStorageBytes],
    ...figures.scalars,
  ]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function fitVerdict(cluster: NaiveCluster, pod: Pod, node: Node): string | undefined {
  const offered = amounts(node);
  const running = podsOn(cluster, node);
  const short = running.length + 1 > (offered.get('pods') ?? 0) ? ['Too many pods'] : [];
  for (const [name, amount] of asked(pod)) {
    const used = sum(running.map((other) => asked(other).get(name) ?? 0));
    if (amount > 0 && amount > (offered.get(name) ?? 0) - used) short.push(`Insufficient ${name}`);
  }
  return short.length === 0 ? undefined : short.sort().join();
}

/** Filter verdicts of every plugin on its own. */
export function naiveFilter(cluster: NaiveCluster, pod: Pod, node: Node): NaiveVerdicts {
  const tolerations = pod.spec.tolerations;
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
  const ports = podsOn(cluster, node).flatMap((other) => hostPorts(other.spec));
  const rejects = (bad: boolean): string | undefined => (bad ? 'rejected' : undefined);
  return {
    NodeUnschedulable: rejects(node.spec.unschedulable === true && !toleratesTaint(tolerations, cordon)),
    TaintToleration: rejects(
      firstUntoleratedTaint(node.spec.taints, tolerations, 'NoSchedule', 'NoExecute') !== undefined,
    ),
    NodeAffinity: rejects(!new RequiredNodeAffinity(pod.spec).matches(node)),
    NodePorts: rejects(hostPorts(pod.spec).some((a) => ports.some((b) => hostPortsClash(a, b)))),
    NodeResourcesFit: fitVerdict(cluster, pod, node),
    PodTopologySpread: spreadVerdict(cluster, pod, node),
    InterPodAffinity: affinityVerdict(cluster, pod, node),
  };
}

const own = (pod: Pod, action: string): readonly TopologySpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter((spec) => spec.whenUnsatisfiable === action);

function isIncluded(spec: TopologySpreadConstraint, pod: Pod, node: Node): boolean {
  if (spec.nodeAffinityPolicy !== 'Ignore' && !new RequiredNodeAffinity(pod.spec).matches(node)) return false;
  if (spec.nodeTaintsPolicy !== 'Honor') return true;
  return (
    firstUntoleratedTaint(node.spec.taints, pod.spec.tolerations, 'NoSchedule', 'NoExecute') === undefined
  );
}

const matching = (cluster: NaiveCluster, spec: TopologySpreadConstraint, pod: Pod, node: Node): number => {
  const selector = compileSelector(spec.labelSelector);
  if (selector.everything) return 0;
  return podsOn(cluster, node).filter(
    (other) =>
      !isTerminating(other) &&
      other.metadata.namespace === pod.metadata.namespace &&
      selector.matches(other.metadata.labels),
  ).length;
};

/** Domain → matching pods, over the nodes that take part. */
function domainCounts(
  cluster: NaiveCluster,
  pod: Pod,
  spec: TopologySpreadConstraint,
  required: readonly TopologySpreadConstraint[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of cluster.nodes.values()) {
    const domain = labelOf(node, spec.topologyKey);
    if (domain === undefined || !isIncluded(spec, pod, node)) continue;
    if (required.some(({ topologyKey }) => labelOf(node, topologyKey) === undefined)) continue;
    counts.set(domain, (counts.get(domain) ?? 0) + matching(cluster, spec, pod, node));
  }
  return counts;
}

function spreadVerdict(cluster: NaiveCluster, pod: Pod, node: Node): string | undefined {
  const hard = own(pod, 'DoNotSchedule');
  for (const spec of hard) {
    const domain = labelOf(node, spec.topologyKey);
    if (domain === undefined) return 'missing';
    const counts = domainCounts(cluster, pod, spec, hard);
    const fewest = counts.size < (spec.minDomains ?? 1) ? 0 : Math.min(2 ** 31 - 1, ...counts.values());
    const self = compileSelector(spec.labelSelector).matches(pod.metadata.labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + self - fewest > spec.maxSkew) return 'skew';
  }
  return undefined;
}

/** The running pods that a term of the incoming pod selects. */
function selected(cluster: NaiveCluster, term: AffinityTerm): readonly Pod[] {
  return cluster.pods.filter((other) =>
    termMatches(term, other, cluster.namespaces.get(other.metadata.namespace ?? '')),
  );
}

const sameDomain = (cluster: NaiveCluster, other: Pod, node: Node, key: string): boolean => {
  const theirs = cluster.nodes.get(other.spec.nodeName ?? '');
  const domain = labelOf(node, key);
  return domain !== undefined && theirs !== undefined && labelOf(theirs, key) === domain;
};

function affinityVerdict(cluster: NaiveCluster, pod: Pod, node: Node): string | undefined {
  const { affinity, antiAffinity } = podTerms(pod);
  const bySeveral = cluster.pods.filter((other) =>
    affinity.every((term) => selected(cluster, term).includes(other)),
  );
  const counted = bySeveral.filter((other) =>
    affinity.some(({ topologyKey }) => {
      const theirs = cluster.nodes.get(other.spec.nodeName ?? '');
      return theirs !== undefined && labelOf(theirs, topologyKey) !== undefined;
    }),
  );
  const namespaceLabels = cluster.namespaces.get(pod.metadata.namespace ?? '');
  const first =
    affinity.length > 0 &&
    counted.length === 0 &&
    affinity.every((term) => termMatches(term, pod, namespaceLabels));
  for (const { topologyKey } of affinity) {
    if (labelOf(node, topologyKey) === undefined) return 'affinity';
    if (!first && !bySeveral.some((other) => sameDomain(cluster, other, node, topologyKey)))
      return 'affinity';
  }
  for (const term of antiAffinity)
    if (selected(cluster, term).some((other) => sameDomain(cluster, other, node, term.topologyKey)))
      return 'own';
  for (const other of cluster.pods)
    for (const term of podTerms(other).antiAffinity)
      if (termMatches(term, pod, namespaceLabels) && sameDomain(cluster, other, node, term.topologyKey))
        return 'theirs';
  return undefined;
}

/** Plugin → node name → score before normalising. */
export function naiveScores(
  cluster: NaiveCluster,
  pod: Pod,
  feasible: readonly Node[],
): Readonly<Record<string, ReadonlyMap<string, number>>> {
  const each = (score: (node: Node) => number): ReadonlyMap<string, number> =>
    new Map(feasible.map((node) => [node.metadata.name, score(node)]));
  return {
    TaintToleration: each((node) => unpreferredTaints(pod, node)),
    NodeAffinity: each((node) => preferredWeight(pod, node)),
    NodeResourcesFit: each((node) => leastAllocated(cluster, pod, node)),
    NodeResourcesBalancedAllocation: each((node) => balance(cluster, pod, node)),
    ImageLocality: each((node) => imageScore(cluster, pod, node)),
    PodTopologySpread: each((node) => spreadScore(cluster, pod, node, feasible)),
    InterPodAffinity: each((node) => affinityScore(cluster, pod, node)),
  };
}

function unpreferredTaints(pod: Pod, node: Node): number {
  const relevant = (pod.spec.tolerations ?? []).filter(
    ({ effect = '' }) => effect === '' || effect === 'PreferNoSchedule',
  );
  return (node.spec.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(relevant, taint),
  ).length;
}

function preferredWeight(pod: Pod, node: Node): number {
  const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return sum(
    terms
      .filter(({ preference }) => nodeSelectorMatches({ nodeSelectorTerms: [preference] }, node))
      .map(({ weight }) => weight),
  );
}

function leastAllocated(cluster: NaiveCluster, pod: Pod, node: Node): number {
  const offered = amounts(node);
  const figures = podResources(pod.spec);
  const others = podsOn(cluster, node).map((other) => podResources(other.spec));
  const free = (capacity: number, used: number): number[] =>
    capacity === 0 ? [] : [used > capacity ? 0 : Math.floor(((capacity - used) * 100) / capacity)];
  const scores = [
    ...free(offered.get('cpu') ?? 0, figures.scoreCpuMilli + sum(others.map((o) => o.nonZeroCpuMilli))),
    ...free(
      offered.get('memory') ?? 0,
      figures.scoreMemoryBytes + sum(others.map((o) => o.nonZeroMemoryBytes)),
    ),
  ];
  return scores.length === 0 ? 0 : Math.floor(sum(scores) / scores.length);
}

function balance(cluster: NaiveCluster, pod: Pod, node: Node): number {
  const offered = amounts(node);
  const others = podsOn(cluster, node).map(asked);
  const evenness = (extra: ReadonlyMap<string, number>): number => {
    const fractions = ['cpu', 'memory']
      .filter((name) => (offered.get(name) ?? 0) > 0)
      .map((name) =>
        Math.min(1, (sum(others.map((o) => o.get(name) ?? 0)) + (extra.get(name) ?? 0)) / offered.get(name)!),
      );
    const deviation = fractions.length < 2 ? 0 : Math.abs((fractions[0]! - fractions[1]!) / 2);
    return Math.trunc((1 - deviation) * 100);
  };
  return 50 + Math.trunc((50 + evenness(asked(pod)) - evenness(new Map())) / 2);
}

function imageScore({ nodes }: NaiveCluster, pod: Pod, node: Node): number {
  const mebibyte = 1024 * 1024;
  const has = (one: Node, name: string): boolean =>
    (one.status?.images ?? []).some(({ names = [] }) => names.includes(name));
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const bytes = containers.map(({ image = '' }) => {
    const name = normalizedImage(image);
    if (!has(node, name)) return 0;
    const holders = [...nodes.values()].filter((one) => has(one, name));
    const size = (node.status?.images ?? []).find(({ names = [] }) => names.includes(name))?.sizeBytes ?? 0;
    return Math.trunc(size * (holders.length / nodes.size));
  });
  const max = 1000 * mebibyte * containers.length;
  const clamped = Math.min(Math.max(sum(bytes), 23 * mebibyte), max);
  return Math.trunc((100 * (clamped - 23 * mebibyte)) / (max - 23 * mebibyte));
}

function spreadScore(cluster: NaiveCluster, pod: Pod, node: Node, feasible: readonly Node[]): number {
  const soft = own(pod, 'ScheduleAnyway');
  const carriesAll = (one: Node): boolean =>
    soft.every(({ topologyKey }) => labelOf(one, topologyKey) !== undefined);
  if (!carriesAll(node)) return 0;
  const scored = feasible.filter(carriesAll);
  let score = 0;
  for (const spec of soft) {
    const perNode = spec.topologyKey === 'kubernetes.io/hostname';
    const domains = new Set(scored.map((one) => labelOf(one, spec.topologyKey)));
    const weight = Math.log((perNode ? scored.length : domains.size) + 2);
    const count = perNode
      ? matching(cluster, spec, pod, node)
      : (domainCounts(cluster, pod, spec, soft).get(labelOf(node, spec.topologyKey)!) ?? 0);
    score += count * weight + (spec.maxSkew - 1);
  }
  return Math.round(score);
}

function affinityScore(cluster: NaiveCluster, pod: Pod, node: Node): number {
  const terms = podTerms(pod);
  const namespaceLabels = cluster.namespaces.get(pod.metadata.namespace ?? '');
  const near = (others: readonly Pod[], key: string): number =>
    others.filter((other) => sameDomain(cluster, other, node, key)).length;
  let score = 0;
  for (const term of terms.preferredAffinity)
    score += term.weight * near(selected(cluster, term), term.topologyKey);
  for (const term of terms.preferredAntiAffinity)
    score -= term.weight * near(selected(cluster, term), term.topologyKey);
  for (const other of cluster.pods) {
    const theirs = podTerms(other);
    const bears = (list: readonly AffinityTerm[], sign: number): void => {
      for (const term of list)
        if (termMatches(term, pod, namespaceLabels))
          score += sign * term.weight * near([other], term.topologyKey);
    };
    bears(theirs.affinity, 1);
    bears(theirs.preferredAffinity, 1);
    bears(theirs.preferredAntiAffinity, -1);
  }
  return score;
}
