/**
 * The garbage collector: deletes objects whose owners are gone, in the background or before their owners, or orphans them.
 * Kubernetes v1.36.3, pkg/controller/garbagecollector/garbagecollector.go. Keys are `delete <uid>` and `orphan <uid>`.
 */
import {
  type KubernetesObject,
  type OwnerReference,
  type ResourceName,
  resourceNames,
} from '../../api/index.ts';
import type { ApiRequest, PropagationPolicy } from '../../apiserver/index.ts';
import { type Controller, DONE, isFailure, type Plan, RETRY, type WorkSink, write } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import {
  blockingDependents,
  FOREGROUND,
  type GraphNode,
  type Identity,
  identityOf,
  ORPHAN,
  OwnerGraph,
  waitsFor,
} from './owner-graph.ts';

/** Upstream does not collect Events. */
const IGNORED: ReadonlySet<ResourceName> = new Set(['events']);
/** UIDs known to be absent that are remembered. */
const ABSENT_OWNERS = 500;

/** How the owners of an object stand. */
interface Owners {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
}

const NO_OWNERS: Owners = { solid: [], dangling: [], waiting: [] };
const NONE: readonly OwnerReference[] = [];

export class GarbageCollector implements Controller {
  readonly name = 'garbage-collector-controller';
  readonly workers = 20;
  readonly graph = new OwnerGraph();
  readonly #environment: ControllerEnvironment;
  readonly #absent = new Set<string>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
  }

  start(work: WorkSink): void {
    this.#work = work;
    for (const resource of resourceNames) {
      if (IGNORED.has(resource)) continue;
      this.#environment.informers.informer(resource).addHandler({
        onAdd: (object: KubernetesObject) => this.#seen(resource, object, undefined),
        onUpdate: (object: KubernetesObject, previous: KubernetesObject) =>
          this.#seen(resource, object, previous),
        onDelete: (object: KubernetesObject) => this.#gone(object.metadata.uid),
      });
    }
  }

  #seen(resource: ResourceName, object: KubernetesObject, previous: KubernetesObject | undefined): void {
    const { metadata } = object;
    const owners = metadata.ownerReferences ?? NONE;
    const deleting = metadata.deletionTimestamp !== undefined;
    if (previous === undefined ? owners.length === 0 && !deleting : isUnchanged(object, previous)) return;
    const bare = owners.length === 0 && metadata.finalizers === undefined;
    if (bare && this.graph.get(metadata.uid) === undefined) return;
    const node = this.graph.ensure(resource, object);
    node.beingDeleted = deleting;
    if (node.owners !== owners) this.#rewire(node, owners);
    if (beginsToWait(ORPHAN, object, previous)) this.#work.add(`orphan ${node.uid}`);
    if (beginsToWait(FOREGROUND, object, previous)) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) this.#tryDelete(dependent.uid);
      this.#tryDelete(node.uid);
    }
  }

  #rewire(node: GraphNode, owners: readonly OwnerReference[]): void {
    const former = node.owners;
    for (const owner of this.graph.setOwners(node, owners))
      if (!this.#exists(owner)) this.#tryDelete(owner.uid);
    // An owner that waits for its blocking dependents may go on.
    for (const { uid, blockOwnerDeletion } of former) {
      const now = owners.find((owner) => owner.uid === uid);
      const unblocked = blockOwnerDeletion === true && now?.blockOwnerDeletion !== true;
      if (unblocked && this.graph.get(uid)?.deletingDependents === true) this.#tryDelete(uid);
    }
  }

  #exists({ resource, namespace, name, uid }: Identity): boolean {
    const object = this.#environment.informers
      .informer(resource)
      .get(namespace === '' ? name : `${namespace}/${name}`);
    return object?.metadata.uid === uid;
  }

  /** The object is gone, seen or found out: dependents lose an owner, owners a dependent. */
  #gone(uid: string): void {
    const node = this.graph.get(uid);
    if (node === undefined) return;
    this.graph.remove(node);
    if (node.dependents.size > 0) this.#rememberAbsent(uid);
    for (const dependent of node.dependents) this.#tryDelete(dependent.uid);
    for (const owner of node.owners)
      if (this.graph.get(owner.uid)?.deletingDependents === true) this.#tryDelete(owner.uid);
  }

  #rememberAbsent(uid: string): void {
    this.#absent.add(uid);
    if (this.#absent.size <= ABSENT_OWNERS) return;
    for (const oldest of this.#absent) {
      this.#absent.delete(oldest);
      return;
    }
  }

  #tryDelete(uid: string): void {
    this.#work.add(`delete ${uid}`);
  }

  reconcile(key: string): Plan {
    const space = key.indexOf(' ');
    const node = this.graph.get(key.slice(space + 1));
    if (node === undefined) return DONE;
    return key.slice(0, space) === 'orphan' ? this.#orphanDependents(node) : this.#attemptToDelete(node);
  }

  #orphanDependents(owner: GraphNode): Plan {
    return {
      writes: [...owner.dependents].map((dependent) => dropOwners(dependent, [owner.uid])),
      resume: (results) => (results.some(isFailure) ? RETRY : this.#removeFinalizer(owner, ORPHAN)),
    };
  }

  #attemptToDelete(node: GraphNode): Plan {
    if (node.beingDeleted && !node.deletingDependents) return DONE;
    return write({ verb: 'get', ...target(node) }, (latest) => {
      if (!latest.ok && latest.error.code !== 404) return RETRY;
      if (!latest.ok || latest.object.metadata.uid !== node.uid) {
        this.#gone(node.uid);
        return DONE;
      }
      if (node.deletingDependents) return this.#finishForeground(node);
      const references = latest.object.metadata.ownerReferences ?? NONE;
      if (references.length === 0) return DONE;
      return this.#classify(node, references, 0, NO_OWNERS, (owners) =>
        this.#act(node, latest.object, owners),
      );
    });
  }

  #finishForeground(node: GraphNode): Plan {
    const blocking = blockingDependents(node);
    if (blocking.length === 0) return this.#removeFinalizer(node, FOREGROUND);
    for (const dependent of blocking) if (!dependent.deletingDependents) this.#tryDelete(dependent.uid);
    return DONE;
  }

  /** Looks each owner up; owners known to be absent are not asked for again. */
  #classify(
    node: GraphNode,
    references: readonly OwnerReference[],
    index: number,
    owners: Owners,
    then: (owners: Owners) => Plan,
  ): Plan {
    const reference = references[index];
    if (reference === undefined) return then(owners);
    const next = (more: Owners): Plan => this.#classify(node, references, index + 1, more, then);
    const dangling = (): Plan => next({ ...owners, dangling: [...owners.dangling, reference] });
    if (this.#absent.has(reference.uid)) return dangling();
    return write({ verb: 'get', ...target(identityOf(reference, node.namespace)) }, (result) => {
      if (!result.ok && result.error.code !== 404) return RETRY;
      if (!result.ok || result.object.metadata.uid !== reference.uid) {
        this.#rememberAbsent(reference.uid);
        return dangling();
      }
      return waitsFor(result.object, FOREGROUND)
        ? next({ ...owners, waiting: [...owners.waiting, reference] })
        : next({ ...owners, solid: [...owners.solid, reference] });
    });
  }

  #act(node: GraphNode, latest: KubernetesObject, { solid, dangling, waiting }: Owners): Plan {
    if (solid.length > 0) {
      const lost = [...dangling, ...waiting].map(({ uid }) => uid);
      return lost.length === 0 ? DONE : { writes: [dropOwners(node, lost)] };
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      const cyclic = [...node.dependents].some((dependent) => dependent.deletingDependents);
      const deletion = deleteObject(node, latest, 'Foreground');
      return cyclic ? write(unblockOwners(node, latest), () => deletion) : deletion;
    }
    return deleteObject(node, latest, policyOf(latest));
  }

  #removeFinalizer(node: GraphNode, finalizer: string): Plan {
    return write({ verb: 'get', ...target(node) }, (latest) => {
      if (!latest.ok) return latest.error.code === 404 ? DONE : RETRY;
      const { finalizers = [], resourceVersion, uid } = latest.object.metadata;
      if (uid !== node.uid || !finalizers.includes(finalizer)) return DONE;
      const metadata = { resourceVersion, finalizers: finalizers.filter((name) => name !== finalizer) };
      return { writes: [{ verb: 'patch', ...target(node), patchType: 'merge', patch: { metadata } }] };
    });
  }
}

const target = ({
  resource,
  namespace,
  name,
}: Identity): Pick<Identity, 'resource' | 'namespace' | 'name'> => ({
  resource,
  namespace,
  name,
});

const beginsToWait = (
  finalizer: string,
  object: KubernetesObject,
  previous: KubernetesObject | undefined,
): boolean => waitsFor(object, finalizer) && (previous === undefined || !waitsFor(previous, finalizer));

/** Nothing changed that the graph knows of. */
function isUnchanged({ metadata: a }: KubernetesObject, { metadata: b }: KubernetesObject): boolean {
  return (
    a.ownerReferences === b.ownerReferences &&
    a.deletionTimestamp === b.deletionTimestamp &&
    a.finalizers === b.finalizers
  );
}

/** What its finalizers ask for; else Background. */
function policyOf({ metadata }: KubernetesObject): PropagationPolicy {
  if (metadata.finalizers?.includes(ORPHAN) === true) return 'Orphan';
  return metadata.finalizers?.includes(FOREGROUND) === true ? 'Foreground' : 'Background';
}

function deleteObject(node: GraphNode, latest: KubernetesObject, propagationPolicy: PropagationPolicy): Plan {
  const { uid, resourceVersion } = latest.metadata;
  const options = { propagationPolicy, preconditions: { uid, resourceVersion } };
  return { writes: [{ verb: 'delete', ...target(node), options }] };
}

function dropOwners(node: GraphNode, uids: readonly string[]): ApiRequest {
  const ownerReferences = uids.map((uid) => ({ $patch: 'delete', uid }));
  const patch = { metadata: { ownerReferences, uid: node.uid } };
  return { verb: 'patch', ...target(node), patchType: 'strategic', patch };
}

/** In a cycle of foreground deletions nobody must wait for this one. */
function unblockOwners(node: GraphNode, { metadata }: KubernetesObject): ApiRequest {
  const ownerReferences = (metadata.ownerReferences ?? []).map((owner) => ({
    ...owner,
    blockOwnerDeletion: false,
  }));
  const patch = { metadata: { ownerReferences, uid: node.uid } };
  return { verb: 'patch', ...target(node), patchType: 'strategic', patch };
}
