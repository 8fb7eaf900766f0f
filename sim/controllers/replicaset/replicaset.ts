/**
 * The ReplicaSet controller, which also serves ReplicationControllers: keeps as many active pods as the spec asks for.
 * Kubernetes v1.36.3, pkg/controller/replicaset/replica_set.go.
 */
import { controllerOf, type KubernetesObject, type Pod, splitKey } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/index.ts';
import type { Informer } from '../../client/index.ts';
import { microseconds, type SimTime } from '../../engine/index.ts';
import { claim } from '../claims.ts';
import { ConsistencyStore } from '../consistency-store.ts';
import type { Controller, EventDraft, Plan, WorkSink } from '../controller.ts';
import { DONE, isFailure, RETRY, withEvents, write } from '../controller.ts';
import { creationEvent } from '../creation-event.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { createPod } from '../pod-template.ts';
import { type Replicated, type ReplicatedKind, selectorOf } from './kinds.ts';
import type { OwnedPods } from './owned-pods.ts';
import { podsToDelete } from './pod-ranking.ts';
import { PodWatch } from './pod-watch.ts';
import { type ManageFailure, type PodCounts, replicaSetStatus } from './replicaset-status.ts';

/** Pods created or deleted in one sync at most. */
const BURST_REPLICAS = 500;

/** What one sync carries from write to write. */
interface Sync {
  readonly owner: Replicated;
  readonly key: string;
  readonly pods: OwnedPods;
  /** The counts before this sync created or deleted anything: that is what the status reports. */
  readonly counts: PodCounts;
}

export class ReplicaSetController implements Controller {
  readonly name: string;
  readonly workers = 5;
  readonly ownWrites: ConsistencyStore | undefined;
  readonly #kind: ReplicatedKind;
  readonly #environment: ControllerEnvironment;
  readonly #owners: Informer<Replicated>;
  readonly #watch: PodWatch;
  readonly #instantOf: (time: string) => number;
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment, kind: ReplicatedKind) {
    this.name = kind.controller;
    this.#kind = kind;
    this.#environment = environment;
    this.#owners = environment.informers.informer(kind.resource);
    if (kind.readsOwnWrites)
      this.ownWrites = new ConsistencyStore(this.#owners, environment.informers.informer('pods'));
    this.#watch = new PodWatch(environment, kind.kind);
    this.#instantOf = (time) => environment.instantOf(time);
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#owners.addHandler({
      onAdd: (owner, key) => this.#ownerChanged(owner, key),
      onUpdate: (owner, previous, key) => {
        if (owner.metadata.uid !== previous.metadata.uid) this.#watch.ownerDeleted(previous, key);
        this.#ownerChanged(owner, key);
      },
      onDelete: (owner, key) => {
        this.#watch.ownerDeleted(owner, key);
        work.forget(key);
        work.add(key);
      },
    });
    this.#watch.start(work);
  }

  #ownerChanged(owner: Replicated, key: string): void {
    this.#watch.ownerChanged(owner, key);
    this.#work.add(key);
  }

  reconcile(key: string, now: SimTime, settled: boolean): Plan {
    const owner = this.#owners.get(key);
    if (owner === undefined) return DONE;
    const pods = this.#watch.podsOf(owner.metadata.uid);
    pods.verify(selectorOf(owner), owner.spec.template?.metadata?.labels);
    const claims = { release: pods.mismatched(), adopt: this.#watch.adoptable(owner, key) };
    return claim(owner, this.#kind.resource, 'pods', claims, (adopted) => {
      for (const pod of adopted) pods.set(pod);
      if (adopted.length > 0) pods.verify(selectorOf(owner), owner.spec.template?.metadata?.labels);
      const counts = pods.counts(owner.spec.minReadySeconds ?? 0, now, this.#instantOf);
      return this.#manage({ owner, key, pods, counts }, now, settled);
    });
  }

  #manage(sync: Sync, now: SimTime, settled: boolean): Plan {
    const missing = (sync.owner.spec.replicas ?? 1) - sync.counts.active;
    if (!settled || missing === 0 || sync.owner.metadata.deletionTimestamp !== undefined) {
      return this.#updateStatus(sync, undefined, now);
    }
    return missing > 0
      ? this.#create(sync, Math.min(missing, BURST_REPLICAS))
      : this.#delete(sync, Math.min(-missing, BURST_REPLICAS), now);
  }

  #create(sync: Sync, count: number): Plan {
    const { owner } = sync;
    const template = owner.spec.template;
    if (template === undefined) return DONE;
    return {
      writes: new Array<ApiRequest>(count).fill(createPod(owner, template)),
      pace: 'slow-start',
      expect: 'creations',
      resume: (results, now) => {
        const error = results.find(isFailure);
        const failure: ManageFailure | undefined = error && {
          reason: 'FailedCreate',
          message: error.error.message,
        };
        return this.#updateStatus(
          sync,
          failure,
          now,
          results.flatMap((result) => creationEvent(owner, result)),
        );
      },
    };
  }

  #delete(sync: Sync, count: number, now: SimTime): Plan {
    const relatedOn = this.#relatedPodsOnNode(sync.owner);
    const victims = podsToDelete(sync.pods.active(), relatedOn, count, now, this.#instantOf);
    return {
      writes: victims.map(deletePod),
      expect: 'deletions',
      resume: (results, later) => {
        const error = results.find(isFailure);
        const failure: ManageFailure | undefined = error && {
          reason: 'FailedDelete',
          message: error.error.message,
        };
        const events = results.flatMap((result, i) => deletionEvent(sync.owner, victims[i]!, result));
        return this.#updateStatus(sync, failure, later, events);
      },
    };
  }

  /** Counts active pods on a node, of all ReplicaSets with the same controller; none for a bare ReplicaSet. */
  #relatedPodsOnNode(owner: Replicated): (node: string) => number {
    const controller = controllerOf(owner);
    if (controller === undefined || this.#kind.resource !== 'replicasets') return () => 0;
    const siblings = Array.from(this.#environment.replicaSetsOf(controller.uid), ({ metadata }) =>
      this.#watch.podsOf(metadata.uid),
    );
    return (node) => {
      let count = 0;
      for (const pods of siblings) count += pods.podsOnNode(node);
      return count;
    };
  }

  #updateStatus(
    sync: Sync,
    failure: ManageFailure | undefined,
    now: SimTime,
    events: readonly EventDraft[] = [],
  ): Plan {
    const { owner, counts } = sync;
    const status = replicaSetStatus({
      previous: owner.status,
      generation: owner.metadata.generation ?? 0,
      counts,
      failure,
      now: this.#environment.clock.timestamp(now),
      reportTerminating: this.#kind.reportTerminating,
    });
    const plan =
      status === undefined
        ? this.#last(sync, failure, now)
        : this.#writeStatus(sync, owner, { ...owner, status }, failure, false);
    return withEvents(plan, events);
  }

  /** A conflict is tried once more on the newest object with the same counts. */
  #writeStatus(
    sync: Sync,
    base: KubernetesObject,
    next: Replicated,
    failure: ManageFailure | undefined,
    again: boolean,
  ): Plan {
    const object: KubernetesObject = again ? { ...next, metadata: base.metadata } : next;
    const { resource } = this.#kind;
    return write({ verb: 'update', resource, object, subresource: 'status' }, (result, now) => {
      if (result.ok) return this.#last(sync, failure, now);
      if (again) return RETRY;
      const { namespace, name } = splitKey(sync.key);
      return write({ verb: 'get', resource, namespace, name }, (fresh) =>
        fresh.ok ? this.#writeStatus(sync, fresh.object, next, failure, true) : RETRY,
      );
    });
  }

  #last({ owner, pods }: Sync, failure: ManageFailure | undefined, now: SimTime): Plan {
    if (failure !== undefined) return RETRY;
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    if (minReadySeconds === 0) return DONE;
    const next = pods.nextAvailable(minReadySeconds, now, this.#instantOf);
    return next === undefined ? DONE : { writes: [], requeueAfter: microseconds(next) };
  }
}

function deletionEvent(object: Replicated, { metadata }: Pod, result: ApiResult): readonly EventDraft[] {
  if (result.ok)
    return [{ object, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}` }];
  if (!isFailure(result)) return [];
  return [
    { object, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${result.error.message}` },
  ];
}

const deletePod = ({ metadata }: Pod): ApiRequest => ({
  verb: 'delete',
  resource: 'pods',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
