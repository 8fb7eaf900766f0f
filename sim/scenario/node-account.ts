/** What pods hold on one node, summed independently of scheduler and kubelet, against what the node offers. */
import type { PodResources } from '../api/index.ts';
import type { NodeResources } from '../node/index.ts';

/** Requests of some pods on a node, summed. */
export class Holding {
  pods = 0;
  cpuMilli = 0;
  memoryBytes = 0;
  ephemeralStorageBytes = 0;
  #scalars: Map<string, number> | undefined;

  /** O(1) for pods without extended resources. */
  add(resources: PodResources, sign: 1 | -1): void {
    this.pods += sign;
    this.cpuMilli += sign * resources.cpuMilli;
    this.memoryBytes += sign * resources.memoryBytes;
    this.ephemeralStorageBytes += sign * resources.ephemeralStorageBytes;
    if (resources.scalars.size > 0) this.#addScalars(resources.scalars, sign);
  }

  #addScalars(scalars: ReadonlyMap<string, number>, sign: 1 | -1): void {
    this.#scalars ??= new Map();
    for (const [name, units] of scalars)
      this.#scalars.set(name, (this.#scalars.get(name) ?? 0) + sign * units);
  }

  /**
   * What there is too much of among the things that `wanted` asks for, in words; undefined if all of it fits. Extended
   * resources that the node does not name are not its own.
   */
  excessOver(offered: NodeResources, wanted: PodResources): string | undefined {
    if (this.pods > offered.pods) return excess('pods', this.pods, offered.pods);
    if (this.cpuMilli > offered.cpuMilli && wanted.cpuMilli > 0)
      return excess('cpu (milli)', this.cpuMilli, offered.cpuMilli);
    if (this.memoryBytes > offered.memoryBytes && wanted.memoryBytes > 0)
      return excess('memory (bytes)', this.memoryBytes, offered.memoryBytes);
    if (this.ephemeralStorageBytes > offered.ephemeralStorageBytes && wanted.ephemeralStorageBytes > 0)
      return excess('ephemeral-storage (bytes)', this.ephemeralStorageBytes, offered.ephemeralStorageBytes);
    return wanted.scalars.size === 0 ? undefined : this.#excessOfScalars(offered.scalars, wanted.scalars);
  }

  #excessOfScalars(
    offered: ReadonlyMap<string, number>,
    wanted: ReadonlyMap<string, number>,
  ): string | undefined {
    for (const name of wanted.keys()) {
      const units = this.#scalars?.get(name) ?? 0;
      const limit = offered.get(name);
      if (limit !== undefined && units > limit) return excess(name, units, limit);
    }
    return undefined;
  }
}

const excess = (name: string, held: number, offered: number): string => `${name}: ${held} of ${offered}`;

/** One node by name, whether or not its object exists just now. */
export class NodeAccount {
  /** Pods that a scheduler bound and that are not over. */
  readonly bound = new Holding();
  /** Pods that the kubelet has taken and not yet given up. */
  readonly admitted = new Holding();
  /**
   * The most that the node has offered so far; undefined before its object is seen. A node that shrinks does not lose the
   * pods it has, and bindings decided before may still arrive.
   */
  offered: NodeResources | undefined;

  offers(resources: NodeResources): void {
    this.offered = this.offered === undefined ? resources : most(this.offered, resources);
  }
}

function most(a: NodeResources, b: NodeResources): NodeResources {
  const scalars = new Map(a.scalars);
  for (const [name, units] of b.scalars) scalars.set(name, Math.max(units, scalars.get(name) ?? 0));
  return {
    pods: Math.max(a.pods, b.pods),
    cpuMilli: Math.max(a.cpuMilli, b.cpuMilli),
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
    ephemeralStorageBytes: Math.max(a.ephemeralStorageBytes, b.ephemeralStorageBytes),
    scalars,
  };
}
