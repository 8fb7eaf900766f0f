/**
 * Which pods would have to go so that a pod fits: `framework/preemption/preemption.go` and
 * `plugins/defaultpreemption/default_preemption.go`, Kubernetes v1.36. Nodes are tried on a forked row; nothing is changed.
 */
import { compileSelector, isTerminating, type Pod, type PodDisruptionBudget } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import type { NodeState } from '../cache/node-state.ts';
import type { PlacedPod } from '../cache/placed-pod.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Diagnosis } from '../framework/diagnosis.ts';
import type { Handle } from '../framework/interface.ts';
import { Status, unresolvable } from '../framework/status.ts';

export interface Candidate {
  readonly node: string;
  /** By falling importance; at least one. */
  readonly victims: readonly Pod[];
  readonly pdbViolations: number;
}

export interface DryRun {
  readonly candidates: readonly Candidate[];
  /** Row → why evicting pods there does not help. */
  readonly refusals: ReadonlyMap<number, Status>;
}

/** Of a node on which nobody is less important. */
export const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod');
/** Later than every start time: the pod has not started. */
const NOT_STARTED = '\uffff';
/** Makes every priority count for something when priorities are summed. */
const PRIORITY_OFFSET = 2 ** 31;

const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;
/** RFC 3339 of whole seconds in UTC: text order is time order. */
const startTime = (pod: Pod): string => pod.status?.startTime ?? NOT_STARTED;

/** Higher priority first, then who has run longer. */
function byImportance(a: Pod, b: Pod): number {
  return priorityOf(b) - priorityOf(a) || compareTexts(startTime(a), startTime(b));
}

/** Undefined if the pod may preempt others; else why not. */
export function whyNotEligible(handle: Handle, pod: Pod, diagnosis: Diagnosis): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominee = pod.status?.nominatedNodeName ?? '';
  const row = handle.snapshot.rowOf(nominee);
  if (nominee === '' || row === 0) return undefined;
  if (diagnosis.statusOf(row)?.code === 'UnschedulableAndUnresolvable') return undefined;
  const going = handle.snapshot.pods[row]!.some(
    ({ pod: other }) => priorityOf(other) < priorityOf(pod) && isBeingPreempted(other),
  );
  return going ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function isBeingPreempted(pod: Pod): boolean {
  if (!isTerminating(pod)) return false;
  const target = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}

/** Tries nodes from `offset` on, cyclically, until `wanted` candidates are found, one of them without PDB violations. */
export function dryRun(
  handle: Handle,
  state: CycleState,
  rows: readonly number[],
  offset: number,
  wanted: number,
  mayEvict?: (victim: Pod) => boolean,
): DryRun {
  const budgets = [...handle.listers.podDisruptionBudgets.values()];
  const harmless: Candidate[] = [];
  const violating: Candidate[] = [];
  const refusals = new Map<number, Status>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[(offset + i) % rows.length]!;
    const found = selectVictims(handle, state, row, budgets, mayEvict);
    if (found instanceof Status) refusals.set(row, found);
    else (found.pdbViolations === 0 ? harmless : violating).push(found);
    if (harmless.length > 0 && harmless.length + violating.length >= wanted) break;
  }
  return { candidates: [...harmless.slice(0, wanted), ...violating.slice(0, wanted)], refusals };
}

/** The fewest and least important pods whose going lets the pod fit on the node; those of lower priority by default. */
export function selectVictims(
  handle: Handle,
  state: CycleState,
  row: number,
  budgets: readonly PodDisruptionBudget[],
  mayEvict: (victim: Pod) => boolean = (victim) => priorityOf(victim) < priorityOf(state.pod),
): Candidate | Status {
  const { snapshot } = handle;
  const potential = snapshot.pods[row]!.filter(({ pod }) => mayEvict(pod));
  if (potential.length === 0) return NO_VICTIMS;
  const trial = new Trial(handle, state.fork(), snapshot.fork(row));
  try {
    for (const placed of potential) trial.remove(placed);
    const status = trial.run();
    if (status !== undefined) return status;
    potential.sort((a, b) => byImportance(a.pod, b.pod));
    const { violating, harmless } = splitByBudgets(potential, budgets);
    const victims = violating.filter((placed) => !trial.reprieve(placed));
    const pdbViolations = victims.length;
    victims.push(...harmless.filter((placed) => !trial.reprieve(placed)));
    const pods = victims.map(({ pod }) => pod).sort(byImportance);
    const node = snapshot.nameOf(row);
    if (pods.length === 0) return new Status('Error', [`expected at least one victim pod on node "${node}"`]);
    return { node, victims: pods, pdbViolations };
  } finally {
    snapshot.endFork();
  }
}

/** One node as it would be without some of its pods. */
class Trial {
  readonly #handle: Handle;
  readonly #state: CycleState;
  readonly #node: NodeState;

  constructor(handle: Handle, state: CycleState, node: NodeState) {
    this.#handle = handle;
    this.#state = state;
    this.#node = node;
  }

  remove(placed: PlacedPod): void {
    this.#handle.snapshot.removeFromFork(placed);
    this.#handle.runRemovePod(this.#state, this.#state.pod, placed, this.#node);
  }

  run(): Status | undefined {
    return this.#handle.runFilters(this.#state, this.#state.pod, this.#node);
  }

  /** Puts a pod back; false if the incoming pod then does not fit, and the pod is out again. */
  reprieve(placed: PlacedPod): boolean {
    this.#handle.snapshot.addToFork(placed);
    this.#handle.runAddPod(this.#state, this.#state.pod, placed, this.#node);
    if (this.run() === undefined) return true;
    this.remove(placed);
    return false;
  }
}

/** Pods whose eviction would break a PodDisruptionBudget, counting those before them. */
function splitByBudgets(
  pods: readonly PlacedPod[],
  budgets: readonly PodDisruptionBudget[],
): { readonly violating: PlacedPod[]; readonly harmless: PlacedPod[] } {
  const allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const violating: PlacedPod[] = [];
  const harmless: PlacedPod[] = [];
  for (const placed of pods) {
    let violates = false;
    for (const [i, budget] of budgets.entries())
      if (protects(budget, placed.pod) && --allowed[i]! < 0) violates = true;
    (violates ? violating : harmless).push(placed);
  }
  return { violating, harmless };
}

function protects({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (metadata.namespace !== pod.metadata.namespace) return false;
  if (Object.keys(pod.metadata.labels ?? {}).length === 0) return false;
  const selector = compileSelector(spec.selector);
  if (selector.everything || !selector.matches(pod.metadata.labels)) return false;
  return status?.disruptedPods?.[pod.metadata.name] === undefined;
}

/** What makes a candidate better, in order; higher is better. */
const CRITERIA: readonly ((candidate: Candidate) => number | string)[] = [
  ({ pdbViolations }) => -pdbViolations,
  ({ victims }) => -priorityOf(victims[0]!),
  ({ victims }) => -victims.reduce((sum, pod) => sum + priorityOf(pod) + PRIORITY_OFFSET, 0),
  ({ victims }) => -victims.length,
  ({ victims }) => earliestStart(victims),
];

/** When the longest running of the most important victims started. */
function earliestStart(victims: readonly Pod[]): string {
  const top = Math.max(...victims.map(priorityOf));
  return victims
    .filter((pod) => priorityOf(pod) === top)
    .map(startTime)
    .reduce((a, b) => (b < a ? b : a));
}

/** The candidates that none of the criteria tells apart; upstream takes any of them. */
export function bestCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  let best = candidates;
  for (const criterion of CRITERIA) {
    if (best.length <= 1) return best;
    const values = best.map(criterion);
    const top = values.reduce((a, b) => (b > a ? b : a));
    best = best.filter((_, i) => values[i] === top);
  }
  return best;
}
