/** One version of the rules of a service port, shared by every node whose proxier has applied it. */
import type { Endpoint } from './endpoints.ts';
import type { ServicePort } from './service-ports.ts';
import {
  isNodeDependent,
  type ProxyNode,
  type UsableEndpoints,
  usableEndpoints,
} from './usable-endpoints.ts';

/** A service port and all its endpoints, as one sync saw them. */
export interface PortState {
  readonly port: ServicePort;
  readonly endpoints: readonly Endpoint[];
}

export class PortRules {
  readonly port: ServicePort;
  readonly endpoints: readonly Endpoint[];
  /** Number of the sync that wrote it. */
  readonly revision: number;
  /** What all nodes use; undefined if it depends on the node. */
  readonly #everywhere: UsableEndpoints | undefined;
  #byNode: Map<string, UsableEndpoints> | undefined;
  #keys: Set<number> | undefined;
  #ready: readonly Endpoint[] | undefined;

  constructor(state: PortState, revision: number) {
    this.port = state.port;
    this.endpoints = state.endpoints;
    this.revision = revision;
    this.#everywhere = isNodeDependent(state.port, state.endpoints)
      ? undefined
      : usableEndpoints(state.port, state.endpoints, ANY_NODE);
  }

  /** O(1) if the same on all nodes, else O(endpoints) once per node. */
  usableBy(node: ProxyNode): UsableEndpoints {
    return this.#everywhere ?? this.#usableHere(node);
  }

  /** All ready endpoints, whatever policies and hints say. */
  get ready(): readonly Endpoint[] {
    this.#ready ??= this.endpoints.filter((endpoint) => endpoint.ready);
    return this.#ready;
  }

  /** Whether the endpoint with this key is among all endpoints, usable or not. O(1) after the first time. */
  has(key: number): boolean {
    this.#keys ??= new Set(this.endpoints.map((endpoint) => endpoint.key));
    return this.#keys.has(key);
  }

  #usableHere(node: ProxyNode): UsableEndpoints {
    this.#byNode ??= new Map();
    let usable = this.#byNode.get(node.name);
    if (usable === undefined) {
      usable = usableEndpoints(this.port, this.endpoints, node);
      this.#byNode.set(node.name, usable);
    }
    return usable;
  }
}

/** A node with no endpoint of its own, in no zone. */
export const ANY_NODE: ProxyNode = { name: '', zone: '', ip: '' };
