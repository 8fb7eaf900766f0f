/**
 * The rolling digest of all events. Equal digests mean equal runs; checkpoints tell where two runs part.
 */
import type { SimEvent } from './event.ts';
import { avalanche, Hash64, TextHashes } from './hash.ts';
import type { Phase } from './phase.ts';
import { instant, type SimTime } from './time.ts';

/** The digest as it was just after an event. */
export interface Checkpoint {
  /** 1 is the first event of the run. */
  readonly eventNumber: number;
  readonly time: SimTime;
  readonly hex: string;
}

/** So many checkpoints at most; when full, every second one goes and the distance doubles. */
const MAX_CHECKPOINTS = 2048;

export class EventDigest {
  readonly #state = new Hash64();
  /** Events of one object come in bursts, and of its name mostly one after the other; a larger memory would itself be cold. */
  readonly #keys = new TextHashes(2048);
  readonly #names = new TextHashes(512);
  #count = 0;
  #checkpoints: Checkpoint[] = [];
  #distance: number;
  #nextCheckpoint: number;

  /** `checkpointEvery`: events between checkpoints at first, a power of two. */
  constructor(checkpointEvery = 1024) {
    this.#distance = checkpointEvery;
    this.#nextCheckpoint = checkpointEvery;
  }

  /** Events so far. */
  get count(): number {
    return this.#count;
  }

  /** In order; `eventNumber` is a multiple of a power of two, so that any two runs have checkpoints in common. */
  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints;
  }

  /** Covers time, phase, component, and the event's kind, key and n. */
  add(time: SimTime, phase: Phase, component: string, event: SimEvent): void {
    this.addFrom(this.nameHash(component), instantLow(time), instantHigh(time, phase), event);
  }

  /** As `add`, with `nameHash(component)` and the words of the instant computed before: unlike it, they are no number objects. */
  addFrom(componentHash: number, low: number, high: number, event: SimEvent): void {
    const state = this.#state;
    const keys = this.#keys;
    keys.of(event.key);
    state.pair(low, high);
    state.pair(componentHash, this.nameHash(event.kind));
    state.pair(keys.low, keys.high);
    if (event.n !== undefined) state.integer(event.n);
    if (++this.#count === this.#nextCheckpoint) this.#check(timeOf(low, high));
  }

  /** Hash of a component's or kind's name. */
  nameHash(name: string): number {
    const names = this.#names;
    names.of(name);
    return names.low ^ names.high;
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return this.#state.hex();
  }

  /** 16 bits that depend on the whole digest as it stands, without the cost of `hex`. */
  get lastWord(): number {
    return avalanche(this.#state.low + Math.imul(this.#state.high, 5)) >>> 16;
  }

  #check(time: SimTime): void {
    this.#checkpoints.push({ eventNumber: this.#count, time, hex: this.hex() });
    if (this.#checkpoints.length === MAX_CHECKPOINTS) {
      this.#distance *= 2;
      this.#checkpoints = this.#checkpoints.filter((c) => c.eventNumber % this.#distance === 0);
    }
    this.#nextCheckpoint = this.#count + this.#distance;
  }
}

/** The two words of 32 bits in which an instant and a phase are hashed. */
export const instantLow = (time: SimTime): number => time | 0;
export const instantHigh = (time: SimTime, phase: Phase): number => Math.floor(time / 2 ** 32) * 8 + phase;
const timeOf = (low: number, high: number): SimTime => instant((high >> 3) * 2 ** 32 + (low >>> 0));

/** Where two runs parted: after event `after` they were the same, by event `by` not. Undefined if no checkpoint differs. */
export interface Divergence {
  readonly after: number;
  /** Infinity: all common checkpoints agree, so the difference is later. */
  readonly by: number;
}

/** Compares the checkpoints that both runs have. O(log n): once parted, digests stay apart. */
export function firstDivergence(a: readonly Checkpoint[], b: readonly Checkpoint[]): Divergence {
  const other = new Map(b.map((c) => [c.eventNumber, c.hex]));
  const common = a.filter((c) => other.has(c.eventNumber));
  let same = 0;
  let different = common.length;
  while (same < different) {
    const middle = (same + different) >> 1;
    const checkpoint = common[middle]!;
    if (other.get(checkpoint.eventNumber) === checkpoint.hex) same = middle + 1;
    else different = middle;
  }
  return {
    after: same === 0 ? 0 : common[same - 1]!.eventNumber,
    by: common[same]?.eventNumber ?? Number.POSITIVE_INFINITY,
  };
}
