/**
 * Which images are on which nodes: the image states of `k8s.io/kubernetes/pkg/scheduler/backend/cache`, v1.36.
 * An image has one size, that of the first node to report it, for as long as any node has it.
 */
import type { Node } from '../../api/index.ts';

export interface ImageState {
  readonly bytes: number;
  /** How many nodes have it. */
  nodeCount: number;
  /** Row → 1 if the node has it. */
  rows: Uint8Array;
}

type NodeImages = NonNullable<NonNullable<Node['status']>['images']>;

export class ImageIndex {
  readonly #states = new Map<string, ImageState>();
  readonly #reported: (NodeImages | undefined)[] = [];
  #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  stateOf(name: string): ImageState | undefined {
    return this.#states.get(name);
  }

  /** Replaces what the node of `row` reported. O(1) if the list is the same object as before. */
  report(row: number, images: NodeImages | undefined): void {
    if (this.#reported[row] === images) return;
    this.#withdraw(row);
    this.#reported[row] = images;
    for (const image of images ?? [])
      for (const name of image.names ?? []) this.#insert(name, image.sizeBytes ?? 0, row);
  }

  /** Gives the scratch row the images of `row`. */
  copy(row: number, scratch: number): void {
    for (const state of this.#states.values()) state.rows[scratch] = state.rows[row]!;
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    for (const state of this.#states.values()) {
      const rows = new Uint8Array(capacity);
      rows.set(state.rows);
      state.rows = rows;
    }
  }

  #insert(name: string, bytes: number, row: number): void {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = { bytes, nodeCount: 0, rows: new Uint8Array(this.#capacity) };
      this.#states.set(name, state);
    }
    if (state.rows[row] === 1) return;
    state.rows[row] = 1;
    state.nodeCount++;
  }

  #withdraw(row: number): void {
    for (const image of this.#reported[row] ?? [])
      for (const name of image.names ?? []) {
        const state = this.#states.get(name);
        if (state === undefined || state.rows[row] === 0) continue;
        state.rows[row] = 0;
        state.nodeCount--;
        if (state.nodeCount === 0) this.#states.delete(name);
      }
  }
}
