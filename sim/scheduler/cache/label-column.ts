/**
 * One label key over all nodes as a column of small integers, so that a topology domain is an array index.
 * A column exists once some rule has asked for its key; row 0 is the snapshot's scratch row.
 */
import type { Labels } from '../../api/index.ts';
import { Dictionary } from './dictionary.ts';

export class LabelColumn {
  readonly key: string;
  /** Row → id of the label's value; 0 where the node lacks the label or the row holds no node. */
  ids: Int32Array;
  readonly values = new Dictionary();
  /** How many nodes carry the label. */
  carriers = 0;
  /** Value id → how many nodes carry it. */
  readonly nodesOf: number[] = [0];
  /** Changes when a row that may hold pods changes value: sums by domain are to be built anew. */
  version = 0;

  constructor(key: string, capacity: number) {
    this.key = key;
    this.ids = new Int32Array(capacity);
  }

  /** Sets the value of `row` from the labels of its node, or clears it; `occupied`: there are pods on it. */
  set(row: number, labels: Labels | undefined, occupied: boolean): void {
    const value = labels?.[this.key];
    const id = value === undefined ? 0 : this.values.intern(value);
    const before = this.ids[row]!;
    if (before === id) return;
    if (occupied) this.version++;
    if (before !== 0) {
      this.carriers--;
      this.nodesOf[before]!--;
    }
    if (id !== 0) {
      this.carriers++;
      this.nodesOf[id] = (this.nodesOf[id] ?? 0) + 1;
    }
    this.ids[row] = id;
  }

  grow(capacity: number): void {
    const ids = new Int32Array(capacity);
    ids.set(this.ids);
    this.ids = ids;
  }
}
