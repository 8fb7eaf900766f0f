/**
 * Who owns whom, by UID. Kubernetes v1.36.3, pkg/controller/garbagecollector/graph_builder.go.
 * Only objects that have owners, dependents or a deletion in progress are in the graph: a bare Pod costs nothing.
 */
import {
  type KubernetesObject,
  type OwnerReference,
  type ResourceName,
  resourceOfKind,
  resources,
} from '../../api/index.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export interface Identity {
  readonly resource: ResourceName;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface GraphNode extends Identity {
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  /** It waits for its dependents to be deleted first. */
  deletingDependents: boolean;
  beingDeleted: boolean;
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The node of an object, made if need be. */
  ensure(resource: ResourceName, { metadata }: KubernetesObject): GraphNode {
    const { namespace = '', name, uid } = metadata;
    return this.#ensure({ resource, namespace, name, uid });
  }

  /** Owners that were not in the graph yet: they may be absent. */
  setOwners(node: GraphNode, owners: readonly OwnerReference[]): readonly GraphNode[] {
    const fresh: GraphNode[] = [];
    for (const owner of node.owners) {
      if (!owners.some(({ uid }) => uid === owner.uid)) this.#nodes.get(owner.uid)?.dependents.delete(node);
    }
    node.owners = owners;
    for (const owner of owners) {
      const known = this.#nodes.get(owner.uid);
      const parent = known ?? this.#ensure(identityOf(owner, node.namespace));
      if (known === undefined) fresh.push(parent);
      parent.dependents.add(node);
    }
    return fresh;
  }

  /** Takes the node out; its dependents stay, with a reference that leads nowhere. */
  remove(node: GraphNode): void {
    this.#nodes.delete(node.uid);
    for (const { uid } of node.owners) this.#nodes.get(uid)?.dependents.delete(node);
  }

  #ensure(identity: Identity): GraphNode {
    let node = this.#nodes.get(identity.uid);
    if (node === undefined) {
      node = {
        ...identity,
        owners: [],
        dependents: new Set(),
        deletingDependents: false,
        beingDeleted: false,
      };
      this.#nodes.set(identity.uid, node);
    }
    return node;
  }
}

/** Dependents that keep their owner from being deleted in the foreground. */
export function blockingDependents(node: GraphNode): readonly GraphNode[] {
  return [...node.dependents].filter((dependent) =>
    dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion === true),
  );
}

/** What a reference from an object of `namespace` points at. A kind that is not served cannot exist. */
export function identityOf(owner: OwnerReference, namespace: string): Identity {
  const resource = resourceOfKind(owner.apiVersion, owner.kind) ?? 'configmaps';
  return {
    resource,
    namespace: resources[resource].namespaced ? namespace : '',
    name: owner.name,
    uid: owner.uid,
  };
}

/** Deletion has begun and waits for a finalizer of the garbage collector. */
export const waitsFor = ({ metadata }: KubernetesObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true;
