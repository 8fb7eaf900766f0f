/** The constraints of a pod, its own or the default ones, compiled: `common.go`. */
import {
  compileSelector,
  type Labels,
  type Pod,
  Requirement,
  Selector,
  type TopologySpreadConstraint,
} from '../../sim/api/index.ts';
import { DefaultSelectors, type Listers } from '../../sim/scheduler/contract.ts';

/** A constraint with its selector compiled. */
export interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

export type WhenUnsatisfiable = TopologySpreadConstraint['whenUnsatisfiable'];

function compile(
  spec: TopologySpreadConstraint,
  podLabels: Labels | undefined,
  selector?: Selector,
): Constraint {
  return {
    topologyKey: spec.topologyKey,
    maxSkew: spec.maxSkew,
    minDomains: spec.minDomains ?? 1,
    selector: selector ?? withMatchLabelKeys(compileSelector(spec.labelSelector), spec, podLabels),
    honorAffinity: spec.nodeAffinityPolicy !== 'Ignore',
    honorTaints: spec.nodeTaintsPolicy === 'Honor',
  };
}

/** The API server has merged `matchLabelKeys` into the selector of a created pod; a pod from elsewhere is caught up with. */
function withMatchLabelKeys(
  selector: Selector,
  { matchLabelKeys = [] }: TopologySpreadConstraint,
  labels: Labels | undefined,
): Selector {
  const missing = matchLabelKeys.filter(
    (key) => labels?.[key] !== undefined && !selector.requirements.some((known) => known.key === key),
  );
  if (missing.length === 0) return selector;
  const merged = missing.map((key) => new Requirement(key, 'In', [labels![key]!]));
  return new Selector([...merged, ...selector.requirements]);
}

const NO_CONSTRAINTS: readonly Constraint[] = [];

type ByAction = Readonly<Record<WhenUnsatisfiable, readonly Constraint[]>>;

const compiled = new WeakMap<readonly TopologySpreadConstraint[], ByAction>();

/** O(1) for a list seen before, unless it depends on the pod's labels. */
export function compileOwn(own: readonly TopologySpreadConstraint[], labels: Labels | undefined): ByAction {
  const known = compiled.get(own);
  if (known !== undefined) return known;
  const of = (action: WhenUnsatisfiable): readonly Constraint[] =>
    own.filter((spec) => spec.whenUnsatisfiable === action).map((spec) => compile(spec, labels));
  const result = { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
  if (own.every(({ matchLabelKeys = [] }) => matchLabelKeys.length === 0)) compiled.set(own, result);
  return result;
}

/** What holds for pods without constraints of their own. */
export class DefaultConstraints {
  readonly #specs: Readonly<Record<WhenUnsatisfiable, readonly TopologySpreadConstraint[]>>;
  readonly #selectors: DefaultSelectors;
  readonly #bySelector = new WeakMap<Selector, ByAction>();

  constructor(specs: readonly TopologySpreadConstraint[], listers: Listers) {
    const of = (action: WhenUnsatisfiable) =>
      specs.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
    this.#specs = { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
    this.#selectors = new DefaultSelectors(listers);
  }

  of(pod: Pod, action: WhenUnsatisfiable): readonly Constraint[] {
    if (this.#specs[action].length === 0) return NO_CONSTRAINTS;
    const selector = this.#selectors.of(pod);
    if (selector.everything) return NO_CONSTRAINTS;
    let known = this.#bySelector.get(selector);
    if (known === undefined) this.#bySelector.set(selector, (known = this.#compile(selector)));
    return known[action];
  }

  #compile(selector: Selector): ByAction {
    const of = (action: WhenUnsatisfiable) =>
      this.#specs[action].map((spec) => compile(spec, undefined, selector));
    return { DoNotSchedule: of('DoNotSchedule'), ScheduleAnyway: of('ScheduleAnyway') };
  }
}
