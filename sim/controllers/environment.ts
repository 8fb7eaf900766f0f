/** What all controllers of one kube-controller-manager share: its informers, its calendar and the indexes several of them read. */
import {
  controllerOf,
  type KubernetesObject,
  type ObjectOf,
  type Pod,
  type ReplicaSet,
} from '../api/index.ts';
import type { WallClock } from '../apiserver/index.ts';
import type { Informer, SharedInformerFactory } from '../client/index.ts';
import type { SimTime } from '../engine/index.ts';
import { ServicePods } from './endpoints/service-pods.ts';

/** Timestamps remembered. */
const MOST_INSTANTS = 4096;

export class ControllerEnvironment {
  readonly informers: SharedInformerFactory;
  readonly clock: WallClock;
  /** The instant, for informer handlers. */
  readonly now: () => SimTime;
  #servicePods: ServicePods | undefined;
  #replicaSets: Informer<ReplicaSet> | undefined;
  readonly #instants = new Map<string, number>();

  constructor(informers: SharedInformerFactory, clock: WallClock, now: () => SimTime) {
    this.informers = informers;
    this.clock = clock;
    this.now = now;
    informers.informer('pods').addIndex('node', nodeOf);
  }

  /** µs from the start of the run to an API timestamp, negative if it lies before. The same seconds are asked for again and again. */
  instantOf(timestamp: string): number {
    let instant = this.#instants.get(timestamp);
    if (instant === undefined) {
      if (this.#instants.size >= MOST_INSTANTS) this.#instants.clear();
      instant = this.clock.microsecondsOf(timestamp);
      this.#instants.set(timestamp, instant);
    }
    return instant;
  }

  // Indexes that many clusters need not are made when first asked for; adding one again does nothing.

  /** Pods whose controller has this UID. */
  podsOf(uid: string): readonly Pod[] {
    return this.#indexed('pods', 'controller', controllerUid).byIndex('controller', uid);
  }

  orphanPods(namespace: string): readonly Pod[] {
    return this.#indexed('pods', 'orphan', orphanNamespace).byIndex('orphan', namespace);
  }

  replicaSetsOf(uid: string): readonly ReplicaSet[] {
    this.#replicaSets ??= this.#indexed('replicasets', 'controller', controllerUid);
    return this.#replicaSets.byIndex('controller', uid);
  }

  orphanReplicaSets(namespace: string): readonly ReplicaSet[] {
    return this.#indexed('replicasets', 'orphan', orphanNamespace).byIndex('orphan', namespace);
  }

  #indexed<R extends 'pods' | 'replicasets'>(
    resource: R,
    name: string,
    keyFor: (object: KubernetesObject) => string | undefined,
  ): Informer<ObjectOf<R>> {
    const informer = this.informers.informer(resource);
    informer.addIndex(name, keyFor);
    return informer;
  }

  /** Which pods Services select; kept only if somebody asks. */
  get servicePods(): ServicePods {
    this.#servicePods ??= new ServicePods(this.informers);
    return this.#servicePods;
  }

  podsOnNode(node: string): readonly Pod[] {
    return this.informers.informer('pods').byIndex('node', node);
  }
}

const controllerUid = (object: KubernetesObject): string | undefined => controllerOf(object)?.uid;

const orphanNamespace = (object: KubernetesObject): string | undefined =>
  controllerOf(object) === undefined ? object.metadata.namespace : undefined;

const nodeOf = ({ spec }: Pod): string | undefined => (spec.nodeName === '' ? undefined : spec.nodeName);
