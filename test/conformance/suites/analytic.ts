/**
 * The event engine against closed forms of queueing and reliability theory: every model is built on Simulation, and must
 * agree with the formula within confidence intervals of a stated width. Rule and correction: `analytic/rule.ts`.
 */
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';
import { estimate, holmRejected, type Verdict } from './analytic/experiment.ts';
import { type Family, type Params, Unfit } from './analytic/model.ts';
import { familyOf } from './analytic/models.ts';
import { FAMILY_WISE_ERROR, MAX_LOAD, RULE, type Target, targetOf } from './analytic/rule.ts';

interface ClosedForm {
  readonly id: string;
  readonly model: string;
  readonly params: Params;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** The most events one case may take. */
const MAX_EVENTS = 400_000_000;

interface Judged {
  readonly form: ClosedForm;
  readonly verdicts: readonly Verdict[];
  /** Why there are none. */
  readonly notApplicable?: string;
}

function isClosedForm(value: unknown): value is ClosedForm {
  if (typeof value !== 'object' || value === null) return false;
  const { id, model, params, expected } = value as Partial<Record<keyof ClosedForm, unknown>>;
  return (
    typeof id === 'string' &&
    typeof model === 'string' &&
    typeof params === 'object' &&
    typeof expected === 'object'
  );
}

function closedForms(files: readonly GoldenFile[]): readonly ClosedForm[] {
  return files
    .filter((file) => file.path.endsWith('.json'))
    .flatMap((file) => (file.read() as { readonly cases?: readonly unknown[] }).cases ?? [])
    .filter(isClosedForm);
}

/** Throws Unfit where the rule leaves the case out. */
function simulate({ id, model, params, expected }: ClosedForm): readonly Verdict[] {
  const make = familyOf(model);
  if (make === undefined) throw new Unfit('a formula, not a process');
  const family: Family = make(params);
  if (!family.bounded && family.load > MAX_LOAD + 1e-9) throw new Unfit(`load ${family.load.toPrecision(3)}`);
  const targets = new Map<string, Target>();
  for (const [metric, value] of Object.entries(expected)) {
    const target = typeof value === 'number' ? targetOf(metric, value, family.load, expected) : undefined;
    if (target !== undefined) targets.set(metric, target);
  }
  if (targets.size === 0) throw new Unfit('all metrics are too rare');
  return estimate(family, id, targets, MAX_EVENTS);
}

function attempt(form: ClosedForm): Judged {
  try {
    return { form, verdicts: simulate(form) };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { form, verdicts: [], notApplicable: error.message };
  }
}

const percent = (x: number): string => `${(100 * x).toPrecision(3)} %`;

/** The first difference of a case. */
function differenceOf(verdicts: readonly Verdict[], rejected: ReadonlySet<Verdict>): string | undefined {
  for (const v of verdicts) {
    const what = v.target.complement ? `1 − ${v.metric}` : v.metric;
    const got = `${what}: expected ${v.exact}, got ${v.estimate.toPrecision(6)} ± ${percent(v.halfWidth)}`;
    if (rejected.has(v)) return `${got}, p = ${v.p.toPrecision(2)}`;
    if (v.halfWidth > v.target.precision) return `${got}, wider than ${percent(v.target.precision)}`;
  }
  return undefined;
}

function* run(files: readonly GoldenFile[]): Generator<CaseResult> {
  const judged = closedForms(files).map(attempt);
  const all = judged.flatMap(({ verdicts }) => verdicts);
  const rejectedAt = holmRejected(
    all.map((v) => v.p),
    FAMILY_WISE_ERROR,
  );
  const rejected = new Set(all.filter((_, i) => rejectedAt.has(i)));
  for (const { form, verdicts, notApplicable } of judged) {
    const { id, model: category } = form;
    const difference = differenceOf(verdicts, rejected);
    if (notApplicable !== undefined)
      yield { id, category, passed: true, notApplicable: `${notApplicable}\n${RULE}` };
    else if (difference === undefined) yield { id, category, passed: true };
    else yield { id, category, passed: false, difference };
  }
}

export const suite: ConformanceSuite = { name: 'analytic', slow: true, run };
