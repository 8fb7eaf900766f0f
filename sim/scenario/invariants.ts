/**
 * What must hold in every run, checked as it happens: O(1) per change of a pod or node, and one look at all objects at
 * the end. It listens and reads only, so a run with it is the run without it. A broken invariant is a defect of the model and
 * ends the run with an InvariantViolation.
 *
 * - A pod is bound once, to one node, for good; its UID and namespace/name stay.
 * - Bound pods never ask for more than their node offers, if every profile has a filter that promises so; nor do the pods that
 *   a kubelet has taken, whatever the scheduler does. Pods whose nodeName was set by their creator pass by the scheduler and do
 *   not count before the kubelet takes them.
 * - Pods do not get lost: what was created and not deleted is there.
 * - A pod is born Pending and never leaves a terminal phase (kubelet and API server of Kubernetes v1.36 allow all other moves).
 * - The clock does not go back, and every write has a revision of its own, higher than all before.
 * - Once the endpoint controllers are at rest, endpoints are pods that exist.
 */
import {
  keyOf,
  type Node,
  type ObservationBus,
  type ObservationMap,
  type Pod,
  type PodResources,
  podResources,
} from '../api/index.ts';
import type { ApiServer } from '../apiserver/index.ts';
import { elapsed, type SimTime, type Simulation, START, seconds } from '../engine/index.ts';
import { nodeResources } from '../node/index.ts';
import { danglingEndpoint } from './dangling-endpoints.ts';
import { NodeAccounts, Sum } from './node-accounts.ts';

const NONE = -1;

/** How long after the last deletion endpoints are looked at: more than any delivery takes. */
const ENDPOINTS_QUIET = seconds(60);

export class Invariants {
  readonly #simulation: Simulation;
  readonly #apiserver: ApiServer;
  readonly #accounts = new NodeAccounts();
  /** By a pod's slot: the account in which it counts as bound, or NONE, and with how much. Unfilled: pods are bound nearly in turn. */
  readonly #holders: number[] = [];
  readonly #held: PodResources[] = [];
  /** UIDs of pods that were created with a node and are not over. */
  readonly #placedByCreator = new Set<string>();
  #holdsBound = false;
  #live = 0;
  #lastTime: SimTime = START;
  #lastRevision: number;
  #lastDeletion: SimTime = START;

  /** Made before the first pod is. */
  constructor(simulation: Simulation, apiserver: ApiServer, bus: ObservationBus) {
    this.#simulation = simulation;
    this.#apiserver = apiserver;
    this.#lastRevision = apiserver.storage.revision;
    for (const node of apiserver.list('nodes')) this.#offers(node);
    bus.on('pod-changed', (change) => this.#podChanged(change));
    bus.on('node-changed', (change) => this.#nodeChanged(change));
    bus.on('pod-lifecycle', (step) => this.#podStepped(step));
  }

  /** The scheduler promises not to bind more than fits: it is held to that from now on. */
  holdBoundPodsToAllocatable(): void {
    this.#holdsBound = true;
  }

  #podChanged({ time, pod, slot, previous, deleted }: ObservationMap['pod-changed']): void {
    this.#advance(time);
    if (previous === undefined) this.#created(pod);
    else this.#checkMove(previous, pod);
    if (deleted) this.#deleted();
    const holder = this.#holders[slot] ?? NONE;
    if (deleted || !holdsNode(pod)) this.#released(pod, slot, holder);
    else if (holder === NONE) this.#bound(pod, slot, previous);
    else if (previous?.spec !== pod.spec) this.#resized(pod, slot, holder);
  }

  #advance(time: SimTime): void {
    const { revision } = this.#apiserver.storage;
    if (time < this.#lastTime) this.#fail(`the clock went back from ${this.#lastTime / 1e6} s`);
    if (revision <= this.#lastRevision) this.#fail(`revision ${revision} follows ${this.#lastRevision}`);
    this.#lastTime = time;
    this.#lastRevision = revision;
  }

  #created(pod: Pod): void {
    this.#live++;
    const phase = pod.status?.phase;
    if (phase !== undefined && phase !== 'Pending') this.#fail(`pod ${keyOf(pod)} was created ${phase}`);
    if (pod.spec.nodeName) this.#placedByCreator.add(pod.metadata.uid);
    this.#checkLive();
  }

  #deleted(): void {
    this.#live--;
    this.#lastDeletion = this.#lastTime;
    this.#checkLive();
  }

  #checkLive(): void {
    const { size } = this.#apiserver.storage.tables.pods;
    if (size !== this.#live) this.#fail(`${size} pods are there, ${this.#live} were created and not deleted`);
  }

  #checkMove(previous: Pod, pod: Pod): void {
    const { metadata: was, spec: from, status: before } = previous;
    const { metadata: is, spec: to, status: after } = pod;
    if (was.uid !== is.uid || was.name !== is.name || was.namespace !== is.namespace)
      this.#fail(`pod ${keyOf(previous)} (${was.uid}) became ${keyOf(pod)} (${is.uid})`);
    if (from !== to && from.nodeName && from.nodeName !== to.nodeName)
      this.#fail(`pod ${keyOf(pod)} was moved from node ${from.nodeName} to ${to.nodeName || 'none'}`);
    if (before?.phase !== after?.phase && isTerminal(previous))
      this.#fail(`pod ${keyOf(pod)} went from ${before?.phase} to ${after?.phase}`);
  }

  #bound(pod: Pod, slot: number, previous: Pod | undefined): void {
    this.#holders[slot] = NONE;
    if (previous === undefined || this.#isPlacedByCreator(pod)) return;
    const account = this.#accounts.row(pod.spec.nodeName!);
    const resources = podResources(pod.spec);
    this.#holders[slot] = account;
    this.#held[slot] = resources;
    this.#accounts.add(account, Sum.bound, resources, 1);
    if (!this.#holdsBound) return;
    const excess = this.#accounts.excess(account, Sum.bound, resources);
    if (excess !== undefined)
      this.#fail(`binding pod ${keyOf(pod)} overcommits node ${pod.spec.nodeName}: ${excess}`);
  }

  /** It holds nothing, if ever it did. */
  #released(pod: Pod, slot: number, holder: number): void {
    if (holder === NONE) {
      if (this.#placedByCreator.size > 0) this.#placedByCreator.delete(pod.metadata.uid);
      return;
    }
    this.#holders[slot] = NONE;
    this.#accounts.add(holder, Sum.bound, this.#held[slot]!, -1);
  }

  /** What was checked when the pod was bound may have changed since. */
  #resized(pod: Pod, slot: number, holder: number): void {
    const resources = podResources(pod.spec);
    this.#accounts.add(holder, Sum.bound, this.#held[slot]!, -1);
    this.#accounts.add(holder, Sum.bound, resources, 1);
    this.#held[slot] = resources;
  }

  #isPlacedByCreator({ metadata }: Pod): boolean {
    return this.#placedByCreator.size > 0 && this.#placedByCreator.has(metadata.uid);
  }

  #nodeChanged({ time, node, previous, deleted }: ObservationMap['node-changed']): void {
    this.#advance(time);
    const allocatable = node.status?.allocatable;
    if (deleted || allocatable === undefined || allocatable === previous?.status?.allocatable) return;
    this.#offers(node);
  }

  #offers(node: Node): void {
    this.#accounts.offers(this.#accounts.row(node.metadata.name), nodeResources(node));
  }

  #podStepped({ pod, node, step }: ObservationMap['pod-lifecycle']): void {
    if (step === 'finished')
      this.#accounts.add(this.#accounts.row(node), Sum.admitted, podResources(pod.spec), -1);
    else if (step === 'admitted') this.#admitted(pod, this.#accounts.row(node));
  }

  #admitted(pod: Pod, account: number): void {
    const resources = podResources(pod.spec);
    this.#accounts.add(account, Sum.admitted, resources, 1);
    // A pod that has to go already is taken to be ended properly, fit or not.
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const excess = this.#accounts.excess(account, Sum.admitted, resources);
    if (excess !== undefined)
      this.#fail(`the kubelet of ${pod.spec.nodeName} took pod ${keyOf(pod)} beyond what it has: ${excess}`);
  }

  /** At the end of a run. `endpointsAtRest`: the endpoint controllers have nothing left to do. O(objects). */
  audit(endpointsAtRest: boolean): void {
    this.#auditAccounts();
    if (!endpointsAtRest || elapsed(this.#lastDeletion, this.#simulation.now) < ENDPOINTS_QUIET) return;
    const dangling = danglingEndpoint(this.#apiserver);
    if (dangling !== undefined) this.#fail(dangling);
  }

  /** The pods on each node are those that came and did not go. */
  #auditAccounts(): void {
    const counts = new Map<string, number>();
    for (const pod of this.#apiserver.list('pods')) {
      const { nodeName = '' } = pod.spec;
      if (!holdsNode(pod) || this.#isPlacedByCreator(pod)) continue;
      counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1);
    }
    for (const node of this.#accounts.nodes()) {
      const count = counts.get(node) ?? 0;
      const came = this.#accounts.pods(this.#accounts.row(node), Sum.bound);
      if (came !== count) this.#fail(`${count} pods are bound to ${node}, ${came} came`);
    }
  }

  #fail(message: string): never {
    return this.#simulation.fail(message);
  }
}

const isTerminal = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const holdsNode = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isTerminal(pod);
