/**
 * Checks that a policy keeps the contract of `framework/interface.ts`: it does not throw, scores are integers from 0 to 100, it is pure (asked
 * twice it answers the same; it writes to nothing it is given and reads no clock), what it says need not be asked
 * (`Shortcuts`) would have been answered so, and equal runs give equal decisions.
 */
import type { Pod } from '../../api/index.ts';
import { instant, RandomStreams } from '../../engine/index.ts';
import { SchedulerCache } from '../cache/cache.ts';
import { ConfigurationError } from '../configuration/args.ts';
import { profileNamed } from '../configuration/named-profile.ts';
import { type PolicyModule, policyModuleProblems, profileOfModule } from '../configuration/policy-module.ts';
import { type Evaluation, evaluate } from '../explain/explain.ts';
import type { PluginRegistry } from '../framework/interface.ts';
import { NO_OBJECTS } from '../framework/listers.ts';
import { Nominator } from '../framework/nominator.ts';
import { PolicyError } from '../framework/policy-error.ts';
import type { PluginSets } from '../framework/profile.ts';
import { Framework } from '../framework/runtime.ts';
import { SchedulingAlgorithm } from '../search/algorithm.ts';
import type { ScheduleResult } from '../search/schedule-result.ts';
import { testNode, testPod } from './cluster.ts';
import { checkAnswers, checkIgnores, searchProblem } from './shortcut-check.ts';

/** The plugins a policy runs beside. */
export interface PolicyTestBase {
  readonly plugins: PluginRegistry;
  readonly defaultPlugins: PluginSets;
}

export interface PolicyTestOptions {
  /** Each makes another cluster and other pods. */
  readonly seeds?: readonly string[] | undefined;
  readonly nodes?: number | undefined;
  readonly pods?: number | undefined;
}

export interface PolicyProblem {
  readonly kind: 'not a policy' | 'broken contract' | 'not pure' | 'not deterministic';
  /** With plugin, pod and seed where they matter. */
  readonly message: string;
}

const SEEDS = ['1', '2', '3'];
const NODES = 12;
const PODS = 60;

/** What is wrong with a policy; empty if nothing was found. The first problem of each seed ends its run. */
export function testPolicy(
  policy: PolicyModule,
  base: PolicyTestBase,
  { seeds = SEEDS, nodes = NODES, pods = PODS }: PolicyTestOptions = {},
): readonly PolicyProblem[] {
  const malformed = policyModuleProblems(policy);
  if (malformed.length > 0) return malformed.map((message) => ({ kind: 'not a policy', message }));
  const problems: PolicyProblem[] = [];
  for (const seed of seeds) {
    const first = watched(() => new Trial(policy, base, seed, nodes).run(pods));
    if ('kind' in first) {
      problems.push(first);
      continue;
    }
    const again = watched(() => new Trial(policy, base, seed, nodes).run(pods));
    const difference = 'kind' in again ? again.message : firstDifference(first.decisions, again.decisions);
    if (difference !== undefined)
      problems.push({ kind: 'not deterministic', message: `seed ${seed}: ${difference}` });
  }
  return problems;
}

interface Decisions {
  /** One line per pod. */
  readonly decisions: readonly string[];
}

class Impure extends Error {}

/** Runs a trial without a clock, and turns what it throws into a problem. */
function watched(run: () => Decisions): Decisions | PolicyProblem {
  const clocks: { now: () => number }[] = [Date, performance];
  const clockless = clocks.map((clock) => ({ clock, now: clock.now }));
  for (const clock of clocks) clock.now = refuseClock;
  try {
    return run();
  } catch (error) {
    if (error instanceof Impure) return { kind: 'not pure', message: error.message };
    if (error instanceof PolicyError || error instanceof ConfigurationError || error instanceof Error)
      return { kind: 'broken contract', message: error.message };
    throw error;
  } finally {
    for (const { clock, now } of clockless) clock.now = now;
  }
}

function refuseClock(): never {
  throw new Error('read the wall clock; use handle.now()');
}

function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  const at = a.findIndex((line, i) => line !== b[i]);
  return at < 0 ? undefined : `first "${a[at]}", then "${b[at] ?? 'nothing'}"`;
}

/** One scheduler with the policy, one cluster, pods one after the other. */
class Trial {
  readonly #cache = new SchedulerCache();
  readonly #framework: Framework;
  readonly #algorithm: SchedulingAlgorithm;
  readonly #random: RandomStreams;
  readonly #seed: string;
  readonly #own: readonly string[];
  #now = instant(0);

  constructor(
    policy: PolicyModule,
    { plugins, defaultPlugins }: PolicyTestBase,
    seed: string,
    nodes: number,
  ) {
    this.#seed = seed;
    this.#own = Object.keys(policy.plugins);
    this.#random = new RandomStreams(seed);
    for (let i = 0; i < nodes; i++) this.#cache.setNode(testNode(this.#random, i));
    const profile = profileNamed(profileOfModule(policy, 'policy'), defaultPlugins);
    const registry = new Map([...plugins, ...Object.entries(policy.plugins)]);
    this.#framework = new Framework(profile, registry, {
      snapshot: this.#cache.snapshot,
      listers: NO_OBJECTS,
      nominator: new Nominator(this.#cache.snapshot),
      now: () => this.#now,
      draw: (purpose, object, n) => this.#random.draw(purpose, object, n),
      isPreempting: () => false,
      waitingPods: () => [],
      activate: () => undefined,
      replay: () => `test cluster of seed ${seed}`,
      checkPolicies: true,
    });
    this.#algorithm = new SchedulingAlgorithm(this.#framework, {
      percentageOfNodesToScore: 0,
      tieBreak: 'random',
      position: { next: 0 },
    });
  }

  run(pods: number): Decisions {
    const decisions: string[] = [];
    let before: Pod | undefined;
    for (let i = 0; i < pods; i++) {
      this.#now = instant(i * 1_000_000);
      const pod = testPod(this.#random, i);
      if (before !== undefined) this.#checkOrder(before, pod);
      const evaluation = evaluate(this.#framework, pod);
      this.#checkPurity(pod, evaluation);
      this.#checkShortcuts(pod, evaluation);
      decisions.push(this.#decide(pod));
      this.#checkSearch(replicaOf(pod));
      before = pod;
    }
    return { decisions };
  }

  #checkOrder(a: Pod, b: Pod): void {
    const [first, second] = [
      { pod: a, timestamp: instant(0) },
      { pod: b, timestamp: instant(0) },
    ];
    if (this.#framework.less(first, second) && this.#framework.less(second, first))
      throw new Impure(`less puts ${a.metadata.name} before ${b.metadata.name}, and the other way round`);
  }

  #checkPurity(pod: Pod, evaluation: Evaluation): void {
    const before = this.#answers(evaluation);
    const after = this.#answers(evaluate(this.#framework, pod));
    const difference = firstDifference(before, after);
    if (difference !== undefined)
      throw new Impure(`seed ${this.#seed}, pod ${pod.metadata.name}, asked twice: ${difference}`);
  }

  /** What the policy's own plugins say of every node. */
  #answers({ filterAll, rawScores, scores, failure }: Evaluation): readonly string[] {
    const lines = failure === undefined ? [] : [failure.message];
    for (const name of this.#own) {
      for (const [node, statuses] of filterAll) {
        const status = statuses.get(name);
        if (status !== undefined) lines.push(`${name} refuses ${node}: ${status.code} ${status.message}`);
      }
      for (const [node, score] of rawScores.get(name) ?? []) lines.push(`${name} gives ${node} ${score} raw`);
      for (const [node, { plugins }] of scores)
        if (plugins.has(name)) lines.push(`${name} gives ${node} ${plugins.get(name)}`);
    }
    return lines;
  }

  #checkShortcuts(pod: Pod, evaluation: Evaluation): void {
    for (const name of this.#own) {
      const plugin = this.#framework.plugins.byName.get(name);
      if (plugin === undefined) continue;
      checkIgnores(this.#framework, plugin, pod);
      checkAnswers(this.#framework, plugin, evaluation);
    }
  }

  /** The results of a pod like one that was tried before may be remembered. */
  #checkSearch(pod: Pod): void {
    const result = this.#algorithm.schedule(this.#framework.newState(pod), 1);
    const problem = searchProblem(result, evaluate(this.#framework, pod));
    if (problem !== undefined) throw new Error(`seed ${this.#seed}, pod ${pod.metadata.name}: ${problem}`);
  }

  #decide(pod: Pod): string {
    const framework = this.#framework;
    const state = framework.newState(pod);
    const result = this.#algorithm.schedule(state, 1);
    if (result.kind !== 'scheduled') return `${pod.metadata.name}: ${whyNot(result)}`;
    const { node, score } = result;
    this.#cache.assume(pod, state.shape, node);
    const refused = framework.reserve(state, node);
    if (refused === undefined) return `${pod.metadata.name}: ${node}, score ${score ?? 'none'}`;
    framework.unreserve(state, node);
    this.#cache.forget(pod.metadata.uid);
    return `${pod.metadata.name}: ${refused.message}`;
  }
}

/** Another pod of the same template. */
function replicaOf(pod: Pod): Pod {
  const { name, uid } = pod.metadata;
  return { ...pod, metadata: { ...pod.metadata, name: `${name}-b`, uid: `${uid}-b` } };
}

const whyNot = (result: Exclude<ScheduleResult, { readonly kind: 'scheduled' }>): string =>
  result.kind === 'error' ? result.status.message : result.diagnosis.message();
