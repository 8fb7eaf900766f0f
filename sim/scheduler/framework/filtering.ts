/**
 * PreFilter and Filter: which nodes can take a pod (`framework/runtime/framework.go`, Kubernetes v1.36: RunPreFilterPlugins,
 * RunFilterPlugins, RunFilterPluginsWithNominatedPods, RunPreFilterExtensionAddPod and …RemovePod).
 */
import type { Pod } from '../../api/index.ts';
import type { NodeState } from '../cache/node-state.ts';
import type { PlacedPod } from '../cache/placed-pod.ts';
import { SCRATCH, type Snapshot } from '../cache/snapshot.ts';
import { ANSWERS } from './answers.ts';
import type { BuiltPlugin } from './built-plugin.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin, PreFilterResult } from './interface.ts';
import type { Nominator } from './nominator.ts';
import type { PolicyGuard } from './policy-error.ts';
import { ALL_NODES, narrow, type PreFilterVerdict, rejectedWith } from './pre-filter-verdict.ts';
import type { ProfilePlugins } from './profile-plugins.ts';
import { failure, Status } from './status.ts';

const ONE_ROW = new Int32Array(1);
const ONE_VERDICT = new Int32Array(1);

/** `guard.call` is written out for each plugin and for each node: its closure made the search for a node a sixth dearer. */
export class Filtering {
  readonly #snapshot: Snapshot;
  readonly #nominator: Nominator;
  readonly #guard: PolicyGuard;
  readonly #preFilterPlugins: readonly BuiltPlugin[];
  readonly #filterPlugins: readonly BuiltPlugin[];

  constructor(plugins: ProfilePlugins, snapshot: Snapshot, nominator: Nominator, guard: PolicyGuard) {
    this.#snapshot = snapshot;
    this.#nominator = nominator;
    this.#guard = guard;
    this.#preFilterPlugins = plugins.at.preFilter;
    this.#filterPlugins = plugins.at.filter;
  }

  preFilter(state: CycleState): PreFilterVerdict {
    let narrowed: PreFilterVerdict = ALL_NODES;
    let rejection: Status | undefined;
    for (const built of this.#preFilterPlugins) {
      if (state.ignoring.has(built)) {
        state.skipFilter.add(built);
        continue;
      }
      const outcome = this.#preFilterOf(built.plugin, state);
      if (outcome === undefined) continue;
      if (outcome instanceof Status) {
        if (outcome.code === 'Skip') state.skipFilter.add(built);
        else if (outcome.code === 'Unschedulable') rejection ??= outcome.of(built.name);
        else if (outcome.code !== 'Success') return rejectedWith(outcome.of(built.name));
        continue;
      }
      narrowed = narrow(narrowed, outcome.nodeNames, built.name);
      if (narrowed.status !== undefined) return narrowed;
    }
    return rejection === undefined ? narrowed : rejectedWith(rejection);
  }

  #preFilterOf(plugin: Plugin, state: CycleState): Status | PreFilterResult | undefined {
    this.#guard.enter(plugin.name, 'PreFilter', state.pod);
    try {
      return this.#guard.checked(ANSWERS.preFilter, plugin.preFilter!(state, state.pod));
    } catch (error) {
      throw this.#guard.failure(error);
    } finally {
      this.#guard.leave();
    }
  }

  /** One Filter plugin on one node. */
  filterWith(plugin: Plugin, state: CycleState, node: NodeState): Status | undefined {
    this.#guard.enter(plugin.name, 'Filter', state.pod);
    try {
      if (plugin.filterRows !== undefined) return this.#filterRow(plugin, state, node.row);
      if (this.#guard.checking) this.#guard.freeze(node.node);
      return this.#guard.checked(ANSWERS.filter, plugin.filter!(state, state.pod, node))?.of(plugin.name);
    } catch (error) {
      throw this.#guard.failure(error);
    } finally {
      this.#guard.leave();
    }
  }

  #filterRow(plugin: Plugin, state: CycleState, row: number): Status | undefined {
    ONE_ROW[0] = row;
    ONE_VERDICT[0] = 0;
    this.#guard.checked(ANSWERS.filterRows, plugin.filterRows!(state, ONE_ROW, 1, ONE_VERDICT));
    const verdict = ONE_VERDICT[0];
    return verdict === 0 ? undefined : this.refusal(plugin, state, verdict);
  }

  /** Verdicts of one Filter plugin, which has the batch form, on the first `count` of `rows`. */
  filterRows(plugin: Plugin, state: CycleState, rows: Int32Array, count: number, verdicts: Int32Array): void {
    this.#guard.enter(plugin.name, 'Filter', state.pod);
    try {
      this.#guard.checked(ANSWERS.filterRows, plugin.filterRows!(state, rows, count, verdicts));
    } catch (error) {
      throw this.#guard.failure(error);
    } finally {
      this.#guard.leave();
    }
  }

  /** What a verdict other than 0 means. */
  refusal(plugin: Plugin, state: CycleState, verdict: number): Status {
    return this.#guard
      .call(plugin.name, 'refusal', state.pod, () => plugin.refusal!(state, verdict))
      .of(plugin.name);
  }

  /** True if the plugin says that it would pass every node. */
  isIdle(plugin: Plugin, state: CycleState): boolean {
    if (plugin.idle === undefined) return false;
    return this.#guard.call(plugin.name, 'idle', state.pod, () => plugin.idle!(state));
  }

  /** The first plugin to reject the pod on the node, or undefined. Looks at no nominated pods. */
  filterOnce(state: CycleState, node: NodeState): Status | undefined {
    for (const built of this.#filterPlugins) {
      if (state.skipFilter.has(built)) continue;
      const status = this.filterWith(built.plugin, state, node);
      if (status !== undefined && status.code !== 'Success') return status;
    }
    return undefined;
  }

  /** The node must take the pod both with and without the nominated pods of at least its priority. */
  filter(state: CycleState, node: NodeState): Status | undefined {
    const nominated = this.#moreImportantNominated(state.pod, node.name);
    if (nominated.length > 0) {
      const status = this.#filterWithAdded(state, node, nominated);
      if (status !== undefined) return status;
    }
    return this.filterOnce(state, node);
  }

  /** Pods nominated to a node that this pod has to leave room for. */
  #moreImportantNominated(pod: Pod, node: string): PlacedPod[] {
    if (this.#nominator.size === 0) return [];
    const priority = pod.spec.priority ?? 0;
    return this.#nominator
      .on(node)
      .filter(
        (other) => (other.pod.spec.priority ?? 0) >= priority && other.pod.metadata.uid !== pod.metadata.uid,
      );
  }

  #filterWithAdded(state: CycleState, node: NodeState, added: readonly PlacedPod[]): Status | undefined {
    const snapshot = this.#snapshot;
    const nested = node.row === SCRATCH;
    const fork = nested ? node : snapshot.fork(node.row);
    const forkedState = state.fork();
    try {
      for (const placed of added) {
        snapshot.addToFork(placed);
        const status = this.addPod(forkedState, placed, fork);
        if (status !== undefined) return status;
      }
      return this.filterOnce(forkedState, fork);
    } finally {
      if (nested) for (const placed of added) snapshot.removeFromFork(placed);
      else snapshot.endFork();
    }
  }

  addPod(state: CycleState, added: PlacedPod, node: NodeState): Status | undefined {
    return this.#extend('addPod', state, added, node);
  }

  removePod(state: CycleState, removed: PlacedPod, node: NodeState): Status | undefined {
    return this.#extend('removePod', state, removed, node);
  }

  #extend(
    method: 'addPod' | 'removePod',
    state: CycleState,
    placed: PlacedPod,
    node: NodeState,
  ): Status | undefined {
    for (const built of this.#preFilterPlugins) {
      const { plugin } = built;
      if (plugin[method] === undefined || state.skipFilter.has(built)) continue;
      const status = this.#guard.call(plugin.name, method, state.pod, () =>
        plugin[method]!(state, state.pod, placed, node),
      );
      if (status !== undefined && status.code !== 'Success')
        return failure(`running ${method} on PreFilter plugin ${plugin.name}: ${status.message}`);
    }
    return undefined;
  }
}
