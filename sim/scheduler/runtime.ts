/**
 * One profile at work: its plugins, built, and how each extension point runs them
 * (`framework/runtime/framework.go`, Kubernetes v1.36).
 */
import type { Pod } from '../api/index.ts';
import type { Duration, SimTime } from '../engine/index.ts';
import { BuiltPlugin } from './built-plugin.ts';
import { CycleState } from './cycle-state.ts';
import type { Diagnosis } from './diagnosis.ts';
import type {
  Handle,
  Memory,
  NarrowedNodes,
  NodeRows,
  PermitResult,
  Plugin,
  PluginRegistry,
  PostFilterResult,
  SortablePod,
  StepOutcome,
  Turn,
  WaitingPod,
} from './framework.ts';
import type { Listers } from './listers.ts';
import type { NodeState } from './node-state.ts';
import type { Nominator } from './nominator.ts';
import type { PlacedPod } from './placed-pod.ts';
import { MAX_PLUGINS, PluginMask } from './plugin-mask.ts';
import type { PodShape } from './pod-shape.ts';
import { PolicyGuard } from './policy-error.ts';
import {
  type EnabledPlugin,
  expandPoint,
  implementsPoint,
  neededPlugins,
  POINT_NAMES,
  POINTS,
  type PointName,
  type SchedulerProfile,
} from './profile.ts';
import { SCRATCH, type Snapshot } from './snapshot.ts';
import { failure, isRejection, NOTHING_TO_DO, Status } from './status.ts';

/** What a profile needs from its scheduler. */
export interface FrameworkServices {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly nominator: Nominator;
  now(): SimTime;
  draw(purpose: string, object: string, n: number): number;
  isPreempting(uid: string): boolean;
  waitingPods(): readonly WaitingPod[];
  activate(pods: readonly Pod[]): void;
  /** How to get to this point again: seed and simulated time. */
  replay(): string;
  /** Freeze what policies are given, so that writing to it is caught. */
  readonly checkPolicies?: boolean | undefined;
}

export interface WeightedPlugin {
  readonly built: BuiltPlugin;
  readonly weight: number;
}

/** What PreFilter said: a rejection, or the nodes that remain, and which plugins narrowed them. */
export interface PreFilterVerdict {
  readonly status: Status | undefined;
  readonly nodeNames: ReadonlySet<string> | undefined;
  readonly narrowedBy: readonly string[];
}

const ALL_NODES: PreFilterVerdict = { status: undefined, nodeNames: undefined, narrowedBy: [] };
const ONE_ROW = new Int32Array(1);
const ONE_VERDICT = new Int32Array(1);

export class Framework {
  readonly profileName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly snapshot: Snapshot;
  readonly nominator: Nominator;
  /**
   * PreFilter, Filter and PreScore write `guard.call` out: a closure for each plugin and pod or node made the search for a node
   * a sixth dearer, a quarter with a user's filter.
   */
  readonly guard: PolicyGuard;
  readonly handle: Handle;
  /** The profile as it was expanded, those included that have NOTHING_TO_DO at a point. */
  readonly enabled: Readonly<Record<PointName, readonly EnabledPlugin[]>>;
  /** Every plugin of the profile by name. */
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly scorePlugins: readonly WeightedPlugin[];
  readonly #built: readonly BuiltPlugin[];
  readonly #ignoring = new WeakMap<PodShape, PluginMask>();
  readonly #points: Readonly<Record<PointName, readonly BuiltPlugin[]>>;
  readonly #services: FrameworkServices;
  readonly #memories = new Map<string, { value: unknown }[]>();
  /** Memory may be written now. */
  #settling = false;

  /** Throws Error with upstream's wording for an unknown plugin or one that does not implement what it is enabled for. */
  constructor(profile: SchedulerProfile, registry: PluginRegistry, services: FrameworkServices) {
    this.profileName = profile.schedulerName;
    this.percentageOfNodesToScore = profile.percentageOfNodesToScore;
    this.snapshot = services.snapshot;
    this.nominator = services.nominator;
    this.#services = services;
    this.guard = new PolicyGuard(() => services.replay(), services.checkPolicies === true);
    this.handle = this.#makeHandle();
    this.plugins = this.#build(profile, registry);
    const expanded = this.#expand(profile);
    this.enabled = expanded;
    const built = new Map([...this.plugins].map(([name, plugin], i) => [name, new BuiltPlugin(plugin, i)]));
    this.#built = [...built.values()];
    const at = (point: PointName): readonly BuiltPlugin[] =>
      expanded[point]
        .map(({ name }) => built.get(name)!)
        .filter(({ plugin }) => plugin[POINTS[point]] !== NOTHING_TO_DO);
    this.#points = Object.fromEntries(POINT_NAMES.map((point) => [point, at(point)])) as Record<
      PointName,
      readonly BuiltPlugin[]
    >;
    this.scorePlugins = expanded.score.map(({ name, weight }) => ({
      built: built.get(name)!,
      weight: weight === undefined || weight === 0 ? 1 : weight,
    }));
  }

  /** Those that are asked, in that order; some may ignore a pod. */
  pluginsAt(point: PointName): readonly BuiltPlugin[] {
    return this.#points[point];
  }

  get filterPlugins(): readonly BuiltPlugin[] {
    return this.#points.filter;
  }

  less(a: SortablePod, b: SortablePod): boolean {
    return this.#queueSort.less!(a, b);
  }

  get #queueSort(): Plugin {
    return this.#points.queueSort[0]!.plugin;
  }

  /** Undefined: the order of two pods in the queue does not change. */
  get queueGroup(): ((pod: Pod) => string) | undefined {
    const plugin = this.#queueSort;
    return plugin.queueGroup === undefined ? undefined : (pod) => plugin.queueGroup!(pod);
  }

  newState(pod: Pod, attempt = 1, readySince: SimTime = this.#services.now()): CycleState {
    const shape = this.snapshot.shapes.of(pod);
    return new CycleState(pod, shape, attempt, readySince, this.#ignoringOf(shape));
  }

  /** The plugins that ignore a shape. O(1) for one seen before. */
  #ignoringOf(shape: PodShape): PluginMask {
    let ignoring = this.#ignoring.get(shape);
    if (ignoring === undefined) {
      ignoring = new PluginMask();
      for (const built of this.#built) if (built.plugin.ignores?.(shape) === true) ignoring.add(built);
      this.#ignoring.set(shape, ignoring);
    }
    return ignoring;
  }

  /** The first PreEnqueue plugin that keeps the pod out of the queue. */
  preEnqueue(pod: Pod): Status | undefined {
    for (const { plugin } of this.#points.preEnqueue) {
      const status = this.guard.call(plugin.name, 'PreEnqueue', pod, () => plugin.preEnqueue!(pod));
      if (status !== undefined && status.code !== 'Success') return status.of(plugin.name);
    }
    return undefined;
  }

  preFilter(state: CycleState): PreFilterVerdict {
    let narrowed: PreFilterVerdict = ALL_NODES;
    let rejection: Status | undefined;
    for (const built of this.#points.preFilter) {
      if (state.ignoring.has(built)) {
        state.skipFilter.add(built);
        continue;
      }
      const outcome = this.#preFilterOf(built.plugin, state);
      if (outcome === undefined) continue;
      if (outcome instanceof Status) {
        if (outcome.code === 'Skip') state.skipFilter.add(built);
        else if (outcome.code === 'Unschedulable') rejection ??= outcome.of(built.name);
        else if (outcome.code !== 'Success')
          return { status: outcome.of(built.name), nodeNames: undefined, narrowedBy: [] };
        continue;
      }
      narrowed = narrow(narrowed, outcome.nodeNames, built.name);
      if (narrowed.status !== undefined) return narrowed;
    }
    return rejection === undefined ? narrowed : { status: rejection, nodeNames: undefined, narrowedBy: [] };
  }

  #preFilterOf(plugin: Plugin, state: CycleState): Status | NarrowedNodes | undefined {
    this.guard.enter(plugin.name, 'PreFilter', state.pod);
    try {
      return plugin.preFilter!(state, state.pod);
    } catch (error) {
      throw this.guard.failure(error);
    } finally {
      this.guard.leave();
    }
  }

  /** One Filter plugin on one node. */
  filterWith(plugin: Plugin, state: CycleState, node: NodeState): Status | undefined {
    if (plugin.filterRows !== undefined) {
      ONE_ROW[0] = node.row;
      ONE_VERDICT[0] = 0;
      plugin.filterRows(state, ONE_ROW, 1, ONE_VERDICT);
      const verdict = ONE_VERDICT[0];
      return verdict === 0 ? undefined : plugin.refusal!(state, verdict).of(plugin.name);
    }
    this.guard.enter(plugin.name, 'Filter', state.pod);
    try {
      if (this.guard.checking) this.guard.freeze(node.node);
      return this.#checkedStatus(plugin.filter!(state, state.pod, node))?.of(plugin.name);
    } catch (error) {
      throw this.guard.failure(error);
    } finally {
      this.guard.leave();
    }
  }

  #checkedStatus(status: unknown): Status | undefined {
    if (status === undefined || status instanceof Status) return status;
    return this.guard.refuse(`returned ${describe(status)}, not a Status or undefined`);
  }

  /** The first plugin to reject the pod on the node, or undefined. Looks at no nominated pods. */
  filterOnce(state: CycleState, node: NodeState): Status | undefined {
    for (const built of this.filterPlugins) {
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
    if (this.nominator.size === 0) return [];
    const priority = pod.spec.priority ?? 0;
    return this.nominator
      .on(node)
      .filter(
        (other) => (other.pod.spec.priority ?? 0) >= priority && other.pod.metadata.uid !== pod.metadata.uid,
      );
  }

  #filterWithAdded(state: CycleState, node: NodeState, added: readonly PlacedPod[]): Status | undefined {
    const { snapshot } = this;
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
    for (const built of this.#points.preFilter) {
      const { plugin } = built;
      if (plugin[method] === undefined || state.skipFilter.has(built)) continue;
      const status = this.guard.call(plugin.name, 'PreFilterExtensions', state.pod, () =>
        plugin[method]!(state, state.pod, placed, node),
      );
      if (status !== undefined && status.code !== 'Success')
        return failure(`running ${method} on PreFilter plugin ${plugin.name}: ${status.message}`);
    }
    return undefined;
  }

  /** Runs the plugins until one succeeds or is definite; the texts of all that failed are kept. */
  postFilter(state: CycleState, diagnosis: Diagnosis): PostFilterResult {
    const reasons: string[] = [];
    let result: PostFilterResult | undefined;
    let retryAfter: Duration | undefined;
    let rejector = '';
    for (const { plugin } of this.#points.postFilter) {
      const answer = this.#settle(() =>
        this.guard.call(plugin.name, 'PostFilter', state.pod, () =>
          plugin.postFilter!(state, state.pod, diagnosis),
        ),
      );
      retryAfter = sooner(retryAfter, answer.retryAfter);
      const status = answer.status?.of(plugin.name);
      if (status === undefined || status.code === 'Success') return { ...answer, retryAfter };
      if (status.code === 'UnschedulableAndUnresolvable' || !isRejection(status))
        return { ...answer, status, retryAfter };
      if (answer.nominatedNodeName !== undefined) result = answer;
      if (rejector === '') rejector = plugin.name;
      reasons.push(...status.reasons);
    }
    const status = new Status('Unschedulable', reasons, rejector);
    return result === undefined ? { status, retryAfter } : { ...result, status, retryAfter };
  }

  get hasPostFilter(): boolean {
    return this.#points.postFilter.length > 0;
  }

  /** Undefined if all went well; Skip is recorded in the state. */
  preScore(state: CycleState, nodes: NodeRows): Status | undefined {
    const { guard } = this;
    for (const built of this.#points.preScore) {
      if (state.ignoring.has(built)) {
        state.skipScore.add(built);
        continue;
      }
      guard.enter(built.name, 'PreScore', state.pod);
      try {
        const status = built.plugin.preScore!(state, state.pod, nodes);
        if (status === undefined) continue;
        if (status.code === 'Skip') state.skipScore.add(built);
        else if (status.code !== 'Success')
          return failure(`running PreScore plugin "${built.name}": ${status.message}`).of(built.name);
      } catch (error) {
        throw guard.failure(error);
      } finally {
        guard.leave();
      }
    }
    return undefined;
  }

  /** Raw scores of one plugin for `rows`, into `scores`. */
  scoreWith(plugin: Plugin, state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void {
    if (plugin.scoreRows !== undefined) {
      plugin.scoreRows(state, rows, count, scores);
      return;
    }
    this.guard.call(plugin.name, 'Score', state.pod, () => {
      for (let i = 0; i < count; i++) {
        const node = this.snapshot.nodeAt(rows[i]!);
        if (this.guard.checking) this.guard.freeze(node.node);
        const score = plugin.score!(state, state.pod, node);
        if (!Number.isSafeInteger(score))
          this.guard.refuse(`returned ${describe(score)} for node ${node.name}, not an integer`);
        scores[i] = score;
      }
    });
  }

  /** Brings raw scores to 0..100 in place and checks that they are. */
  normalizeWith(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    if (plugin.normalizeRows !== undefined) plugin.normalizeRows(state, rows, count, scores);
    else if (plugin.normalizeScore !== undefined) this.#normalizeList(plugin, state, rows, count, scores);
    this.checkScores(plugin, state, rows, count, scores);
  }

  /** Stops the run if a normalised score is none. */
  checkScores(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    for (let i = 0; i < count; i++) {
      const score = scores[i]!;
      if (score >= 0 && score <= 100 && Math.trunc(score) === score) continue;
      this.guard.call(plugin.name, 'Score', state.pod, () =>
        this.guard.refuse(
          `gave node ${this.snapshot.nameOf(rows[i]!)} the score ${score}, which is not an integer from 0 to 100 after normalizing`,
        ),
      );
    }
  }

  #normalizeList(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    const list = Array.from({ length: count }, (_, i) => ({
      node: this.snapshot.nameOf(rows[i]!),
      score: scores[i]!,
    }));
    this.guard.call(plugin.name, 'NormalizeScore', state.pod, () =>
      plugin.normalizeScore!(state, state.pod, list),
    );
    for (let i = 0; i < count; i++) scores[i] = list[i]!.score;
  }

  /** All Reserve plugins in order; after a failure everything is unreserved. */
  reserve(state: CycleState, node: string): Status | undefined {
    for (const built of this.#points.reserve) {
      const { plugin } = built;
      if (plugin.reserve === undefined || state.ignoring.has(built)) continue;
      const status = this.reserveWith(plugin, state, node);
      if (status !== undefined && status.code !== 'Success') return status.of(plugin.name);
    }
    return undefined;
  }

  /** In reverse order; never fails. */
  unreserve(state: CycleState, node: string): void {
    for (const built of this.#points.reserve.toReversed()) {
      const { plugin } = built;
      if (plugin.unreserve !== undefined && !state.ignoring.has(built))
        this.unreserveWith(plugin, state, node);
    }
  }

  /** One Reserve plugin, which may write to its memory. */
  reserveWith(plugin: Plugin, state: CycleState, node: string): Status | undefined {
    return this.#settle(() =>
      this.guard.call(plugin.name, 'Reserve', state.pod, () => plugin.reserve!(state, state.pod, node)),
    );
  }

  unreserveWith(plugin: Plugin, state: CycleState, node: string): void {
    this.#settle(() =>
      this.guard.call(plugin.name, 'Unreserve', state.pod, () => plugin.unreserve!(state, state.pod, node)),
    );
  }

  permit(plugin: Plugin, state: CycleState, node: string): PermitResult {
    return this.guard.call(plugin.name, 'Permit', state.pod, () => plugin.permit!(state, state.pod, node));
  }

  step(point: 'preBind' | 'bind', plugin: Plugin, state: CycleState, node: string, turn: Turn): StepOutcome {
    return this.guard.call(plugin.name, point === 'bind' ? 'Bind' : 'PreBind', state.pod, () =>
      plugin[point]!(state, state.pod, node, turn),
    );
  }

  postBind(state: CycleState, node: string): void {
    if (this.#points.postBind.length === 0) return;
    this.#settle(() => {
      for (const { plugin } of this.#points.postBind)
        this.guard.call(plugin.name, 'PostBind', state.pod, () => {
          plugin.postBind!(state, state.pod, node);
        });
    });
  }

  /** What plugins remember, by plugin, for digests and checkpoints. */
  memories(): ReadonlyMap<string, readonly { readonly value: unknown }[]> {
    return this.#memories;
  }

  #settle<T>(body: () => T): T {
    this.#settling = true;
    try {
      return body();
    } finally {
      this.#settling = false;
    }
  }

  #build(profile: SchedulerProfile, registry: PluginRegistry): ReadonlyMap<string, Plugin> {
    const built = new Map<string, Plugin>();
    for (const name of neededPlugins(profile.plugins)) {
      const factory = registry.get(name);
      if (factory === undefined) throw new Error(`plugin "${name}" does not exist`);
      built.set(name, factory(profile.pluginConfig.get(name), this.#handleFor(name)));
    }
    if (built.size > MAX_PLUGINS)
      throw new Error(`profile "${this.profileName}" has more than ${MAX_PLUGINS} plugins`);
    return built;
  }

  #expand(profile: SchedulerProfile): Record<PointName, readonly EnabledPlugin[]> {
    const expanded = {} as Record<PointName, readonly EnabledPlugin[]>;
    for (const point of POINT_NAMES) {
      expanded[point] = expandPoint(profile.plugins, point, this.plugins);
      for (const { name } of expanded[point])
        if (!implementsPoint(this.plugins.get(name)!, point))
          throw new Error(`plugin "${name}" does not extend ${point} plugin`);
    }
    if (expanded.queueSort.length !== 1)
      throw new Error(
        `only one queue sort plugin required for profile with scheduler name "${this.profileName}", but got ${expanded.queueSort.length}`,
      );
    if (expanded.bind.length === 0)
      throw new Error(
        `at least one bind plugin is needed for profile with scheduler name "${this.profileName}"`,
      );
    return expanded;
  }

  #handleFor(plugin: string): Handle {
    return { ...this.handle, memory: (initial) => this.#remember(plugin, initial) };
  }

  #remember<T>(plugin: string, initial: T): Memory<T> {
    const cell: { value: T } = { value: initial };
    const cells = this.#memories.get(plugin) ?? [];
    cells.push(cell);
    this.#memories.set(plugin, cells);
    return {
      get value() {
        return cell.value;
      },
      set: (next) => {
        if (!this.#settling)
          throw new Error('memory may change only in postFilter, reserve, unreserve and postBind');
        cell.value = next;
      },
    };
  }

  #makeHandle(): Handle {
    const services = this.#services;
    return {
      profileName: this.profileName,
      snapshot: services.snapshot,
      listers: services.listers,
      now: () => services.now(),
      draw: (purpose, object, n) => services.draw(purpose, object, n),
      nominatedPods: (node) => services.nominator.on(node),
      runFilters: (state, _pod, node) => this.filter(state, node),
      runAddPod: (state, _pod, added, node) => this.addPod(state, added, node),
      runRemovePod: (state, _pod, removed, node) => this.removePod(state, removed, node),
      isPreempting: (uid) => services.isPreempting(uid),
      waitingPods: () => services.waitingPods(),
      activate: (pods) => services.activate(pods),
      memory: (initial) => this.#remember('', initial),
    };
  }
}

const sooner = (a: Duration | undefined, b: Duration | undefined): Duration | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** Only nodes that every narrowing plugin names remain. */
function narrow(before: PreFilterVerdict, names: ReadonlySet<string>, plugin: string): PreFilterVerdict {
  const narrowedBy = [...before.narrowedBy, plugin];
  const nodeNames = before.nodeNames === undefined ? names : intersection(before.nodeNames, names);
  return nodeNames.size === 0
    ? { status: nothingLeft(narrowedBy), nodeNames: undefined, narrowedBy }
    : { status: undefined, nodeNames, narrowedBy };
}

function nothingLeft(narrowedBy: readonly string[]): Status {
  const names = [...narrowedBy].sort();
  const text =
    names.length === 1
      ? `node(s) didn't satisfy plugin ${names[0]}`
      : `node(s) didn't satisfy plugin(s) [${names.join(' ')}] simultaneously`;
  return new Status('UnschedulableAndUnresolvable', [text]);
}

const intersection = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((name) => b.has(name)));

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return 'then' in value ? 'a promise' : `an object ${JSON.stringify(value)}`;
  return String(value);
}
