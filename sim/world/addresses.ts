/**
 * IPv4 address plan: one pod range per node, addresses inside it handed out in turn.
 * Sources: kube-controller-manager v1.36.3 (`--cluster-cidr`, `--node-cidr-mask-size` 24, ranges given in order);
 * CNI host-local IPAM (the next address after the last one handed out, wrapping; gateway is the first address).
 */
import { fillTo } from '../engine/index.ts';

/** A block of addresses: `base` is the first address as an unsigned 32-bit integer. */
export interface AddressRange {
  readonly base: number;
  readonly prefix: number;
}

/** kubeadm's and flannel's usual pod network: 256 nodes of /24. */
export const SMALL_CLUSTER_CIDR = '10.244.0.0/16';
/** For more than 256 nodes; 32,768 of /24, and clear of the Service range 10.96.0.0/12. */
export const LARGE_CLUSTER_CIDR = '10.128.0.0/9';
/** Where node addresses are taken from, the first host first. */
export const NODE_CIDR = '172.16.0.0/12';
export const NODE_CIDR_MASK_SIZE = 24;

/** Throws RangeError if `cidr` is not an IPv4 block such as `10.244.0.0/16`. */
export function parseRange(cidr: string): AddressRange {
  const slash = cidr.indexOf('/');
  const base = parseAddress(cidr.slice(0, slash));
  const prefix = Number(cidr.slice(slash + 1));
  if (slash < 0 || base === undefined || !(prefix >= 0 && prefix <= 32) || base % rangeSize(prefix) !== 0) {
    throw new RangeError(`not an IPv4 range: ${cidr}`);
  }
  return { base, prefix };
}

/** How many addresses a block of this prefix length holds. */
export const rangeSize = (prefix: number): number => 2 ** (32 - prefix);

/** The `index`-th sub-block of length `prefix`; throws RangeError if `range` does not hold it. */
export function subRange(range: AddressRange, prefix: number, index: number): AddressRange {
  const offset = index * rangeSize(prefix);
  if (offset >= rangeSize(range.prefix)) {
    throw new RangeError(`${formatRange(range)} has no room for block ${index} of /${prefix}`);
  }
  return { base: range.base + offset, prefix };
}

export function parseAddress(ip: string): number | undefined {
  let address = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= ip.length; i++) {
    const code = i < ip.length ? ip.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0 || octet > 255) return undefined;
      address = address * 256 + octet;
      octets++;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
    } else return undefined;
  }
  return octets === 4 ? address : undefined;
}

export function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

export const formatRange = (range: AddressRange): string => `${formatAddress(range.base)}/${range.prefix}`;

/**
 * The addresses of one node's pod range and who holds each. Handed out in turn: the one after the last, wrapping,
 * those in use passed over.
 */
export class AddressPool<T> {
  readonly #base: number;
  readonly #size: number;
  readonly #holders: (T | undefined)[] = [];
  #last = 1;
  /** The block of 256 addresses formatted last, and its text with the dot. */
  #block = -1;
  #blockText = '';

  constructor(range: AddressRange) {
    this.#base = range.base;
    this.#size = rangeSize(range.prefix);
  }

  /** The offset of a free address in the range; undefined if every one is taken. O(1) amortised. */
  next(): number | undefined {
    // Offset 0 is the network, 1 the gateway, the last the broadcast address.
    const end = this.#size - 1;
    for (let tried = 2; tried < end; tried++) {
      this.#last = this.#last + 1 < end ? this.#last + 1 : 2;
      if (this.#holders[this.#last] === undefined) return this.#last;
    }
    return undefined;
  }

  hold(offset: number, holder: T): void {
    fillTo(this.#holders, offset, undefined);
    this.#holders[offset] = holder;
  }

  release(offset: number): void {
    this.#holders[offset] = undefined;
  }

  at(offset: number): T | undefined {
    return this.#holders[offset];
  }

  /** In order of address. */
  holders(): readonly T[] {
    return this.#holders.filter((holder) => holder !== undefined);
  }

  format(offset: number): string {
    const address = this.#base + offset;
    const block = address >>> 8;
    if (block !== this.#block) {
      this.#block = block;
      this.#blockText = formatAddress(address).replace(/\d+$/, '');
    }
    return `${this.#blockText}${address & 255}`;
  }
}
