/**
 * Who owns whom, by UID. Kubernetes v1.36.3, pkg/controller/garbagecollector/graph_builder.go.
 * Only objects that have owners, dependents or finalizers to be run are in the graph: a bare Pod costs nothing.
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

const NO_OWNERS: readonly OwnerReference[] = [];
const NO_DEPENDENTS: ReadonlySet<GraphNode> = new Set();

export class GraphNode implements Identity {
  readonly resource: ResourceName;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  owners = NO_OWNERS;
  /** It waits for its dependents to be deleted first. */
  deletingDependents = false;
  beingDeleted = false;
  #dependents: Set<GraphNode> | undefined;

  constructor(resource: ResourceName, namespace: string, name: string, uid: string) {
    this.resource = resource;
    this.namespace = namespace;
    this.name = name;
    this.uid = uid;
  }

  get dependents(): ReadonlySet<GraphNode> {
    return this.#dependents ?? NO_DEPENDENTS;
  }

  attach(dependent: GraphNode): void {
    this.#dependents ??= new Set();
    this.#dependents.add(dependent);
  }

  detach(dependent: GraphNode): void {
    this.#dependents?.delete(dependent);
  }
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
    return (
      this.#nodes.get(metadata.uid) ??
      this.#add(resource, metadata.namespace ?? '', metadata.name, metadata.uid)
    );
  }

  /** Returns the owners that were not in the graph yet: they may be absent. */
  setOwners(node: GraphNode, owners: readonly OwnerReference[]): readonly GraphNode[] {
    const fresh: GraphNode[] = [];
    for (const { uid } of node.owners) {
      if (!owners.some((owner) => uid === owner.uid)) this.#nodes.get(uid)?.detach(node);
    }
    node.owners = owners;
    for (const owner of owners) {
      let parent = this.#nodes.get(owner.uid);
      if (parent === undefined) {
        const { resource, namespace, name, uid } = identityOf(owner, node.namespace);
        parent = this.#add(resource, namespace, name, uid);
        fresh.push(parent);
      }
      parent.attach(node);
    }
    return fresh;
  }

  /** Takes the node out; its dependents stay, with a reference that leads nowhere. */
  remove(node: GraphNode): void {
    this.#nodes.delete(node.uid);
    for (const { uid } of node.owners) this.#nodes.get(uid)?.detach(node);
  }

  #add(resource: ResourceName, namespace: string, name: string, uid: string): GraphNode {
    const node = new GraphNode(resource, namespace, name, uid);
    this.#nodes.set(uid, node);
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
