/** One recorded closed form: what of it is simulated, and what the simulation says. */
import { estimate, type Verdict } from './experiment.ts';
import { type Family, type Params, Unfit } from './model.ts';
import { familyOf } from './models.ts';
import { MAX_LOAD, type Target, targetOf } from './rule.ts';

export interface ClosedForm {
  readonly id: string;
  readonly model: string;
  readonly params: Params;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Plain data: it crosses threads. */
export interface Outcome {
  readonly verdicts: readonly Verdict[];
  /** Why there are none. */
  readonly notApplicable?: string;
}

export interface Plan {
  readonly family: Family;
  readonly targets: ReadonlyMap<string, Target>;
}

/** The most events one experiment of a case may take. */
const MAX_EVENTS = 400_000_000;

/** Throws Unfit where the rule leaves the case out. */
export function planOf({ model, params, expected }: ClosedForm): Plan {
  const make = familyOf(model);
  if (make === undefined) throw new Unfit('a formula, not a process');
  const family = make(params);
  if (!family.bounded && family.load > MAX_LOAD + 1e-9) throw new Unfit(`load ${family.load.toPrecision(3)}`);
  const targets = new Map<string, Target>();
  for (const [metric, value] of Object.entries(expected)) {
    const target = typeof value === 'number' ? targetOf(metric, value, family.load, expected) : undefined;
    if (target !== undefined) targets.set(metric, target);
  }
  if (targets.size === 0) throw new Unfit('all metrics are too rare');
  return { family, targets };
}

export function simulate(form: ClosedForm): Outcome {
  return unlessUnfit(() => {
    const { family, targets } = planOf(form);
    return { verdicts: estimate(family, form.id, targets, MAX_EVENTS) };
  });
}

/** What `make` gives, or why the case does not apply. */
export function unlessUnfit<T>(make: () => T): T | Outcome {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { verdicts: [], notApplicable: error.message };
  }
}
