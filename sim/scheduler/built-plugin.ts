/** A plugin of a profile, built, with what the search wants to know about it looked up once. */
import type { Plugin } from './framework.ts';

/** Plugins a profile may have: their skip decisions are bits of two words. */
export const MAX_PLUGINS = 52;
const WORD = 31;

export class BuiltPlugin {
  readonly plugin: Plugin;
  readonly name: string;
  /** Position among the profile's plugins, below MAX_PLUGINS. */
  readonly index: number;
  /** Filters many nodes at once, and its verdicts on a row may be remembered. */
  readonly localFilter: boolean;
  /** Scores that can be remembered per row: they look at the node alone and are not set against other nodes. */
  readonly localScore: boolean;
  readonly normalizes: boolean;

  constructor(plugin: Plugin, index: number) {
    this.plugin = plugin;
    this.name = plugin.name;
    this.index = index;
    this.normalizes = plugin.normalizeRows !== undefined || plugin.normalizeScore !== undefined;
    this.localFilter = plugin.nodeLocal === true && plugin.filterRows !== undefined;
    this.localScore = plugin.nodeLocal === true && plugin.scoreRows !== undefined && !this.normalizes;
  }
}

/** Some of a profile's plugins. */
export class PluginMask {
  #low = 0;
  #high = 0;

  add({ index }: BuiltPlugin): void {
    if (index < WORD) this.#low |= 1 << index;
    else this.#high |= 1 << (index - WORD);
  }

  has({ index }: BuiltPlugin): boolean {
    return ((index < WORD ? this.#low >> index : this.#high >> (index - WORD)) & 1) === 1;
  }

  /** The same number for the same plugins. */
  get key(): number {
    return this.#high * 2 ** WORD + this.#low;
  }

  copyFrom(other: PluginMask): void {
    this.#low = other.#low;
    this.#high = other.#high;
  }
}
