/**
 * What may happen in a cluster that can make a waiting pod schedulable:
 * `k8s.io/kubernetes/pkg/scheduler/framework/{events,types}.go`, v1.36.
 */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeAttachment,
} from '../../api/index.ts';

/** Bits: an event carries one, a plugin registers for several. */
export const Action = {
  add: 1 << 0,
  delete: 1 << 1,
  updateNodeAllocatable: 1 << 2,
  updateNodeLabel: 1 << 3,
  updateNodeTaint: 1 << 4,
  updateNodeCondition: 1 << 5,
  updateNodeAnnotation: 1 << 6,
  updatePodLabel: 1 << 7,
  updatePodScaleDown: 1 << 8,
  updatePodToleration: 1 << 9,
  updatePodSchedulingGatesEliminated: 1 << 10,
  /** Any other change. */
  update: 1 << 11,
} as const;

export interface EventObjects {
  /** A pod that runs, waits to run, or is the waiting pod itself. */
  Pod: Pod;
  Node: Node;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  StorageClass: StorageClass;
  CSINode: CSINode;
  CSIDriver: CSIDriver;
  CSIStorageCapacity: CSIStorageCapacity;
  VolumeAttachment: VolumeAttachment;
}

export type EventResource = keyof EventObjects;

export interface ClusterEvent {
  readonly resource: EventResource | '*';
  readonly actions: number;
  /** As it appears in upstream's metrics, e.g. `AssignedPodDelete`. */
  readonly label: string;
}

/** True if the change may make `pod` schedulable: `Queue`; false: `QueueSkip`. Absent objects: did or does not exist. */
export type QueueingHint<T> = (pod: Pod, before: T | undefined, after: T | undefined) => boolean;

/** A plugin's interest: events of this resource with any of these actions; without a hint all of them count. */
export interface EventInterest {
  readonly resource: EventResource;
  readonly actions: number;
  readonly hint?: QueueingHint<unknown> | undefined;
}

/** Pairs a resource with a hint over its objects. */
export function interest<R extends EventResource>(
  resource: R,
  actions: number,
  hint?: QueueingHint<EventObjects[R]>,
): EventInterest {
  // The queue hands objects of `resource` only.
  return { resource, actions, hint: hint as QueueingHint<unknown> | undefined };
}

/** Moves every pod, whatever rejected it. */
export const UNSCHEDULABLE_TIMEOUT: ClusterEvent = {
  resource: '*',
  actions: ~0,
  label: 'UnschedulableTimeout',
};
/** A plugin or the preemptor asks for this pod to be tried again. */
export const FORCE_ACTIVATE: ClusterEvent = { resource: '*', actions: ~0, label: 'ForceActivate' };

const event = (resource: EventResource, actions: number, label: string): ClusterEvent => ({
  resource,
  actions,
  label,
});

export const ASSIGNED_POD_ADD = event('Pod', Action.add, 'AssignedPodAdd');
export const ASSIGNED_POD_DELETE = event('Pod', Action.delete, 'AssignedPodDelete');
export const NODE_ADD = event('Node', Action.add, 'NodeAdd');
export const NODE_DELETE = event('Node', Action.delete, 'NodeDelete');

export const clusterEvent = event;
export const isWildcard = (event: ClusterEvent): boolean => event.resource === '*';
