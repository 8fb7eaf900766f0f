/** Cluster IPs: pkg/registry/core/service/ipallocator, Kubernetes v1.36. */
import { parseCidr, parseIpv4, printIpv4 } from './address-range.ts';
import { bandOf, RangeAllocator } from './range-allocator.ts';

export class ClusterIps {
  readonly #first: number;
  readonly #offsets: RangeAllocator;

  /** `range` as in 10.96.0.0/16; throws RangeError if it is not one. Its first address is the API server's own Service. */
  constructor(range: string) {
    const { first, size } = parseCidr(range);
    this.#first = first;
    this.#offsets = new RangeAllocator(size, bandOf(size, 16, 256));
    this.#offsets.take(0);
  }

  /** Undefined if all are taken; `draw` is uniform in [0, 1). */
  takeNext(draw: number): string | undefined {
    const offset = this.#offsets.takeNext(draw);
    return offset === undefined ? undefined : printIpv4(this.#first + offset);
  }

  /** Why not, or undefined if it was free and is taken now. */
  take(address: string): string | undefined {
    const offset = this.#offsetOf(address);
    if (offset < 0 || offset >= this.#offsets.size)
      return 'the provided network does not match the current range';
    return this.#offsets.take(offset) ? undefined : 'provided IP is already allocated';
  }

  release(address: string): void {
    this.#offsets.release(this.#offsetOf(address));
  }

  #offsetOf(address: string): number {
    return (parseIpv4(address) ?? -1) - this.#first;
  }
}
