/** Which Filter plugins of a profile have something to say about a pod, and whose verdicts are remembered. */
import type { BuiltPlugin } from '../framework/built-plugin.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Filtering } from '../framework/filtering.ts';
import { PluginMask } from '../framework/plugin-mask.ts';

export interface FilterPlan {
  /** Those left out. */
  readonly idle: PluginMask;
  /** Those whose verdicts are remembered, and the rest. */
  readonly local: readonly BuiltPlugin[];
  readonly other: readonly BuiltPlugin[];
}

export class FilterPlans {
  readonly #filters: readonly BuiltPlugin[];
  readonly #filtering: Filtering;
  /** Filters that can tell whether they would pass every node. */
  readonly #mayBeIdle: readonly BuiltPlugin[];
  readonly #idle = new PluginMask();
  /** By the filters left out. */
  readonly #plans = new Map<number, FilterPlan>();
  /** The plan of the pod last asked about. */
  latest: FilterPlan;

  constructor(filters: readonly BuiltPlugin[], filtering: Filtering) {
    this.#filters = filters;
    this.#filtering = filtering;
    this.#mayBeIdle = filters.filter(({ plugin }) => plugin.idle !== undefined);
    this.latest = this.#without(this.#idle);
  }

  /** Sets `latest`, after PreFilter; the same object for the same plugins. */
  plan(state: CycleState): void {
    const idle = this.#idle;
    idle.copyFrom(state.skipFilter);
    for (const built of this.#mayBeIdle)
      if (!idle.has(built) && this.#filtering.isIdle(built.plugin, state)) idle.add(built);
    if (!idle.equals(this.latest.idle)) this.latest = this.#without(idle);
  }

  #without(idle: PluginMask): FilterPlan {
    const known = this.#plans.get(idle.key);
    if (known !== undefined) return known;
    const asked = this.#filters.filter((built) => !idle.has(built));
    const plan = {
      idle: new PluginMask(),
      local: asked.filter(({ localFilter }) => localFilter),
      other: asked.filter(({ localFilter }) => !localFilter),
    };
    plan.idle.copyFrom(idle);
    this.#plans.set(idle.key, plan);
    return plan;
  }
}
