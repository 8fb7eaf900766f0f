/** Which volumes a pod gets on a node, and the binding of them: `binder.go`. */
import { isTerminating, type Node, type PersistentVolumeClaim, type Pod } from '../../sim/api/index.ts';
import { seconds } from '../../sim/engine/index.ts';
import {
  type ApiResult,
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
  isBoundTo,
  isFullyBound,
  isReachable,
  type Listers,
  SKIP,
  Status,
  type StepOutcome,
  type Turn,
  unresolvable,
} from '../../sim/scheduler/contract.ts';
import { AssumeCache } from './assume-cache.ts';
import {
  type Binding,
  isEmpty,
  keyOfClaim,
  type PodVolumes,
  SELECTED_NODE,
  VOLUMES,
  type VolumeState,
  writesFor,
} from './pod-volumes.ts';

const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const VOLUME_MISSING = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
const UNBOUND_IMMEDIATE = unresolvable('pod has unbound immediate PersistentVolumeClaims');

export class VolumeBinder {
  readonly #listers: Listers;
  readonly #cache: AssumeCache;

  constructor(handle: Handle) {
    this.#listers = handle.listers;
    this.#cache = new AssumeCache(handle);
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
      const claim = this.#cache.claim(keyIn(pod, claimName))!;
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
      const volume = this.#cache.volume(claim.spec.volumeName ?? '');
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
      const volume = findMatchingVolume(claim, this.#cache.volumes(), taken, node.metadata.labels);
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

  assume(state: CycleState, node: string): void {
    const chosen = state.read(VOLUMES)?.byNode.get(node);
    if (chosen !== undefined && !isEmpty(chosen)) this.#cache.assume(chosen, node);
  }

  revert(state: CycleState, node: string): void {
    const chosen = state.read(VOLUMES)?.byNode.get(node);
    if (chosen !== undefined) this.#cache.revert(chosen);
  }

  /** Writes the decision to the API, then waits until the volume controller has completed it. */
  bind(state: CycleState, node: string, turn: Turn, timeout: number): StepOutcome {
    const volumes = state.read(VOLUMES);
    const chosen = volumes?.byNode.get(node);
    if (volumes === undefined || chosen === undefined || isEmpty(chosen)) return undefined;
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
}

const keyIn = (pod: Pod, claimName: string): string => `${pod.metadata.namespace ?? ''}/${claimName}`;

const isRefused = (result: ApiResult): result is Extract<ApiResult, { ok: false }> => !result.ok;
