/** What binding a pod's volumes means: which are bound and provisioned if it goes to a node, and what is written then. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../sim/api/index.ts';
import type { SimTime } from '../../sim/engine/index.ts';
import { type ApiRequest, stateKey } from '../../sim/scheduler/contract.ts';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

export interface Binding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** What would be bound or provisioned if the pod went to a node. */
export interface PodVolumes {
  readonly bindings: readonly Binding[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

export interface VolumeState {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound once the pod has a node. */
  readonly delayed: readonly PersistentVolumeClaim[];
  readonly byNode: Map<string, PodVolumes>;
  /** When PreBind began to wait. */
  since: SimTime | undefined;
}

/** Read by the conformance suite too. */
export const VOLUMES = stateKey<VolumeState>('VolumeBinding');

export const isEmpty = ({ bindings, provisions }: PodVolumes): boolean =>
  bindings.length === 0 && provisions.length === 0;

export const keyOfClaim = ({ metadata }: PersistentVolumeClaim): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

export function bindTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    resourceVersion,
  };
  const annotations =
    volume.spec.claimRef === undefined
      ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
      : volume.metadata.annotations;
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef },
  };
}

export const selectNode = (claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: node } },
});

export const writesFor = ({ bindings, provisions }: PodVolumes, node: string): readonly ApiRequest[] => [
  ...bindings.map(
    ({ volume, claim }): ApiRequest => ({
      verb: 'update',
      resource: 'persistentvolumes',
      object: bindTo(volume, claim),
    }),
  ),
  ...provisions.map(
    (claim): ApiRequest => ({
      verb: 'update',
      resource: 'persistentvolumeclaims',
      object: selectNode(claim, node),
    }),
  ),
];
