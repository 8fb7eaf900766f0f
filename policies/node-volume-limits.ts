/**
 * NodeVolumeLimits: a CSI driver attaches only so many volumes to a node. `plugins/nodevolumelimits/csi.go`, Kubernetes v1.36.
 * DEVIATION: in-tree volumes are not translated to CSI, so they do not count.
 */
import type { CSINode, PersistentVolumeClaim, Pod, Volume } from '../sim/api/index.ts';
import {
  Action,
  claimClass,
  claimedVolumes,
  claimNotFound,
  failure,
  foreignClaim,
  type Handle,
  interest,
  type Listers,
  mountsClaim,
  type NodeState,
  type Plugin,
  SKIP,
  type Status,
  takesRoom,
  unresolvable,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const EXCEEDED = unschedulable('node(s) exceed max volume count');

/** Unique volume → its driver. */
type Attached = Map<string, string>;

export const nodeVolumeLimits = (_args: unknown, { listers }: Handle): Plugin => ({
  name: 'NodeVolumeLimits',
  ignores: ({ mountsStorage }) => !mountsStorage,
  preFilter: (_state, pod) => ((pod.spec.volumes ?? []).some(mayAttach) ? undefined : SKIP),
  filter: (_state, pod, node) => {
    const wanted: Attached = new Map();
    const wrong = collect(pod, listers, wanted, true);
    if (wrong !== undefined) return wrong;
    const limits = limitsOf(listers.csiNodes.get(node.name));
    if (wanted.size === 0 || limits.size === 0) return undefined;
    return exceeds(wanted, attachedTo(node, listers), limits) ? EXCEEDED : undefined;
  },
  events: () => [
    interest('CSINode', Action.add),
    interest('CSINode', Action.update, (_pod, before, after) => raisesLimit(before, after)),
    interest('Pod', Action.delete, (_pod, gone) => gone !== undefined && holdsVolumes(gone)),
    interest(
      'PersistentVolumeClaim',
      Action.add,
      (pod, _before, after) => after !== undefined && mountsClaim(pod, after),
    ),
    interest('VolumeAttachment', Action.delete, (pod, gone) =>
      (pod.spec.volumes ?? []).some(
        (volume) =>
          volume.persistentVolumeClaim !== undefined ||
          (gone !== undefined && migratedDriver(volume) === gone.spec.attacher),
      ),
    ),
  ],
});

/** The CSI driver that stands in for a volume that the pod describes itself; undefined if there is none. */
function migratedDriver(volume: Volume): string | undefined {
  if (volume.gcePersistentDisk !== undefined) return 'pd.csi.storage.gke.io';
  if (volume.awsElasticBlockStore !== undefined) return 'ebs.csi.aws.com';
  return volume.azureDisk === undefined ? undefined : 'disk.csi.azure.com';
}

const mayAttach = (volume: Volume): boolean =>
  volume.persistentVolumeClaim !== undefined ||
  volume.ephemeral !== undefined ||
  migratedDriver(volume) !== undefined;

const holdsVolumes = (pod: Pod): boolean => takesRoom(pod) && (pod.spec.volumes ?? []).some(mayAttach);

/** Driver → how many volumes it attaches to the node. */
function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  return limits;
}

/** Adds the CSI volumes of a pod; a new pod's missing claim is a rejection, a running pod's is not counted. */
function collect(pod: Pod, listers: Listers, attached: Attached, isNew: boolean): Status | undefined {
  const namespace = pod.metadata.namespace ?? '';
  for (const { claimName, ephemeral } of claimedVolumes(pod)) {
    const claim = listers.persistentVolumeClaims.get(`${namespace}/${claimName}`);
    if (claim === undefined) {
      if (isNew) return unresolvable(`looking up PVC ${namespace}/${claimName}: ${claimNotFound(claimName)}`);
      continue;
    }
    const foreign = ephemeral ? foreignClaim(pod, claim) : undefined;
    if (foreign !== undefined) return failure(foreign);
    const [driver, handle] = driverAndHandle(claim, listers);
    if (driver !== '' && handle !== '') attached.set(`${driver}/${handle}`, driver);
  }
  return undefined;
}

/** Empty texts if the volume is not a CSI volume. */
function driverAndHandle(claim: PersistentVolumeClaim, listers: Listers): readonly [string, string] {
  const volume = listers.persistentVolumes.get(claim.spec.volumeName ?? '');
  if (volume !== undefined) return [volume.spec?.csi?.driver ?? '', volume.spec?.csi?.volumeHandle ?? ''];
  // Not provisioned yet: any handle of its own will do.
  const storageClass = listers.storageClasses.get(claimClass(claim));
  const handle = `unbound-${claim.metadata.namespace}/${claim.metadata.name}`;
  return storageClass === undefined ? ['', ''] : [storageClass.provisioner, handle];
}

/** What is attached to the node, or will be for the pods on it. */
function attachedTo(node: NodeState, listers: Listers): Attached {
  const attached: Attached = new Map();
  for (const { pod } of node.pods) if (pod.spec.volumes !== undefined) collect(pod, listers, attached, false);
  for (const { spec } of listers.volumeAttachments.values()) {
    if (spec.nodeName !== node.name || spec.attacher === '') continue;
    const csi = listers.persistentVolumes.get(spec.source.persistentVolumeName ?? '')?.spec?.csi;
    if (csi !== undefined) attached.set(`${spec.attacher}/${csi.volumeHandle}`, spec.attacher);
  }
  return attached;
}

function exceeds(wanted: Attached, attached: Attached, limits: ReadonlyMap<string, number>): boolean {
  const counts = new Map<string, number>();
  const added = new Set<string>();
  for (const driver of attached.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  for (const [volume, driver] of wanted)
    if (!attached.has(volume)) {
      counts.set(driver, (counts.get(driver) ?? 0) + 1);
      added.add(driver);
    }
  for (const driver of added) {
    const limit = limits.get(driver);
    if (limit !== undefined && counts.get(driver)! > limit) return true;
  }
  return false;
}

function raisesLimit(before: CSINode | undefined, after: CSINode | undefined): boolean {
  const was = limitsOf(before);
  for (const [driver, limit] of limitsOf(after)) if (limit > (was.get(driver) ?? 0)) return true;
  return false;
}
