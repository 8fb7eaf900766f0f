/** What the informers tell becomes cache and queue: `pkg/scheduler/eventhandlers.go`, Kubernetes v1.36. */
import { isTerminating, type KubernetesObject, type Node, type Pod } from '../api/index.ts';
import type { Informer, SharedInformerFactory } from '../client/index.ts';
import type { SchedulerCache } from './cache/cache.ts';
import {
  Action,
  ASSIGNED_POD_ADD,
  ASSIGNED_POD_DELETE,
  clusterEvent,
  type EventResource,
  NODE_ADD,
  NODE_DELETE,
} from './framework/cluster-event.ts';
import type { Listers } from './framework/listers.ts';
import { mayHelpOthers, nodeEvents, podEvents } from './framework/pod-events.ts';
import { schedulerNameOf } from './framework/profile.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

/** The scheduler does not look at pods that are over. */
const LIVE_PODS = 'status.phase!=Succeeded,status.phase!=Failed';

export const podInformer = (informers: SharedInformerFactory): Informer<Pod> =>
  informers.informer('pods', { fieldSelector: LIVE_PODS });

export function informerListers(informers: SharedInformerFactory) {
  return {
    namespaces: informers.informer('namespaces'),
    services: informers.informer('services'),
    replicationControllers: informers.informer('replicationcontrollers'),
    replicaSets: informers.informer('replicasets'),
    statefulSets: informers.informer('statefulsets'),
    podDisruptionBudgets: informers.informer('poddisruptionbudgets'),
    persistentVolumes: informers.informer('persistentvolumes'),
    persistentVolumeClaims: informers.informer('persistentvolumeclaims'),
    storageClasses: informers.informer('storageclasses'),
    csiNodes: informers.informer('csinodes'),
    csiDrivers: informers.informer('csidrivers'),
    csiStorageCapacities: informers.informer('csistoragecapacities'),
    volumeAttachments: informers.informer('volumeattachments'),
  } satisfies Listers;
}

/** Each state of each object that a policy can come by, as soon as it is known: to be called before any other handler is added. */
export function onEveryState(informers: SharedInformerFactory, see: (object: object) => void): void {
  const handler = { onAdd: see, onUpdate: see };
  informers.informer('nodes').addHandler(handler);
  podInformer(informers).addHandler(handler);
  for (const informer of Object.values(informerListers(informers))) informer.addHandler(handler);
}

export interface EventTargets {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  /** Whether one of the profiles is the pod's scheduler. */
  isResponsible(schedulerName: string): boolean;
  /** An assumed pod is deleted while it waits for Permit; false if it does not. */
  rejectWaiting(uid: string): boolean;
}

const isAssigned = (pod: Pod): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;

export class EventHandlers {
  readonly #targets: EventTargets;

  constructor(targets: EventTargets) {
    this.#targets = targets;
  }

  listen(informers: SharedInformerFactory): void {
    informers.informer('nodes').addHandler({
      onAdd: (node) => this.#nodeAdded(node),
      onUpdate: (node, before) => this.#nodeUpdated(before, node),
      onDelete: (node) => this.#nodeDeleted(node),
    });
    podInformer(informers).addHandler({
      onAdd: (pod, key, slot) => this.#podAdded(pod, key, slot),
      onUpdate: (pod, before, key, slot) => this.#podUpdated(before, pod, key, slot),
      onDelete: (pod, key) => this.#podDeleted(pod, key),
    });
    this.#watch('PersistentVolume', informers.informer('persistentvolumes'));
    this.#watch('PersistentVolumeClaim', informers.informer('persistentvolumeclaims'));
    this.#watch('StorageClass', informers.informer('storageclasses'));
    this.#watch('CSINode', informers.informer('csinodes'));
    this.#watch('CSIDriver', informers.informer('csidrivers'));
    this.#watch('CSIStorageCapacity', informers.informer('csistoragecapacities'));
    this.#watch('VolumeAttachment', informers.informer('volumeattachments'));
  }

  /** Any change of such an object may help pods. */
  #watch<T extends KubernetesObject>(resource: EventResource, informer: Informer<T>): void {
    const { queue } = this.#targets;
    const added = clusterEvent(resource, Action.add, `${resource}Add`);
    const updated = clusterEvent(resource, Action.update, `${resource}Update`);
    const deleted = clusterEvent(resource, Action.delete, `${resource}Delete`);
    informer.addHandler({
      onAdd: (object) => queue.moveAll(added, undefined, object),
      onUpdate: (object, before) => queue.moveAll(updated, before, object),
      onDelete: (object) => queue.moveAll(deleted, object, undefined),
    });
  }

  #nodeAdded(node: Node): void {
    this.#targets.cache.setNode(node);
    this.#targets.queue.moveAll(NODE_ADD, undefined, node);
  }

  #nodeUpdated(before: Node, node: Node): void {
    this.#targets.cache.setNode(node);
    for (const event of nodeEvents(before, node)) this.#targets.queue.moveAll(event, before, node);
  }

  #nodeDeleted(node: Node): void {
    this.#targets.queue.moveAll(NODE_DELETE, node, undefined);
    this.#targets.cache.removeNode(node.metadata.name);
  }

  #podAdded(pod: Pod, key: string, slot: number): void {
    if (isAssigned(pod)) this.#assigned(pod);
    else if (this.#isResponsible(pod)) this.#targets.queue.add(pod, key, slot);
  }

  #podUpdated(before: Pod, pod: Pod, key: string, slot: number): void {
    const { cache, queue } = this.#targets;
    if (isAssigned(before)) {
      cache.addPod(pod);
      if (!mayHelpOthers(before, pod)) return;
      for (const event of podEvents(before, pod)) queue.moveAll(event, before, pod);
    } else if (isAssigned(pod)) {
      // An assumed pod waits no more.
      if (!this.#assigned(pod) && this.#isResponsible(before)) queue.delete(before, key);
    } else if (this.#isResponsible(before)) this.#waitingPodUpdated(before, pod, slot);
  }

  /** True if the pod had been assumed. */
  #assigned(pod: Pod): boolean {
    const assumed = this.#targets.cache.addPod(pod);
    this.#targets.queue.moveAll(ASSIGNED_POD_ADD, undefined, pod);
    return assumed;
  }

  #waitingPodUpdated(before: Pod, pod: Pod, slot: number): void {
    const { cache, queue } = this.#targets;
    if (before.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    if (cache.isAssumed(pod.metadata.uid)) {
      if (isTerminating(pod) && !isTerminating(before)) this.#assumedPodGoes(pod);
      return;
    }
    queue.update(before, pod, slot);
    // To pods of no higher priority a nomination is as good as a pod there: they may fit once it is withdrawn.
    const nominee = before.status?.nominatedNodeName ?? '';
    if (nominee !== '' && nominee !== (pod.status?.nominatedNodeName ?? ''))
      this.#released(before, (other) => priorityOf(other) <= priorityOf(before));
  }

  #podDeleted(pod: Pod, key: string): void {
    const { cache, queue } = this.#targets;
    if (isAssigned(pod)) {
      cache.removePod(pod.metadata.uid);
      this.#released(pod);
      return;
    }
    if (!this.#isResponsible(pod)) return;
    queue.delete(pod, key);
    if (cache.isAssumed(pod.metadata.uid)) this.#assumedPodGoes(pod);
    else if ((pod.status?.nominatedNodeName ?? '') !== '')
      this.#released(pod, (other) => priorityOf(other) <= priorityOf(pod));
  }

  /** Its binding will fail; what it holds is free now. */
  #assumedPodGoes(pod: Pod): void {
    const { cache, rejectWaiting } = this.#targets;
    const uid = pod.metadata.uid;
    const assumed = cache.podOf(uid) ?? pod;
    if (!rejectWaiting(uid)) cache.forget(uid);
    this.#released(assumed);
  }

  #released(pod: Pod, preCheck?: (pod: Pod) => boolean): void {
    this.#targets.queue.moveAll(ASSIGNED_POD_DELETE, pod, undefined, preCheck);
  }

  #isResponsible(pod: Pod): boolean {
    return this.#targets.isResponsible(schedulerNameOf(pod));
  }
}
