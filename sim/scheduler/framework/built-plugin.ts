/** A plugin of a profile, built, with what the search wants to know about it looked up once. */
import type { Plugin } from './interface.ts';

export class BuiltPlugin {
  readonly plugin: Plugin;
  readonly name: string;
  /** Position among the profile's plugins, below MAX_PLUGINS of plugin-mask.ts. */
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

export interface WeightedPlugin {
  readonly built: BuiltPlugin;
  readonly weight: number;
}
