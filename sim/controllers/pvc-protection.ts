/** Keeps a claim that is being deleted until no pod uses it. Kubernetes v1.36.3, pkg/controller/volume/pvcprotection. */
import { type PersistentVolumeClaim, type Pod, splitKey } from '../api/index.ts';
import type { Informer } from '../client/index.ts';
import { type Controller, DONE, type Plan, type WorkSink } from './controller.ts';
import type { ControllerEnvironment } from './environment.ts';
import { isPodTerminal } from './pod-state.ts';

const FINALIZER = 'kubernetes.io/pvc-protection';

export class ClaimProtectionController implements Controller {
  readonly name = 'persistentvolumeclaim-protection-controller';
  readonly workers = 1;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #pods: Informer<Pod>;

  constructor({ informers }: ControllerEnvironment) {
    this.#claims = informers.informer('persistentvolumeclaims');
    this.#pods = informers.informer('pods');
  }

  start(work: WorkSink): void {
    const seen = (claim: PersistentVolumeClaim, key: string): void => {
      if (isCandidate(claim)) work.add(key);
    };
    this.#claims.addHandler({ onAdd: seen, onUpdate: (claim, _, key) => seen(claim, key) });
    const released = (pod: Pod): void => {
      for (const key of claimsOf(pod)) work.add(key);
    };
    this.#pods.addHandler({
      onUpdate: (pod, previous) => {
        if (pod.status !== previous.status && isPodTerminal(pod) && !isPodTerminal(previous)) released(pod);
      },
      onDelete: released,
    });
  }

  reconcile(key: string): Plan {
    const claim = this.#claims.get(key);
    if (claim === undefined || !isCandidate(claim) || this.#isUsed(key)) return DONE;
    const { namespace, name } = splitKey(key);
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': [FINALIZER] } };
    const target = { resource: 'persistentvolumeclaims', namespace, name } as const;
    return { writes: [{ verb: 'patch', ...target, patchType: 'strategic', patch }] };
  }

  /** By a pod that has a node and has not ended. O(pods): claims are deleted rarely, pods change often. */
  #isUsed(key: string): boolean {
    for (const pod of this.#pods.values()) {
      if ((pod.spec.nodeName ?? '') === '' || isPodTerminal(pod)) continue;
      if (claimsOf(pod).includes(key)) return true;
    }
    return false;
  }
}

const isCandidate = ({ metadata }: PersistentVolumeClaim): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FINALIZER) === true;

const NO_CLAIMS: readonly string[] = [];

/** Keys of the claims that the pod mounts. */
function claimsOf({ metadata, spec }: Pod): readonly string[] {
  let claims: string[] | undefined;
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    claims ??= [];
    claims.push(`${metadata.namespace ?? ''}/${persistentVolumeClaim.claimName}`);
  }
  return claims ?? NO_CLAIMS;
}
