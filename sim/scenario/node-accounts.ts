/**
 * What pods hold on the nodes, summed independently of scheduler and kubelet, against what the nodes offer: a row of numbers
 * per node, found by its name, whether or not its object exists just now.
 */
import type { PodResources } from '../api/index.ts';
import type { NodeResources } from '../node/index.ts';

/** Columns of a row begin here: four amounts each. */
export const Sum = {
  /** Pods that a scheduler bound and that are not over. */
  bound: 0,
  /** Pods that the kubelet has taken and not yet given up. */
  admitted: 4,
} as const;
export type Sum = (typeof Sum)[keyof typeof Sum];

/** The most that the node has offered so far. */
const OFFERED = 8;
const COLUMNS = 12;
const FIRST_ROWS = 128;

const PODS = 0;
const CPU = 1;
const MEMORY = 2;
const STORAGE = 3;

export class NodeAccounts {
  readonly #rows = new Map<string, number>();
  #amounts = new Float64Array(FIRST_ROWS * COLUMNS);
  /** Of extended resources, where there are any, by the place of the sum. */
  readonly #scalars = new Map<number, Map<string, number>>();

  /** Of the node with that name. */
  row(node: string): number {
    return this.#rows.get(node) ?? this.#add(node);
  }

  nodes(): IterableIterator<string> {
    return this.#rows.keys();
  }

  #add(node: string): number {
    const row = this.#rows.size;
    const place = row * COLUMNS;
    if (place === this.#amounts.length) {
      const grown = new Float64Array(2 * place);
      grown.set(this.#amounts);
      this.#amounts = grown;
    }
    this.#amounts[place + OFFERED] = Number.NaN;
    this.#rows.set(node, row);
    return row;
  }

  pods(row: number, sum: Sum): number {
    return this.#amounts[row * COLUMNS + sum + PODS]!;
  }

  /** O(1) for pods without extended resources. */
  add(row: number, sum: Sum, resources: PodResources, sign: 1 | -1): void {
    const amounts = this.#amounts;
    const place = row * COLUMNS + sum;
    amounts[place + PODS]! += sign;
    amounts[place + CPU]! += sign * resources.cpuMilli;
    amounts[place + MEMORY]! += sign * resources.memoryBytes;
    amounts[place + STORAGE]! += sign * resources.ephemeralStorageBytes;
    if (resources.scalars.size === 0) return;
    const scalars = this.#scalarsAt(place);
    for (const [name, units] of resources.scalars) scalars.set(name, (scalars.get(name) ?? 0) + sign * units);
  }

  #scalarsAt(place: number): Map<string, number> {
    let scalars = this.#scalars.get(place);
    if (scalars === undefined) this.#scalars.set(place, (scalars = new Map()));
    return scalars;
  }

  /** A node that shrinks does not lose the pods it has, and bindings decided before may still arrive: the most counts. */
  offers(row: number, { pods, cpuMilli, memoryBytes, ephemeralStorageBytes, scalars }: NodeResources): void {
    const place = row * COLUMNS + OFFERED;
    const first = Number.isNaN(this.#amounts[place]!);
    for (const [i, amount] of [pods, cpuMilli, memoryBytes, ephemeralStorageBytes].entries()) {
      const known = this.#amounts[place + i]!;
      this.#amounts[place + i] = first ? amount : Math.max(known, amount);
    }
    const most = this.#scalarsAt(place);
    for (const [name, units] of scalars) most.set(name, Math.max(units, most.get(name) ?? 0));
  }

  /**
   * What there is too much of among the things that `wanted` asks for, in words; undefined if all of it fits or the node has
   * offered nothing yet. Extended resources that the node does not name are not its own.
   */
  excess(row: number, sum: Sum, wanted: PodResources): string | undefined {
    const amounts = this.#amounts;
    const held = row * COLUMNS + sum;
    const offered = row * COLUMNS + OFFERED;
    const exceeds = (i: number): boolean => amounts[held + i]! > amounts[offered + i]!;
    const text = (what: string, i: number) => worded(what, amounts[held + i]!, amounts[offered + i]!);
    if (Number.isNaN(amounts[offered]!)) return undefined;
    if (exceeds(PODS)) return text('pods', PODS);
    if (exceeds(CPU) && wanted.cpuMilli > 0) return text('cpu (milli)', CPU);
    if (exceeds(MEMORY) && wanted.memoryBytes > 0) return text('memory (bytes)', MEMORY);
    if (exceeds(STORAGE) && wanted.ephemeralStorageBytes > 0)
      return text('ephemeral-storage (bytes)', STORAGE);
    return wanted.scalars.size === 0 ? undefined : this.#excessOfScalars(held, offered, wanted.scalars);
  }

  #excessOfScalars(held: number, offered: number, wanted: ReadonlyMap<string, number>): string | undefined {
    for (const name of wanted.keys()) {
      const units = this.#scalarsAt(held).get(name) ?? 0;
      const limit = this.#scalarsAt(offered).get(name);
      if (limit !== undefined && units > limit) return worded(name, units, limit);
    }
    return undefined;
  }
}

const worded = (what: string, held: number, offered: number): string => `${what}: ${held} of ${offered}`;
