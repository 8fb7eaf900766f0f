/** Some of a profile's plugins, as bits. */

/** Plugins a profile may have: their bits fit two words, and both a safe integer. */
export const MAX_PLUGINS = 52;
const WORD = 31;

interface Indexed {
  /** Below MAX_PLUGINS. */
  readonly index: number;
}

export class PluginMask {
  #low = 0;
  #high = 0;

  add({ index }: Indexed): void {
    if (index < WORD) this.#low |= 1 << index;
    else this.#high |= 1 << (index - WORD);
  }

  has({ index }: Indexed): boolean {
    return ((index < WORD ? this.#low >> index : this.#high >> (index - WORD)) & 1) === 1;
  }

  /** The same number for the same plugins. */
  get key(): number {
    return this.#high * 2 ** WORD + this.#low;
  }

  equals(other: PluginMask): boolean {
    return this.#low === other.#low && this.#high === other.#high;
  }

  copyFrom(other: PluginMask): void {
    this.#low = other.#low;
    this.#high = other.#high;
  }
}
