/** What the strategies of single kinds do beyond the generic ones: PrepareForCreate and PrepareForUpdate, Kubernetes v1.36. */
import {
  type DaemonSet,
  equalJson,
  type Namespace,
  type PersistentVolume,
  type ResourceName,
} from '../../api/index.ts';
import type { StoredObject } from '../stored-object.ts';

type Rule = (next: StoredObject, current: StoredObject | undefined, now: string) => StoredObject;

const templateGeneration = 'deprecated.daemonset.template.generation';

/** After a change of the object itself. */
const mainRules: Partial<Record<ResourceName, Rule>> = {
  /** Finalizers of a namespace change through its finalize subresource only. */
  namespaces: (next, current) => {
    if (current === undefined) return next;
    return {
      ...next,
      spec: { ...(next as Namespace).spec, finalizers: (current as Namespace).spec?.finalizers },
    };
  },
  daemonsets: (next, current) => {
    if (current === undefined) return next;
    const set = next as DaemonSet;
    const before = Number(current.metadata.annotations?.[templateGeneration] ?? '0');
    const changed = !equalJson(set.spec.template, (current as DaemonSet).spec.template);
    const annotations = {
      ...set.metadata.annotations,
      [templateGeneration]: String(changed ? before + 1 : before),
    };
    return { ...set, metadata: { ...set.metadata, annotations } };
  },
  persistentvolumes: (next, current, now) =>
    current === undefined ? phaseStamped(next, current, now) : next,
};

/** After a change of the status. */
const statusRules: Partial<Record<ResourceName, Rule>> = {
  persistentvolumes: phaseStamped,
};

function phaseStamped(next: StoredObject, current: StoredObject | undefined, now: string): StoredObject {
  const volume = next as PersistentVolume;
  const before = (current as PersistentVolume | undefined)?.status;
  if (current !== undefined && before?.phase === volume.status?.phase) return next;
  if (current !== undefined && volume.status?.lastPhaseTransitionTime !== before?.lastPhaseTransitionTime)
    return next;
  return { ...volume, status: { ...volume.status, lastPhaseTransitionTime: now } };
}

export const afterMainChange = (
  resource: ResourceName,
  next: StoredObject,
  current: StoredObject | undefined,
  now: string,
): StoredObject => mainRules[resource]?.(next, current, now) ?? next;

export const afterStatusChange = (
  resource: ResourceName,
  next: StoredObject,
  current: StoredObject,
  now: string,
): StoredObject => statusRules[resource]?.(next, current, now) ?? next;
