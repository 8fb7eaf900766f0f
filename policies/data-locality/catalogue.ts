/** Where blocks lie: as listed, or placed by HDFS' rule (Shvachko et al., MSST'10). */
import { RACK_LABEL } from '../../sim/api/index.ts';
import type { Handle, Snapshot } from '../../sim/scheduler/contract.ts';
import { type Level, NODE_LOCAL, RACK_LOCAL, REMOTE } from './delay.ts';

/** Where a block lies: rows of its replicas, and their racks. */
export interface Block {
  readonly rows: ReadonlySet<number>;
  readonly racks: ReadonlySet<string>;
}

const NO_RACK = '';

export class Catalogue {
  readonly #handle: Handle;
  readonly #listed: ReadonlyMap<string, readonly string[]>;
  readonly #replicas: number;
  readonly #blocks = new Map<string, Block>();
  #nodeSetVersion = -1;

  constructor(handle: Handle, listed: ReadonlyMap<string, readonly string[]>, replicas: number) {
    this.#handle = handle;
    this.#listed = listed;
    this.#replicas = replicas;
  }

  /** O(1) for a block asked for before, while nodes stay; O(nodes) if not. */
  block(name: string): Block {
    const { snapshot } = this.#handle;
    if (this.#nodeSetVersion !== snapshot.nodeSetVersion) this.#blocks.clear();
    this.#nodeSetVersion = snapshot.nodeSetVersion;
    let block = this.#blocks.get(name);
    if (block === undefined) {
      const rows = this.#listed.get(name)?.map((node) => snapshot.rowOf(node)) ?? this.#placed(name);
      const held = rows.filter((row) => snapshot.holdsNode(row));
      const racks = new Set(held.map((row) => rackOf(snapshot, row)).filter((rack) => rack !== NO_RACK));
      this.#blocks.set(name, (block = { rows: new Set(held), racks }));
    }
    return block;
  }

  /** By rendezvous hashing, so that nodes that come and go move no other replicas. */
  #placed(name: string): number[] {
    const { snapshot } = this.#handle;
    const drawn = new Map<number, number>();
    for (let i = 0; i < snapshot.nodeCount; i++) {
      const row = snapshot.order[i]!;
      drawn.set(row, this.#handle.draw(`replica of ${name}`, snapshot.nameOf(row), 0));
    }
    const ranked = [...drawn.keys()].sort((a, b) => drawn.get(b)! - drawn.get(a)! || a - b);
    const [first] = ranked;
    if (first === undefined) return [];
    const rack = rackOf(snapshot, first);
    const second = ranked.find((row) => rackOf(snapshot, row) !== rack) ?? ranked[1];
    if (second === undefined) return [first];
    const chosen = new Set([first, second]);
    const beside = rackOf(snapshot, second);
    const preferred = ranked.filter((row) => rackOf(snapshot, row) === beside);
    for (const row of [...preferred, ...ranked]) if (chosen.size < this.#replicas) chosen.add(row);
    return [...chosen].slice(0, this.#replicas);
  }
}

const rackOf = (snapshot: Snapshot, row: number): string =>
  snapshot.nodes[row]?.metadata.labels?.[RACK_LABEL] ?? NO_RACK;

export function levelOf({ rows, racks }: Block, snapshot: Snapshot, row: number): Level {
  if (rows.has(row)) return NODE_LOCAL;
  return racks.has(rackOf(snapshot, row)) ? RACK_LOCAL : REMOTE;
}
