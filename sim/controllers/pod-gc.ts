/**
 * The pod garbage collector: terminated pods above a threshold, pods of nodes that are gone, pods whose deletion nobody will
 * finish. Kubernetes v1.36.3, pkg/controller/podgc/gc_controller.go. Upstream looks every 20 s; here too, but only if there is
 * something to collect.
 */
import type { Node, Pod } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/index.ts';
import type { Informer } from '../client/index.ts';
import { microseconds, type SimTime, seconds } from '../engine/index.ts';
import { type Controller, DONE, type Plan, type WorkSink } from './controller.ts';
import type { ControllerEnvironment } from './environment.ts';
import { conditionOf, disruption, isPodTerminal } from './pod-state.ts';
import { TerminatedPods } from './terminated-pods.ts';

/** Documented: --terminated-pod-gc-threshold; 0 or less: terminated pods stay. */
export const TERMINATED_POD_THRESHOLD = 12_500;
/** Documented: gcCheckPeriod and quarantineTime. */
const PERIOD = seconds(20);
const QUARANTINE = seconds(40);
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const LOOK = 'look';
const AT_ONCE = { gracePeriodSeconds: 0 };

export class PodGarbageCollector implements Controller {
  readonly name = 'pod-garbage-collector-controller';
  readonly workers = 1;
  readonly #environment: ControllerEnvironment;
  readonly #threshold: number;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #terminated: TerminatedPods;
  /** Being deleted without having a node. */
  readonly #unscheduled = new Map<string, Pod>();
  /** Missing nodes that have pods, and since when: found by a look. */
  readonly #missing = new Map<string, number>();
  /** Nodes to be looked for, because they are gone or a pod names them. */
  readonly #suspects = new Set<string>();
  /** Pods being deleted, on nodes declared out of service. */
  readonly #outOfService = new Set<string>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment, threshold = TERMINATED_POD_THRESHOLD) {
    this.#environment = environment;
    this.#threshold = threshold;
    this.#pods = environment.informers.informer('pods');
    this.#nodes = environment.informers.informer('nodes');
    this.#terminated = new TerminatedPods((slot) => this.#pods.at(slot));
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#pods.addHandler({
      onAdd: (pod, key, slot) => this.#podSeen(pod, undefined, key, slot),
      onUpdate: (pod, previous, key, slot) => this.#podSeen(pod, previous, key, slot),
      onDelete: (pod, key, slot) => {
        this.#terminated.changed(slot, undefined, pod);
        this.#unscheduled.delete(key);
      },
    });
    this.#nodes.addHandler({
      onUpdate: (node, previous) => {
        if (node.spec.taints !== previous.spec.taints && isOutOfService(node))
          this.#suspectService(node.metadata.name);
      },
      onDelete: (_, name) => this.#suspect(name),
    });
  }

  #podSeen(pod: Pod, previous: Pod | undefined, key: string, slot: number): void {
    this.#terminated.changed(slot, pod, previous);
    if (this.#threshold > 0 && this.#terminated.size > this.#threshold && isPodTerminal(pod))
      this.#planLook();
    const { nodeName = '' } = pod.spec;
    if (nodeName === '') {
      if (pod.metadata.deletionTimestamp === undefined) return;
      this.#unscheduled.set(key, pod);
      this.#planLook();
    } else if (previous?.spec.nodeName !== nodeName) {
      this.#unscheduled.delete(key);
      if (this.#nodes.get(nodeName) === undefined) this.#suspect(nodeName);
    }
  }

  #suspect(node: string): void {
    this.#suspects.add(node);
    this.#planLook();
  }

  #suspectService(node: string): void {
    this.#outOfService.add(node);
    this.#planLook();
  }

  /** At the next multiple of the period. */
  #planLook(): void {
    const now = this.#environment.now();
    this.#work.addAfter(LOOK, microseconds(Math.ceil(now / PERIOD) * PERIOD - now));
  }

  reconcile(_key: string, now: SimTime): Plan {
    this.#inspect(now);
    const requests: ApiRequest[] = [];
    const at = this.#environment.clock.timestamp(now);
    const removed = new Set<Pod>();
    const remove = (pods: Iterable<Pod>, failure?: string): void => {
      for (const pod of pods) {
        if (removed.has(pod)) continue;
        removed.add(pod);
        if (failure !== undefined && !isPodTerminal(pod))
          requests.push(
            disruption(pod, { reason: 'DeletionByPodGC', message: failure, now: at, phase: 'Failed' }),
          );
        requests.push(deleteAtOnce(pod));
      }
    };
    remove(this.#surplus());
    remove(this.#stuckOnDeadNodes(), 'PodGC: node is out of service');
    remove(this.#orphaned(now), 'PodGC: node no longer exists');
    remove(this.#unscheduled.values());
    const again =
      requests.length > 0 || this.#missing.size > 0 || this.#suspects.size > 0 || this.#unscheduled.size > 0;
    const last: Plan = again ? { writes: [], requeueAfter: PERIOD } : DONE;
    return requests.length === 0 ? last : { writes: requests, resume: () => last };
  }

  /** Which nodes that pods name are missing; they are put in quarantine first. */
  #inspect(now: SimTime): void {
    for (const node of this.#missing.keys()) {
      if (this.#nodes.get(node) !== undefined || isEmpty(this.#environment.podsOnNode(node)))
        this.#missing.delete(node);
    }
    for (const node of this.#suspects) {
      const gone = this.#nodes.get(node) === undefined && !isEmpty(this.#environment.podsOnNode(node));
      if (gone && !this.#missing.has(node)) this.#missing.set(node, now);
    }
    this.#suspects.clear();
  }

  #surplus(): readonly Pod[] {
    const count = this.#terminated.size - this.#threshold;
    return this.#threshold <= 0 || count <= 0 ? [] : this.#terminated.first(count);
  }

  *#orphaned(now: SimTime): Generator<Pod> {
    for (const [node, since] of this.#missing)
      if (now - since > QUARANTINE) yield* this.#environment.podsOnNode(node);
  }

  #stuckOnDeadNodes(): readonly Pod[] {
    const pods: Pod[] = [];
    for (const name of this.#outOfService) {
      const node = this.#nodes.get(name);
      const stuck = [...this.#environment.podsOnNode(name)].filter(
        (pod) => pod.metadata.deletionTimestamp !== undefined,
      );
      const dead =
        node !== undefined &&
        isOutOfService(node) &&
        conditionOf(node.status?.conditions, 'Ready')?.status !== 'True';
      if (dead) pods.push(...stuck);
      if (!dead || stuck.length === 0) this.#outOfService.delete(name);
    }
    return pods;
  }
}

const deleteAtOnce = ({ metadata }: Pod): ApiRequest => ({
  verb: 'delete',
  resource: 'pods',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  options: AT_ONCE,
});

const isOutOfService = ({ spec }: Node): boolean =>
  spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true;

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
