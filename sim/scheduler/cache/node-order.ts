/**
 * HOT PATH: the order in which nodes are tried, and which stretches of it have changed, so that a search need not look at each
 * node: `backend/cache/snapshot.go` nodeInfoList, Kubernetes v1.36.
 */
import type { Node } from '../../api/index.ts';
import { grown } from './grown.ts';
import { NodeTree, zoneKey } from './node-tree.ts';

/** Neighbours in the order of nodes whose changes are also told together. */
export const BLOCK_SHIFT = 3;
export const BLOCK = 1 << BLOCK_SHIFT;

export class NodeOrder {
  /** The first `count` entries count. */
  rows: Int32Array;
  count = 0;
  /** Changes when nodes come, go or move to another zone. */
  version = 0;
  /** `rows` are not up to date. */
  isStale = false;
  /** Position in `rows` divided by BLOCK → changes with every change of a row there, or of who is there. */
  blockGeneration: Int32Array;
  readonly #tree = new NodeTree();
  /** Undefined: the row is not in the order. */
  readonly #zones: (string | undefined)[] = [undefined];
  /** Row → block of its position; out of date while the order is. */
  #blockOf: Int32Array;

  constructor(capacity: number) {
    this.rows = new Int32Array(capacity);
    this.blockGeneration = new Int32Array(capacity);
    this.#blockOf = new Int32Array(capacity);
  }

  /** The node of a row is new, or has changed. */
  put(row: number, node: Node): void {
    const zone = zoneKey(node);
    const before = this.#zones[row];
    if (before === zone) return;
    if (before === undefined) this.count++;
    else this.#tree.remove(row, before);
    this.#tree.add(row, zone);
    this.#zones[row] = zone;
    this.#changed();
  }

  remove(row: number): void {
    this.#tree.remove(row, this.#zones[row]!);
    this.#zones[row] = undefined;
    this.count--;
    this.#changed();
  }

  #changed(): void {
    this.isStale = true;
    this.version++;
  }

  /** Brings `rows` up to date, if they are stale. */
  refresh(generation: number): void {
    this.isStale = false;
    this.#tree.list(this.rows);
    for (let at = 0; at < this.count; at++) this.#blockOf[this.rows[at]!] = at >> BLOCK_SHIFT;
    this.blockGeneration.fill(generation);
  }

  /** The row has a new generation. */
  mark(row: number, generation: number): void {
    this.blockGeneration[this.#blockOf[row]!] = generation;
  }

  grow(capacity: number): void {
    this.rows = grown(this.rows, new Int32Array(capacity));
    this.blockGeneration = grown(this.blockGeneration, new Int32Array(capacity));
    this.#blockOf = grown(this.#blockOf, new Int32Array(capacity));
  }
}
