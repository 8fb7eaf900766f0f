/** VolumeRestrictions: disks and claims that only one pod may use. `plugins/volumerestrictions`, Kubernetes v1.36. */
import type { Pod, Volume } from '../sim/api/index.ts';
import {
  Action,
  type CycleState,
  claimNotFound,
  type Handle,
  interest,
  namesClaim,
  type PlacedPod,
  type Plugin,
  SKIP,
  type Status,
  stateKey,
  unresolvable,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const NAME = 'VolumeRestrictions';
const DISK_CONFLICT = unschedulable('node(s) had no available disk');
const CLAIM_IN_USE = unschedulable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

/** The pod's claims that only one pod may use, and how many of them pods use already. */
class ClaimState {
  readonly exclusive: ReadonlySet<string>;
  inUse: number;

  constructor(exclusive: ReadonlySet<string>, inUse: number) {
    this.exclusive = exclusive;
    this.inUse = inUse;
  }

  fork(): ClaimState {
    return new ClaimState(this.exclusive, this.inUse);
  }
}

const STATE = stateKey<ClaimState>(`PreFilter${NAME}`);

export const volumeRestrictions = (_args: unknown, { snapshot, listers }: Handle): Plugin => {
  /** A text says what is wrong. */
  const exclusiveClaims = (pod: Pod): ReadonlySet<string> | string => {
    const exclusive = new Set<string>();
    for (const volume of pod.spec.volumes ?? []) {
      const name = volume.persistentVolumeClaim?.claimName;
      if (name === undefined) continue;
      const claim = listers.persistentVolumeClaims.get(`${pod.metadata.namespace ?? ''}/${name}`);
      if (claim === undefined) return claimNotFound(name);
      if (claim.spec.accessModes?.includes('ReadWriteOncePod')) exclusive.add(name);
    }
    return exclusive;
  };
  return {
    name: NAME,
    ignores: ({ mountsStorage }) => !mountsStorage,
    preFilter: (state, pod): Status | undefined => {
      if (pod.spec.volumes === undefined) return SKIP;
      const exclusive = exclusiveClaims(pod);
      if (typeof exclusive === 'string') return unresolvable(exclusive);
      let inUse = 0;
      for (const name of exclusive)
        if (snapshot.claimUsers.has(`${pod.metadata.namespace ?? ''}/${name}`)) inUse++;
      if (inUse === 0 && !pod.spec.volumes.some(isDisk)) return SKIP;
      state.write(STATE, new ClaimState(exclusive, inUse));
      return undefined;
    },
    addPod: (state, pod, placed) => change(state, pod, placed, 1),
    removePod: (state, pod, placed) => change(state, pod, placed, -1),
    filter: (state, pod, node) => {
      for (const volume of pod.spec.volumes ?? [])
        if (isDisk(volume) && node.pods.some((placed) => conflicts(volume, placed.pod))) return DISK_CONFLICT;
      return (state.read(STATE)?.inUse ?? 0) > 0 ? CLAIM_IN_USE : undefined;
    },
    events: () => [
      interest('Pod', Action.delete, afterPodDeleted),
      interest('Node', Action.add),
      interest(
        'PersistentVolumeClaim',
        Action.add,
        (pod, _before, after) => after !== undefined && namesClaim(pod, after),
      ),
    ],
  };
};

function change(state: CycleState, pod: Pod, { pod: other }: PlacedPod, delta: 1 | -1): undefined {
  const claims = state.read(STATE);
  if (claims === undefined || other.metadata.namespace !== pod.metadata.namespace) return;
  for (const volume of other.spec.volumes ?? [])
    if (claims.exclusive.has(volume.persistentVolumeClaim?.claimName ?? '')) claims.inUse += delta;
}

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  gcePersistentDisk !== undefined ||
  awsElasticBlockStore !== undefined ||
  rbd !== undefined ||
  iscsi !== undefined;

interface Disk {
  readonly readOnly?: boolean | undefined;
}

const bothReadOnly = (a: Disk, b: Disk): boolean => a.readOnly === true && b.readOnly === true;

/** A pod uses the same disk in a way that leaves no room for another. */
const conflicts = (volume: Volume, pod: Pod): boolean =>
  (pod.spec.volumes ?? []).some((other) => sameDisk(volume, other));

function sameDisk(a: Volume, b: Volume): boolean {
  const { gcePersistentDisk: gce, awsElasticBlockStore: ebs, iscsi, rbd } = a;
  if (gce !== undefined && gce.pdName === b.gcePersistentDisk?.pdName)
    if (!bothReadOnly(gce, b.gcePersistentDisk)) return true;
  if (ebs !== undefined && ebs.volumeID === b.awsElasticBlockStore?.volumeID) return true;
  if (iscsi !== undefined && iscsi.iqn === b.iscsi?.iqn && !bothReadOnly(iscsi, b.iscsi)) return true;
  if (rbd === undefined || b.rbd === undefined) return false;
  const shared = rbd.monitors.some((monitor) => b.rbd?.monitors.includes(monitor));
  return (
    shared &&
    (rbd.pool ?? 'rbd') === (b.rbd.pool ?? 'rbd') &&
    rbd.image === b.rbd.image &&
    !bothReadOnly(rbd, b.rbd)
  );
}

/** The deleted pod used one of this pod's disks or claims. */
function afterPodDeleted(pod: Pod, gone: Pod | undefined): boolean {
  if (gone === undefined || gone.metadata.namespace !== pod.metadata.namespace) return false;
  const claims = new Set((gone.spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName));
  return (pod.spec.volumes ?? []).some(
    (volume) =>
      (isDisk(volume) && conflicts(volume, gone)) ||
      (volume.persistentVolumeClaim !== undefined && claims.has(volume.persistentVolumeClaim.claimName)),
  );
}
