/**
 * The Deployment controller: which changes concern which Deployment, and which ReplicaSets are its own.
 * Kubernetes v1.36.3, pkg/controller/deployment/deployment_controller.go.
 */
import {
  controllerOf,
  type Deployment,
  matchesSelector,
  type OwnerReference,
  type Pod,
  type ReplicaSet,
} from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import type { SimTime } from '../../engine/index.ts';
import { AdoptionCandidates } from '../adoption-candidates.ts';
import { claim } from '../claims.ts';
import { type Controller, DONE, type Plan, type WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { syncDeployment } from './deployment-sync.ts';
import { SyncState } from './sync-state.ts';

export class DeploymentController implements Controller {
  readonly name = 'deployment-controller';
  readonly workers = 5;
  readonly #environment: ControllerEnvironment;
  readonly #deployments: Informer<Deployment>;
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #orphans: AdoptionCandidates<ReplicaSet>;
  /** UIDs of Deployments whose strategy is Recreate. */
  readonly #recreating = new Set<string>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#deployments = environment.informers.informer('deployments');
    this.#replicaSets = environment.informers.informer('replicasets');
    this.#orphans = new AdoptionCandidates(
      this.#replicaSets,
      (namespace) => environment.orphanReplicaSets(namespace),
      isAlive,
    );
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#deployments.addHandler({
      onAdd: (deployment, key) => this.#changed(deployment, key),
      onUpdate: (deployment, previous, key) => {
        if (deployment.metadata.uid !== previous.metadata.uid) this.#recreating.delete(previous.metadata.uid);
        this.#changed(deployment, key);
      },
      onDelete: (deployment, key) => {
        this.#recreating.delete(deployment.metadata.uid);
        this.#orphans.ownerDeleted(key);
        work.forget(key);
      },
    });
    this.#replicaSets.addHandler({
      onAdd: (rs) => this.#replicaSetChanged(rs),
      onUpdate: (rs, previous) => {
        const before = controllerOf(previous);
        if (before !== undefined && before.uid !== controllerOf(rs)?.uid) this.#enqueue(before, previous);
        this.#replicaSetChanged(rs);
      },
      onDelete: (rs) => this.#enqueue(controllerOf(rs), rs),
    });
    this.#environment.informers.informer('pods').addHandler({ onDelete: (pod) => this.#podDeleted(pod) });
  }

  #changed(deployment: Deployment, key: string): void {
    const { uid } = deployment.metadata;
    if (deployment.spec.strategy?.type === 'Recreate') this.#recreating.add(uid);
    else this.#recreating.delete(uid);
    this.#orphans.ownerSeen(key, deployment.metadata.namespace ?? '', deployment.spec.selector);
    this.#work.add(key);
  }

  /** Its Deployment looks at it; for an orphan, every Deployment that could adopt it. */
  #replicaSetChanged(rs: ReplicaSet): void {
    const controller = controllerOf(rs);
    if (controller !== undefined) this.#enqueue(controller, rs);
    else if (rs.metadata.deletionTimestamp === undefined) {
      for (const key of this.#orphans.orphanSeen(rs)) this.#work.add(key);
    }
  }

  #enqueue(reference: OwnerReference | undefined, dependent: ReplicaSet): void {
    if (reference?.kind !== 'Deployment') return;
    const key = `${dependent.metadata.namespace ?? ''}/${reference.name}`;
    if (this.#deployments.get(key)?.metadata.uid === reference.uid) this.#work.add(key);
  }

  /** Under Recreate the new pods wait for the last old one to be gone. */
  #podDeleted(pod: Pod): void {
    if (this.#recreating.size === 0) return;
    const reference = controllerOf(pod);
    if (reference?.kind !== 'ReplicaSet') return;
    const rs = this.#replicaSets.get(`${pod.metadata.namespace ?? ''}/${reference.name}`);
    if (rs === undefined || rs.metadata.uid !== reference.uid) return;
    const controller = controllerOf(rs);
    if (controller === undefined || !this.#recreating.has(controller.uid)) return;
    for (const sibling of this.#environment.replicaSetsOf(controller.uid))
      if (this.#environment.podsOf(sibling.metadata.uid).length > 0) return;
    this.#enqueue(controller, rs);
  }

  reconcile(key: string, now: SimTime): Plan {
    const deployment = this.#deployments.get(key);
    if (deployment === undefined) return DONE;
    const { uid, deletionTimestamp } = deployment.metadata;
    const { selector } = deployment.spec;
    const matching: ReplicaSet[] = [];
    const others: ReplicaSet[] = [];
    for (const rs of this.#environment.replicaSetsOf(uid))
      (matchesSelector(selector, rs.metadata.labels) ? matching : others).push(rs);
    const deleting = deletionTimestamp !== undefined;
    const claims = {
      release: deleting ? [] : others,
      adopt: deleting ? [] : this.#orphans.adoptable(key, selector),
    };
    return claim(deployment, 'deployments', 'replicasets', claims, (adopted) =>
      syncDeployment(new SyncState(this.#environment, deployment, [...matching, ...adopted], now)),
    );
  }
}

const isAlive = (rs: ReplicaSet): boolean => rs.metadata.deletionTimestamp === undefined;
