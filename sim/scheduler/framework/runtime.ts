/**
 * One profile at work: its plugins, built, and how each extension point runs them
 * (`framework/runtime/framework.go`, Kubernetes v1.36).
 */
import type { Pod } from '../../api/index.ts';
import type { Duration, SimTime } from '../../engine/index.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { ANSWERS } from './answers.ts';
import { CycleState } from './cycle-state.ts';
import type { Diagnosis } from './diagnosis.ts';
import { Filtering } from './filtering.ts';
import { type FrameworkServices, makeHandle } from './handle.ts';
import type {
  Handle,
  PermitResult,
  Plugin,
  PluginRegistry,
  PostFilterResult,
  SortablePod,
  StepOutcome,
  Turn,
} from './interface.ts';
import type { Nominator } from './nominator.ts';
import { PluginMemories } from './plugin-memories.ts';
import { PolicyGuard } from './policy-error.ts';
import type { SchedulerProfile } from './profile.ts';
import { ProfilePlugins } from './profile-plugins.ts';
import { Scoring } from './scoring.ts';
import { isRejection, Status } from './status.ts';

export class Framework {
  readonly profileName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly snapshot: Snapshot;
  readonly nominator: Nominator;
  readonly guard: PolicyGuard;
  readonly handle: Handle;
  readonly plugins: ProfilePlugins;
  readonly filtering: Filtering;
  readonly scoring: Scoring;
  /** What plugins remember, for digests and checkpoints. */
  readonly memories = new PluginMemories();
  readonly #now: () => SimTime;

  /** Throws Error with upstream's wording for an unknown plugin or one that does not implement what it is enabled for. */
  constructor(profile: SchedulerProfile, registry: PluginRegistry, services: FrameworkServices) {
    const { snapshot, nominator } = services;
    this.profileName = profile.schedulerName;
    this.percentageOfNodesToScore = profile.percentageOfNodesToScore;
    this.snapshot = snapshot;
    this.nominator = nominator;
    this.#now = () => services.now();
    this.guard = new PolicyGuard(() => services.replay(), services.checkPolicies === true);
    this.handle = makeHandle(this.profileName, services, this.memories, () => this.filtering);
    this.plugins = new ProfilePlugins(profile, registry, (plugin) => ({
      ...this.handle,
      memory: (initial) => this.memories.of(plugin, initial),
    }));
    this.filtering = new Filtering(this.plugins, snapshot, nominator, this.guard);
    this.scoring = new Scoring(this.plugins, snapshot, this.guard);
  }

  less(a: SortablePod, b: SortablePod): boolean {
    const { guard } = this;
    const plugin = this.#queueSort;
    guard.enter(plugin.name, 'QueueSort', a.pod);
    try {
      return guard.checked(ANSWERS.less, plugin.less!(a, b));
    } catch (error) {
      throw guard.failure(error);
    } finally {
      guard.leave();
    }
  }

  get #queueSort(): Plugin {
    return this.plugins.at.queueSort[0]!.plugin;
  }

  /** Undefined: the order of two pods in the queue does not change. */
  get queueGroup(): ((pod: Pod) => string) | undefined {
    const plugin = this.#queueSort;
    return plugin.queueGroup === undefined
      ? undefined
      : (pod) => this.guard.call(plugin.name, 'queueGroup', pod, () => plugin.queueGroup!(pod));
  }

  newState(pod: Pod, attempt = 1, readySince: SimTime = this.#now()): CycleState {
    const shape = this.snapshot.shapes.of(pod);
    return new CycleState(pod, shape, attempt, readySince, this.plugins.ignoring(shape, pod, this.guard));
  }

  /** The first PreEnqueue plugin that keeps the pod out of the queue. */
  preEnqueue(pod: Pod): Status | undefined {
    for (const { plugin } of this.plugins.at.preEnqueue) {
      const status = this.guard.call(plugin.name, 'preEnqueue', pod, () => plugin.preEnqueue!(pod));
      if (status !== undefined && status.code !== 'Success') return status.of(plugin.name);
    }
    return undefined;
  }

  /** Runs the plugins until one succeeds or is definite; the texts of all that failed are kept. */
  postFilter(state: CycleState, diagnosis: Diagnosis): PostFilterResult {
    const reasons: string[] = [];
    let result: PostFilterResult | undefined;
    let retryAfter: Duration | undefined;
    let rejector = '';
    for (const { plugin } of this.plugins.at.postFilter) {
      const answer = this.memories.settle(() =>
        this.guard.call(plugin.name, 'postFilter', state.pod, () =>
          plugin.postFilter!(state, state.pod, diagnosis),
        ),
      );
      retryAfter = sooner(retryAfter, answer.retryAfter);
      const status = answer.status?.of(plugin.name);
      if (status === undefined || status.code === 'Success')
        return outcome(answer, answer.status, retryAfter);
      if (status.code === 'UnschedulableAndUnresolvable' || !isRejection(status))
        return outcome(answer, status, retryAfter);
      if (answer.nominatedNodeName !== undefined) result = answer;
      if (rejector === '') rejector = plugin.name;
      reasons.push(...status.reasons);
    }
    const status = new Status('Unschedulable', reasons, rejector);
    return outcome(result, status, retryAfter);
  }

  get hasPostFilter(): boolean {
    return this.plugins.at.postFilter.length > 0;
  }

  /** All Reserve plugins in order until one refuses: then the caller has to unreserve. */
  reserve(state: CycleState, node: string): Status | undefined {
    for (const built of this.plugins.at.reserve) {
      const { plugin } = built;
      if (plugin.reserve === undefined || state.ignoring.has(built)) continue;
      const status = this.reserveWith(plugin, state, node);
      if (status !== undefined && status.code !== 'Success') return status.of(plugin.name);
    }
    return undefined;
  }

  /** In reverse order; never fails. */
  unreserve(state: CycleState, node: string): void {
    for (const built of this.plugins.at.reserve.toReversed()) {
      const { plugin } = built;
      if (plugin.unreserve !== undefined && !state.ignoring.has(built))
        this.unreserveWith(plugin, state, node);
    }
  }

  /** One Reserve plugin, which may write to its memory. */
  reserveWith(plugin: Plugin, state: CycleState, node: string): Status | undefined {
    return this.memories.settle(() =>
      this.guard.call(plugin.name, 'reserve', state.pod, () => plugin.reserve!(state, state.pod, node)),
    );
  }

  unreserveWith(plugin: Plugin, state: CycleState, node: string): void {
    this.memories.settle(() =>
      this.guard.call(plugin.name, 'unreserve', state.pod, () => plugin.unreserve!(state, state.pod, node)),
    );
  }

  permit(plugin: Plugin, state: CycleState, node: string): PermitResult {
    return this.guard.call(plugin.name, 'permit', state.pod, () => plugin.permit!(state, state.pod, node));
  }

  step(point: 'preBind' | 'bind', plugin: Plugin, state: CycleState, node: string, turn: Turn): StepOutcome {
    return this.guard.call(plugin.name, point, state.pod, () => plugin[point]!(state, state.pod, node, turn));
  }

  postBind(state: CycleState, node: string): void {
    if (this.plugins.at.postBind.length === 0) return;
    this.memories.settle(() => {
      for (const { plugin } of this.plugins.at.postBind)
        this.guard.call(plugin.name, 'postBind', state.pod, () => plugin.postBind!(state, state.pod, node));
    });
  }
}

const sooner = (a: Duration | undefined, b: Duration | undefined): Duration | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

const outcome = (
  answer: PostFilterResult | undefined,
  status: Status | undefined,
  retryAfter: Duration | undefined,
): PostFilterResult => ({
  status,
  nominatedNodeName: answer?.nominatedNodeName,
  preemption: answer?.preemption,
  retryAfter,
});
