/**
 * Samples by counted draws of a key. The first number that a distribution asks for is the draw it is given; further ones
 * (gamma, mixtures) are draws of a key which that number makes. So no sample reaches into the draws of another purpose.
 */
import { drawAt } from '../engine/index.ts';
import type { Sampler } from './traffic-options.ts';

/** Draws have 53 bits: as integers they are keys. */
const TWO_53 = 2 ** 53;

/** One for all samples of a generator, so that none makes a closure. */
export class Sampling {
  #key = 0;
  #first = 0;
  /** Numbers drawn for this sample. */
  #count = 0;

  readonly #next = (): number => {
    const n = this.#count++;
    if (n > 0) return drawAt(this.#key, n);
    const draw = drawAt(this.#key, this.#first);
    this.#key = draw * TWO_53;
    return draw;
  };

  /** The sample that begins with draw number `first` of `key`. */
  sample(sampler: Sampler, key: number, first: number): number {
    this.#key = key;
    this.#first = first;
    this.#count = 0;
    return sampler(this.#next);
  }
}
