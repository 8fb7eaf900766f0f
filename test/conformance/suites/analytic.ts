/**
 * The event engine against closed forms of queueing and reliability theory: every model is built on Simulation, and must
 * agree with the formula within confidence intervals of a stated width. Rule and correction: `analytic/rule.ts`.
 */
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';
import type { ClosedForm } from './analytic/closed-form.ts';
import { holmRejected, type Verdict } from './analytic/experiment.ts';
import { simulateAll } from './analytic/parallel.ts';
import { FAMILY_WISE_ERROR, RULE } from './analytic/rule.ts';

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

async function* run(files: readonly GoldenFile[]): AsyncGenerator<CaseResult> {
  const forms = closedForms(files);
  const outcomes = await simulateAll(forms);
  const all = outcomes.flatMap(({ verdicts }) => verdicts);
  const rejectedAt = holmRejected(
    all.map((v) => v.p),
    FAMILY_WISE_ERROR,
  );
  const rejected = new Set(all.filter((_, i) => rejectedAt.has(i)));
  for (const [i, { verdicts, notApplicable }] of outcomes.entries()) {
    const { id, model: category } = forms[i]!;
    const difference = differenceOf(verdicts, rejected);
    if (notApplicable !== undefined)
      yield { id, category, passed: true, notApplicable: `${notApplicable}\n${RULE}` };
    else if (difference === undefined) yield { id, category, passed: true };
    else yield { id, category, passed: false, difference };
  }
}

export const suite = { name: 'analytic', slow: true, run } satisfies ConformanceSuite;
