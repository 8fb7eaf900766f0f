/** Node ports: pkg/registry/core/service/portallocator, Kubernetes v1.36. */
import { bandOf, RangeAllocator } from './range-allocator.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export class NodePorts {
  readonly #range: PortRange;
  readonly #offsets: RangeAllocator;

  constructor(range: PortRange) {
    const size = range.last - range.first + 1;
    this.#range = range;
    this.#offsets = new RangeAllocator(size, bandOf(size, 32, 128));
  }

  /** Undefined if all are taken; `draw` is uniform in [0, 1). */
  takeNext(draw: number): number | undefined {
    const offset = this.#offsets.takeNext(draw);
    return offset === undefined ? undefined : this.#range.first + offset;
  }

  /** Why not, or undefined if it was free and is taken now. */
  take(port: number): string | undefined {
    const { first, last } = this.#range;
    if (port < first || port > last) {
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    }
    return this.#offsets.take(port - first) ? undefined : 'provided port is already allocated';
  }

  release(port: number): void {
    this.#offsets.release(port - this.#range.first);
  }
}
