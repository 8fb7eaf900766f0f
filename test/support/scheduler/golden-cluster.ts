/** A recorded cluster as the simulator's scheduler sees it: the same cache, snapshot, framework and plugins as in a run. */
import { defaultPlugins, schedulerPlugins } from '../../../policies/index.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
  VolumeAttachment,
} from '../../../sim/api/index.ts';
import { RandomStreams, START } from '../../../sim/engine/index.ts';
import {
  Framework,
  type Listers,
  listerOf,
  mergePlugins,
  Nominator,
  SchedulerCache,
} from '../../../sim/scheduler/index.ts';

export interface GoldenObjects {
  readonly nodes?: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly namespaces?: readonly Namespace[];
  readonly services?: readonly Service[];
  readonly replicationControllers?: readonly ReplicationController[];
  readonly replicaSets?: readonly ReplicaSet[];
  readonly statefulSets?: readonly StatefulSet[];
  readonly persistentVolumes?: readonly PersistentVolume[];
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[];
  readonly storageClasses?: readonly StorageClass[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly csiStorageCapacities?: readonly CSIStorageCapacity[];
  readonly volumeAttachments?: readonly VolumeAttachment[];
  readonly podDisruptionBudgets?: readonly PodDisruptionBudget[];
}

export type GoldenProfile =
  | 'default'
  | { readonly name: string; readonly pluginConfig: Readonly<Record<string, unknown>> };

const listersOf = (objects: GoldenObjects): Listers => ({
  namespaces: listerOf(objects.namespaces),
  services: listerOf(objects.services),
  replicationControllers: listerOf(objects.replicationControllers),
  replicaSets: listerOf(objects.replicaSets),
  statefulSets: listerOf(objects.statefulSets),
  podDisruptionBudgets: listerOf(objects.podDisruptionBudgets),
  persistentVolumes: listerOf(objects.persistentVolumes),
  persistentVolumeClaims: listerOf(objects.persistentVolumeClaims),
  storageClasses: listerOf(objects.storageClasses),
  csiNodes: listerOf(objects.csiNodes),
  csiDrivers: listerOf(objects.csiDrivers),
  csiStorageCapacities: listerOf(objects.csiStorageCapacities),
  volumeAttachments: listerOf(objects.volumeAttachments),
});

export interface GoldenCluster {
  readonly cache: SchedulerCache;
  readonly framework: Framework;
}

export function loadCluster(objects: GoldenObjects, profile: GoldenProfile = 'default'): GoldenCluster {
  const cache = new SchedulerCache();
  const nominator = new Nominator(cache.snapshot);
  for (const node of objects.nodes ?? []) cache.setNode(node);
  for (const pod of objects.pods ?? []) {
    const nominee = pod.status?.nominatedNodeName ?? '';
    if ((pod.spec.nodeName ?? '') !== '') cache.addPod(pod);
    else if (nominee !== '') nominator.set(pod, nominee);
  }
  const random = new RandomStreams('conformance');
  const framework = new Framework(
    {
      schedulerName: 'default-scheduler',
      plugins: mergePlugins(defaultPlugins, {}),
      pluginConfig: new Map(profile === 'default' ? [] : Object.entries(profile.pluginConfig)),
    },
    schedulerPlugins,
    {
      snapshot: cache.snapshot,
      listers: listersOf(objects),
      nominator,
      now: () => START,
      draw: (purpose, object, n) => random.draw(purpose, object, n),
      isPreempting: () => false,
      waitingPods: () => [],
      activate: () => undefined,
      replay: () => '',
    },
  );
  return { cache, framework };
}
