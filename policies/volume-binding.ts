/**
 * VolumeBinding: the pod's claims must be bound to volumes the node can reach, or be bindable or provisionable there; once the
 * pod has its node they are bound. `plugins/volumebinding`, Kubernetes v1.36.
 * DEVIATION: in-tree volumes are not translated to CSI; the API updates of one pod are sent at once, not one by one.
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
} from '../sim/api/index.ts';
import { isTerminating } from '../sim/api/index.ts';
import { type SimTime, seconds } from '../sim/engine/index.ts';
import {
  Action,
  type ApiRequest,
  type ApiResult,
  ArgsReader,
  bySize,
  type CycleState,
  canProvision,
  claimClass,
  claimedVolumes,
  claimNotFound,
  failure,
  findMatchingVolume,
  foreignClaim,
  type Handle,
  interest,
  isBoundTo,
  isFullyBound,
  isReachable,
  type Listers,
  type Memory,
  mountsClaim,
  type Plugin,
  SKIP,
  Status,
  type StepOutcome,
  stateKey,
  type Turn,
  unresolvable,
  volumeLimit,
} from '../sim/scheduler/contract.ts';

const NAME = 'VolumeBinding';
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const VOLUME_MISSING = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
const UNBOUND_IMMEDIATE = unresolvable('pod has unbound immediate PersistentVolumeClaims');

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';

interface Binding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** What would be bound or provisioned if the pod went to a node. */
export interface PodVolumes {
  readonly bindings: readonly Binding[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

interface VolumeState {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound once the pod has a node. */
  readonly delayed: readonly PersistentVolumeClaim[];
  readonly byNode: Map<string, PodVolumes>;
  /** When PreBind began to wait. */
  since: SimTime | undefined;
}

/** Objects this scheduler has decided to change, until the API says something newer than `base`. */
interface Assumed<T> {
  readonly base: string;
  readonly object: T;
}

interface Assumptions {
  readonly volumes: ReadonlyMap<string, Assumed<PersistentVolume>>;
  readonly claims: ReadonlyMap<string, Assumed<PersistentVolumeClaim>>;
}

/** Read by the conformance suite and by `explain`. */
export const VOLUMES = stateKey<VolumeState>(NAME);

export const volumeBinding = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const timeout = seconds(args.integer('bindTimeoutSeconds', 600, 0, 2 ** 31 - 1));
  args.raw('shape');
  args.finish();
  const binder = new VolumeBinder(handle);
  return {
    name: NAME,
    ignores: ({ mountsStorage }) => !mountsStorage,
    preFilter: (state, pod) => {
      if (pod.spec.volumes === undefined) return SKIP;
      const checked = binder.checkClaims(pod);
      if (checked !== undefined) return checked;
      const claims = binder.classify(pod);
      if (claims instanceof Status) return claims;
      state.write(VOLUMES, claims);
      return undefined;
    },
    filter: (state, _pod, node) => {
      const volumes = state.read(VOLUMES);
      if (volumes === undefined) return undefined;
      const found = binder.find(volumes, node.node);
      if (found instanceof Status) return found;
      volumes.byNode.set(node.name, found);
      return undefined;
    },
    // Scoring by capacity is off by default (StorageCapacityScoring).
    preScore: () => SKIP,
    score: () => 0,
    reserve: (state, _pod, node) => {
      binder.assume(state, node);
      return undefined;
    },
    unreserve: (state, _pod, node) => binder.revert(state, node),
    preBind: (state, _pod, node, turn) => binder.bind(state, node, turn, timeout),
    events: () => [
      interest(
        'StorageClass',
        Action.add | Action.update,
        (_pod, before, after) => before === undefined || topologyChanged(before, after),
      ),
      interest(
        'PersistentVolumeClaim',
        Action.add | Action.update,
        (pod, _before, after) => after !== undefined && mountsClaim(pod, after),
      ),
      interest('PersistentVolume', Action.add | Action.update),
      interest('Node', Action.add | Action.updateNodeLabel),
      interest(
        'CSINode',
        Action.add | Action.update,
        (_pod, before, after) => before === undefined || migratedPlugins(before) !== migratedPlugins(after),
      ),
      interest('CSIDriver', Action.update, capacityNoLongerAsked),
      interest('CSIStorageCapacity', Action.add | Action.update, (_pod, before, after) =>
        moreRoom(before, after),
      ),
    ],
  };
};

class VolumeBinder {
  readonly #listers: Listers;
  readonly #assumptions: Memory<Assumptions>;

  constructor(handle: Handle) {
    this.#listers = handle.listers;
    this.#assumptions = handle.memory<Assumptions>({ volumes: new Map(), claims: new Map() });
  }

  /** SKIP without claims; a rejection if one is missing, lost, going, or not the pod's; undefined if all are well. */
  checkClaims(pod: Pod): Status | undefined {
    const claimed = claimedVolumes(pod);
    if (claimed.length === 0) return SKIP;
    for (const { claimName, ephemeral } of claimed) {
      const claim = this.#listers.persistentVolumeClaims.get(keyIn(pod, claimName));
      if (claim === undefined)
        return unresolvable(
          ephemeral
            ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"`
            : claimNotFound(claimName),
        );
      if (claim.status?.phase === 'Lost')
        return unresolvable(
          `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`,
        );
      if (isTerminating(claim)) return unresolvable(`persistentvolumeclaim "${claimName}" is being deleted`);
      const foreign = ephemeral ? foreignClaim(pod, claim) : undefined;
      if (foreign !== undefined) return unresolvable(foreign);
    }
    return undefined;
  }

  /** Splits the claims into bound ones and those to be bound on the node. */
  classify(pod: Pod): VolumeState | Status {
    const bound: PersistentVolumeClaim[] = [];
    const delayed: PersistentVolumeClaim[] = [];
    let immediate = false;
    for (const { claimName } of claimedVolumes(pod)) {
      const claim = this.#claim(keyIn(pod, claimName))!;
      if (isFullyBound(claim)) {
        bound.push(claim);
        continue;
      }
      const waits = this.#waitsForPod(claim);
      if (waits instanceof Status) return waits;
      if (waits && (claim.spec.volumeName ?? '') === '') delayed.push(claim);
      else immediate = true;
    }
    return immediate ? UNBOUND_IMMEDIATE : { bound, delayed, byNode: new Map(), since: undefined };
  }

  #waitsForPod(claim: PersistentVolumeClaim): boolean | Status {
    const className = claimClass(claim);
    const storageClass = className === '' ? undefined : this.#listers.storageClasses.get(className);
    if (storageClass === undefined) return false;
    if (storageClass.volumeBindingMode === undefined)
      return failure(`VolumeBindingMode not set for StorageClass "${className}"`);
    return storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** What the pod's claims would be bound to on the node, or why they cannot be. */
  find({ bound, delayed }: VolumeState, node: Node): PodVolumes | Status {
    const reasons: string[] = [];
    const missing = this.#reachable(bound, node);
    if (missing === NODE_CONFLICT) reasons.push(NODE_CONFLICT);
    const found = this.#findUnbound(delayed, node);
    if (found instanceof Status) return found;
    if (typeof found === 'string') reasons.push(found);
    if (missing === VOLUME_MISSING) reasons.push(VOLUME_MISSING);
    return reasons.length > 0 || typeof found === 'string' ? unresolvable(...reasons) : found;
  }

  #reachable(bound: readonly PersistentVolumeClaim[], node: Node): string {
    for (const claim of bound) {
      const volume = this.#volume(claim.spec.volumeName ?? '');
      if (volume === undefined) return VOLUME_MISSING;
      if (!isReachable(volume, node.metadata.labels)) return NODE_CONFLICT;
    }
    return '';
  }

  #findUnbound(delayed: readonly PersistentVolumeClaim[], node: Node): PodVolumes | string | Status {
    const toMatch: PersistentVolumeClaim[] = [];
    const toProvision: PersistentVolumeClaim[] = [];
    for (const claim of delayed) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected === undefined) toMatch.push(claim);
      else if (selected === node.metadata.name) toProvision.push(claim);
      else return BIND_CONFLICT;
    }
    const bindings: Binding[] = [];
    const taken = new Set<string>();
    for (const claim of toMatch.sort(bySize)) {
      const volume = findMatchingVolume(claim, this.#volumes(), taken, node.metadata.labels);
      if (volume === undefined) {
        toProvision.push(claim);
        continue;
      }
      taken.add(volume.metadata.name);
      bindings.push({ volume, claim });
    }
    for (const claim of toProvision) {
      const verdict = canProvision(claim, node, this.#listers);
      if (typeof verdict === 'object') return failure(verdict.error);
      if (verdict !== 'possible') return verdict === 'no-capacity' ? NOT_ENOUGH_SPACE : BIND_CONFLICT;
    }
    return { bindings, provisions: toProvision };
  }

  /** From now on this scheduler counts the volumes as the pod's. */
  assume(state: CycleState, node: string): void {
    const chosen = state.read(VOLUMES)?.byNode.get(node);
    if (chosen === undefined || (chosen.bindings.length === 0 && chosen.provisions.length === 0)) return;
    const { volumes, claims } = this.#assumptions.value;
    const assumedVolumes = new Map(volumes);
    const assumedClaims = new Map(claims);
    for (const { volume, claim } of chosen.bindings)
      assumedVolumes.set(volume.metadata.name, {
        base: volume.metadata.resourceVersion,
        object: bindTo(volume, claim),
      });
    for (const claim of chosen.provisions)
      assumedClaims.set(keyOfClaim(claim), {
        base: claim.metadata.resourceVersion,
        object: selectNode(claim, node),
      });
    this.#assumptions.set({ volumes: assumedVolumes, claims: assumedClaims });
  }

  revert(state: CycleState, node: string): void {
    const chosen = state.read(VOLUMES)?.byNode.get(node);
    if (chosen === undefined) return;
    const volumes = new Map(this.#assumptions.value.volumes);
    const claims = new Map(this.#assumptions.value.claims);
    for (const { volume } of chosen.bindings) volumes.delete(volume.metadata.name);
    for (const claim of chosen.provisions) claims.delete(keyOfClaim(claim));
    this.#assumptions.set({ volumes, claims });
  }

  /** Writes the decision to the API, then waits until the volume controller has completed it. */
  bind(state: CycleState, node: string, turn: Turn, timeout: number): StepOutcome {
    const volumes = state.read(VOLUMES);
    const chosen = volumes?.byNode.get(node);
    if (volumes === undefined || chosen === undefined) return undefined;
    if (chosen.bindings.length === 0 && chosen.provisions.length === 0) return undefined;
    if (turn.number === 0) {
      volumes.since = turn.now;
      return { requests: writesFor(chosen, node) };
    }
    const refused = turn.results.find(isRefused);
    if (refused !== undefined) return failure(refused.error.message);
    const done = this.#checkBindings(chosen, node);
    if (done instanceof Status) return done;
    if (done) return undefined;
    if (turn.now - volumes.since! >= timeout) return failure('binding volumes: context deadline exceeded');
    return { pollAfter: seconds(1) };
  }

  #checkBindings({ bindings, provisions }: PodVolumes, node: string): boolean | Status {
    for (const { volume, claim } of bindings) {
      const live = this.#listers.persistentVolumes.get(volume.metadata.name);
      if (live === undefined) return failure(`binding volumes: pv "${volume.metadata.name}" not found`);
      if (live.metadata.resourceVersion === volume.metadata.resourceVersion) return false;
      if (!isBoundTo(live, claim))
        return failure(`binding volumes: ClaimRef got reset for pv "${volume.metadata.name}"`);
      const bound = this.#listers.persistentVolumeClaims.get(keyOfClaim(claim));
      if (bound === undefined || !isFullyBound(bound)) return false;
    }
    for (const claim of provisions) {
      const live = this.#listers.persistentVolumeClaims.get(keyOfClaim(claim));
      if (live === undefined) return failure(`binding volumes: ${claimNotFound(claim.metadata.name)}`);
      if (live.metadata.resourceVersion === claim.metadata.resourceVersion) return false;
      if (live.metadata.annotations?.[SELECTED_NODE] !== node)
        return failure(`binding volumes: provisioning failed for PVC "${claim.metadata.name}"`);
      if (!isFullyBound(live)) return false;
    }
    return true;
  }

  #claim(key: string): PersistentVolumeClaim | undefined {
    const live = this.#listers.persistentVolumeClaims.get(key);
    return newest(live, this.#assumptions.value.claims.get(key));
  }

  #volume(name: string): PersistentVolume | undefined {
    return newest(this.#listers.persistentVolumes.get(name), this.#assumptions.value.volumes.get(name));
  }

  *#volumes(): Iterable<PersistentVolume> {
    const { volumes } = this.#assumptions.value;
    for (const live of this.#listers.persistentVolumes.values())
      yield newest(live, volumes.get(live.metadata.name)) ?? live;
  }
}

/** What was assumed, unless the API has something newer. */
function newest<T extends { readonly metadata: { readonly resourceVersion: string } }>(
  live: T | undefined,
  assumed: Assumed<T> | undefined,
): T | undefined {
  return assumed !== undefined && live?.metadata.resourceVersion === assumed.base ? assumed.object : live;
}

const keyIn = (pod: Pod, claimName: string): string => `${pod.metadata.namespace ?? ''}/${claimName}`;
const keyOfClaim = ({ metadata }: PersistentVolumeClaim): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

const isRefused = (result: ApiResult): result is Extract<ApiResult, { ok: false }> => !result.ok;

function bindTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
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

const selectNode = (claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: node } },
});

const writesFor = ({ bindings, provisions }: PodVolumes, node: string): readonly ApiRequest[] => [
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

const topologyChanged = (before: StorageClass, after: StorageClass | undefined): boolean =>
  JSON.stringify(before.allowedTopologies) !== JSON.stringify(after?.allowedTopologies);

const migratedPlugins = (csiNode: CSINode | undefined): string | undefined =>
  csiNode?.metadata.annotations?.[MIGRATED_PLUGINS];

/** The driver of one of the pod's inline volumes no longer publishes its capacity. */
const capacityNoLongerAsked = (
  pod: Pod,
  before: CSIDriver | undefined,
  after: CSIDriver | undefined,
): boolean =>
  (pod.spec.volumes ?? []).some(({ csi }) => csi !== undefined && csi.driver === after?.metadata.name) &&
  before?.spec.storageCapacity === true &&
  after?.spec.storageCapacity !== true;

const moreRoom = (before: CSIStorageCapacity | undefined, after: CSIStorageCapacity | undefined): boolean =>
  before === undefined || (after !== undefined && volumeLimit(after) > volumeLimit(before));
