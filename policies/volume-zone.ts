/** VolumeZone: a volume labelled with a zone or region can be mounted only there. `plugins/volumezone`, Kubernetes v1.36. */
import { type Labels, type PersistentVolume, type Pod, ZONE_LABEL } from '../sim/api/index.ts';
import {
  Action,
  claimClass,
  claimNotFound,
  classNotFound,
  type Handle,
  interest,
  type Listers,
  namesClaim,
  type Plugin,
  SKIP,
  Status,
  stateKey,
  unresolvable,
  volumeNotFound,
} from '../sim/scheduler/contract.ts';

const NAME = 'VolumeZone';
const CONFLICT = unresolvable('node(s) had no available volume zone');
/** Zone and region keys, old ones with what replaced them. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', ZONE_LABEL],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  [ZONE_LABEL, ZONE_LABEL],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
]);

interface VolumeTopology {
  readonly key: string;
  readonly values: readonly string[];
}

const STATE = stateKey<readonly VolumeTopology[]>(`PreFilter${NAME}`);

export const volumeZone = (_args: unknown, { listers }: Handle): Plugin => ({
  name: NAME,
  ignores: ({ mountsStorage }) => !mountsStorage,
  preFilter: (state, pod) => {
    const topologies = topologiesOf(pod, listers);
    if (topologies instanceof Status) return topologies;
    if (topologies.length === 0) return SKIP;
    state.write(STATE, topologies);
    return undefined;
  },
  filter: (state, _pod, node) => {
    if (![...KEYS.keys()].some((key) => node.labels[key] !== undefined)) return undefined;
    const fits = (state.read(STATE) ?? []).every(({ key, values }) =>
      values.includes(node.labels[key] ?? node.labels[KEYS.get(key)!] ?? ''),
    );
    return fits ? undefined : CONFLICT;
  },
  events: () => [
    interest(
      'StorageClass',
      Action.add,
      (_pod, _before, after) => after?.volumeBindingMode === 'WaitForFirstConsumer',
    ),
    interest('Node', Action.add | Action.updateNodeLabel),
    interest(
      'PersistentVolumeClaim',
      Action.add | Action.update,
      (pod, _before, after) => after !== undefined && namesClaim(pod, after),
    ),
    interest('PersistentVolume', Action.add | Action.update, (_pod, before, after) =>
      before === undefined || after === undefined
        ? true
        : JSON.stringify(labelledWith(before)) !== JSON.stringify(labelledWith(after)),
    ),
  ],
});

/** Where the pod's bound volumes are. */
function topologiesOf(pod: Pod, listers: Listers): readonly VolumeTopology[] | Status {
  const topologies: VolumeTopology[] = [];
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName } = persistentVolumeClaim;
    if (claimName === '') return unresolvable('PersistentVolumeClaim had no name');
    const volume = volumeOf(`${pod.metadata.namespace ?? ''}/${claimName}`, claimName, listers);
    if (volume instanceof Status) return volume;
    if (volume !== undefined) topologies.push(...labelledWith(volume));
  }
  return topologies;
}

/** Undefined if the claim is still to be bound, once the pod has a node. */
function volumeOf(key: string, name: string, listers: Listers): PersistentVolume | Status | undefined {
  const claim = listers.persistentVolumeClaims.get(key);
  if (claim === undefined) return unresolvable(claimNotFound(name));
  const volumeName = claim.spec.volumeName ?? '';
  if (volumeName !== '')
    return listers.persistentVolumes.get(volumeName) ?? unresolvable(volumeNotFound(volumeName));
  const className = claimClass(claim);
  if (className === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name');
  const storageClass = listers.storageClasses.get(className);
  if (storageClass === undefined) return unresolvable(classNotFound(className));
  if (storageClass.volumeBindingMode === undefined)
    return unresolvable(`VolumeBindingMode not set for StorageClass "${className}"`);
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer'
    ? undefined
    : unresolvable('PersistentVolume had no name');
}

function labelledWith(volume: PersistentVolume): VolumeTopology[] {
  const labels: Labels = volume.metadata.labels ?? {};
  const topologies: VolumeTopology[] = [];
  for (const key of KEYS.keys()) {
    const values = labels[key]
      ?.split('__')
      .map((value) => value.trim())
      .sort();
    // A malformed list of zones is ignored.
    if (values !== undefined && !values.includes('')) topologies.push({ key, values });
  }
  return topologies;
}
