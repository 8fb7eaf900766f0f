/** What must be true of a cluster in which nothing is left to happen, told from the API's objects alone. */
import {
  bytesOf,
  controllerOf,
  cpuMilli,
  type Deployment,
  type Job,
  keyOf,
  type Node,
  type Pod,
  podResources,
  type ReplicaSet,
  wholeUnits,
} from '../../sim/api/index.ts';
import type { ApiServer } from '../../sim/apiserver/index.ts';

/** Everything that is not as it should be, in words. */
export function complaints(apiserver: ApiServer): string[] {
  return new RestingCluster(apiserver).complaints();
}

const isTerminal = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const condition = (object: Pod | Node | Job | Deployment, type: string): string | undefined =>
  (object.status?.conditions as readonly { type: string; status: string }[] | undefined)?.find(
    (c) => c.type === type,
  )?.status;

/**
 * Of a rollout that becomes Recreate and gets another number of replicas at once, the controller takes every sync for one of
 * scaling, and scales nothing: so does upstream (kubernetes/kubernetes#125568).
 */
function isStuck({ spec }: Deployment, sets: readonly ReplicaSet[]): boolean {
  const active = sets.filter((set) => (set.spec.replicas ?? 0) > 0);
  const desired = active.map(({ metadata }) => Number(metadata.annotations?.[DESIRED_REPLICAS]));
  return spec.strategy?.type === 'Recreate' && active.length > 1 && desired.some((n) => n !== spec.replicas);
}

const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';

class RestingCluster {
  readonly #nodes: readonly Node[];
  readonly #pods: readonly Pod[];
  readonly #replicaSets: readonly ReplicaSet[];
  readonly #deployments: readonly Deployment[];
  readonly #jobs: readonly Job[];
  readonly #apiserver: ApiServer;

  constructor(apiserver: ApiServer) {
    this.#apiserver = apiserver;
    this.#nodes = apiserver.list('nodes');
    this.#pods = apiserver.list('pods');
    this.#replicaSets = apiserver.list('replicasets');
    this.#deployments = apiserver.list('deployments');
    this.#jobs = apiserver.list('jobs');
  }

  complaints(): string[] {
    return [
      ...this.#nodes.flatMap((node) => this.#ofNode(node)),
      ...this.#pods.flatMap((pod) => this.#ofPod(pod)),
      ...this.#replicaSets.flatMap((set) => this.#ofReplicaSet(set)),
      ...this.#deployments.flatMap((deployment) => this.#ofDeployment(deployment)),
      ...this.#jobs.flatMap((job) => this.#ofJob(job)),
      ...this.#ofEndpoints(),
    ];
  }

  #ofNode(node: Node): string[] {
    const name = node.metadata.name;
    if (condition(node, 'Ready') !== 'True') return [`node ${name} is not ready`];
    const taints = node.spec.taints ?? [];
    return taints.map(({ key }) => `node ${name} is still tainted ${key}`);
  }

  #ofPod(pod: Pod): string[] {
    const key = keyOf(pod);
    const { nodeName = '' } = pod.spec;
    const found: string[] = [];
    if (pod.metadata.deletionTimestamp !== undefined) found.push(`pod ${key} is being deleted for ever`);
    if (nodeName !== '' && !this.#nodes.some(({ metadata }) => metadata.name === nodeName))
      found.push(`pod ${key} is on node ${nodeName}, which does not exist`);
    const owner = controllerOf(pod);
    if (owner !== undefined && !this.#ownerExists(owner.uid)) found.push(`pod ${key} has lost its owner`);
    if (isTerminal(pod)) return found;
    if (nodeName === '') found.push(...this.#ofPending(pod));
    else if (pod.status?.phase !== 'Running') found.push(`pod ${key} on ${nodeName} is ${pod.status?.phase}`);
    return found;
  }

  #ownerExists(uid: string): boolean {
    return [...this.#replicaSets, ...this.#jobs].some(({ metadata }) => metadata.uid === uid);
  }

  /** A pod waits only while no node has room for it. */
  #ofPending(pod: Pod): string[] {
    const roomy = this.#nodes.filter((node) => this.#fits(pod, node));
    return roomy.map(({ metadata }) => `pod ${keyOf(pod)} waits although ${metadata.name} has room`);
  }

  #fits(pod: Pod, { metadata, spec, status }: Node): boolean {
    if (spec.unschedulable === true) return false;
    if (this.#isKeptApart(pod, metadata.name)) return false;
    const wanted = podResources(pod.spec);
    const there = this.#pods.filter((p) => p.spec.nodeName === metadata.name && !isTerminal(p));
    const sum = (of: (resources: ReturnType<typeof podResources>) => number): number =>
      there.reduce((total, p) => total + of(podResources(p.spec)), 0);
    const { cpu = '0', memory = '0', pods = '0' } = status?.allocatable ?? {};
    return (
      there.length + 1 <= wholeUnits(pods) &&
      sum((r) => r.cpuMilli) + wanted.cpuMilli <= cpuMilli(cpu) &&
      sum((r) => r.memoryBytes) + wanted.memoryBytes <= bytesOf(memory)
    );
  }

  /** Its own anti-affinity or theirs: in these clusters always to pods with the same label `app`, by node. */
  #isKeptApart(pod: Pod, node: string): boolean {
    const app = pod.metadata.labels?.['app'];
    return this.#pods.some(
      (other) =>
        other.spec.nodeName === node &&
        !isTerminal(other) &&
        app !== undefined &&
        other.metadata.labels?.['app'] === app &&
        [pod, other].some(({ spec }) => spec.affinity?.podAntiAffinity !== undefined),
    );
  }

  #ofReplicaSet(set: ReplicaSet): string[] {
    const mine = this.#podsOf(set.metadata.uid).filter((pod) => !isTerminal(pod));
    const key = keyOf(set);
    const found: string[] = [];
    if (mine.length !== set.spec.replicas)
      found.push(`replica set ${key} has ${mine.length} pods of ${set.spec.replicas}`);
    if (set.status?.replicas !== mine.length)
      found.push(`replica set ${key} reports ${set.status?.replicas} pods of ${mine.length}`);
    const owner = controllerOf(set);
    if (!this.#deployments.some(({ metadata }) => metadata.uid === owner?.uid))
      found.push(`replica set ${key} has lost its owner`);
    return found;
  }

  #podsOf(owner: string): Pod[] {
    return this.#pods.filter((pod) => controllerOf(pod)?.uid === owner);
  }

  /** Complete, unless its pods do not fit. */
  #ofDeployment(deployment: Deployment): string[] {
    const { metadata, spec, status = {} } = deployment;
    const key = keyOf(deployment);
    if (status.observedGeneration !== metadata.generation) return [`deployment ${key} was not looked at`];
    const sets = this.#replicaSets.filter((set) => controllerOf(set)?.uid === metadata.uid);
    const pods = sets.flatMap((set) => this.#podsOf(set.metadata.uid)).filter((pod) => !isTerminal(pod));
    if (isStuck(deployment, sets) || pods.some((pod) => (pod.spec.nodeName ?? '') === '')) return [];
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    const counts = [replicas, updatedReplicas, availableReplicas, pods.length];
    return counts.every((count) => count === spec.replicas)
      ? []
      : [`deployment ${key} wants ${spec.replicas}: [all, updated, available, pods] are [${counts}]`];
  }

  /** Over, unless its pods do not fit. */
  #ofJob(job: Job): string[] {
    if (condition(job, 'Complete') === 'True' || condition(job, 'Failed') === 'True') return [];
    const waits = this.#podsOf(job.metadata.uid).some((pod) => (pod.spec.nodeName ?? '') === '');
    return waits ? [] : [`job ${keyOf(job)} is not over`];
  }

  /** The Service's endpoints are the ready pods that it selects. */
  #ofEndpoints(): string[] {
    const slices = this.#apiserver.list('endpointslices', 'default');
    const endpoints = slices
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web')
      .flatMap((slice) => slice.endpoints ?? [])
      .filter((endpoint) => endpoint.conditions?.ready !== false)
      .map((endpoint) => endpoint.targetRef?.name ?? '')
      .sort();
    const ready = this.#pods
      .filter((pod) => pod.metadata.labels?.['app'] === 'd0' && condition(pod, 'Ready') === 'True')
      .map((pod) => pod.metadata.name)
      .sort();
    return endpoints.join() === ready.join()
      ? []
      : [`endpoints [${endpoints}] are not the ready pods [${ready}]`];
  }
}
