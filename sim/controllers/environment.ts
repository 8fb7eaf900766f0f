/** What all controllers of one kube-controller-manager share: its informers, its calendar and the indexes several of them read. */
import { controllerOf, type KubernetesObject, type Pod, type ReplicaSet } from '../api/index.ts';
import type { WallClock } from '../apiserver/index.ts';
import type { SharedInformerFactory } from '../client/index.ts';
import type { SimTime } from '../engine/index.ts';
import { ServicePods } from './endpoints/service-pods.ts';

export class ControllerEnvironment {
  readonly informers: SharedInformerFactory;
  readonly clock: WallClock;
  /** The instant, for informer handlers. */
  readonly now: () => SimTime;
  #servicePods: ServicePods | undefined;

  constructor(informers: SharedInformerFactory, clock: WallClock, now: () => SimTime) {
    this.informers = informers;
    this.clock = clock;
    this.now = now;
    for (const resource of ['pods', 'replicasets'] as const) {
      informers.informer(resource).addIndex('controller', (object) => controllerOf(object)?.uid);
      informers.informer(resource).addIndex('orphan', orphanNamespace);
    }
    informers.informer('pods').addIndex('node', nodeOf);
  }

  /** Pods whose controller has this UID. */
  podsOf(uid: string): Iterable<Pod> {
    return this.informers.informer('pods').byIndex('controller', uid);
  }

  orphanPods(namespace: string): Iterable<Pod> {
    return this.informers.informer('pods').byIndex('orphan', namespace);
  }

  /** Which pods Services select; kept only if somebody asks. */
  get servicePods(): ServicePods {
    this.#servicePods ??= new ServicePods(this.informers);
    return this.#servicePods;
  }

  podsOnNode(node: string): Iterable<Pod> {
    return this.informers.informer('pods').byIndex('node', node);
  }

  replicaSetsOf(uid: string): Iterable<ReplicaSet> {
    return this.informers.informer('replicasets').byIndex('controller', uid);
  }

  orphanReplicaSets(namespace: string): Iterable<ReplicaSet> {
    return this.informers.informer('replicasets').byIndex('orphan', namespace);
  }
}

const orphanNamespace = (object: KubernetesObject): string | undefined =>
  controllerOf(object) === undefined ? object.metadata.namespace : undefined;

const nodeOf = ({ spec }: Pod): string | undefined => (spec.nodeName === '' ? undefined : spec.nodeName);
