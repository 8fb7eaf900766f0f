/** Judges the results of a conformance run against the list of known failures. Pure. */
import type { KnownFailure } from './known-failures.ts';
import { knownFailureLookup } from './known-failures.ts';
import type { CaseResult } from './suite.ts';

export interface SuiteResults {
  readonly name: string;
  readonly cases: readonly CaseResult[];
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export interface JudgedFailure {
  readonly id: string;
  readonly category: string;
  readonly difference: string;
  /** From the list; null for a failure nobody expects. */
  readonly cause: string | null;
}

export interface SuiteVerdict extends Tally {
  readonly name: string;
  /** By name. */
  readonly categories: readonly (Tally & { readonly name: string })[];
  readonly failures: readonly JudgedFailure[];
  /** Cases that passed though listed as failing. */
  readonly unexpectedPasses: readonly { readonly id: string; readonly cause: string }[];
  /** Cases a rule of the suite leaves out; absent if there are none. */
  readonly notApplicable?: readonly { readonly id: string; readonly why: string }[];
}

export interface Verdict extends Tally {
  readonly suites: readonly SuiteVerdict[];
  readonly ok: boolean;
}

/** Strict: no case may fail. Otherwise exactly the listed cases, as far as they were run, have to fail. */
export function judge(
  results: readonly SuiteResults[],
  known: readonly KnownFailure[],
  strict: boolean,
): Verdict {
  const lookup = knownFailureLookup(known);
  const suites = results.map(({ name, cases }) => judgeSuite(name, cases, (id) => lookup(name, id)));
  const unexpected = suites.some(
    (suite) => suite.unexpectedPasses.length > 0 || suite.failures.some(({ cause }) => cause === null),
  );
  const tally = sum(suites);
  return { suites, ...tally, ok: strict ? tally.failed === 0 : !unexpected };
}

function judgeSuite(
  name: string,
  cases: readonly CaseResult[],
  lookup: (id: string) => KnownFailure | undefined,
): SuiteVerdict {
  const categories = new Map<string, Tally>();
  const failures: JudgedFailure[] = [];
  const unexpectedPasses: { id: string; cause: string }[] = [];
  const notApplicable: { id: string; why: string }[] = [];
  for (const { id, category, passed, difference, notApplicable: why } of cases) {
    if (why !== undefined) {
      notApplicable.push({ id, why });
      continue;
    }
    const tally = categories.get(category) ?? { passed: 0, failed: 0 };
    categories.set(category, sum([tally, { passed: passed ? 1 : 0, failed: passed ? 0 : 1 }]));
    const cause = lookup(id)?.cause ?? null;
    if (!passed) failures.push({ id, category, difference: difference ?? 'no difference given', cause });
    else if (cause !== null) unexpectedPasses.push({ id, cause });
  }
  const sorted = [...categories].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    name,
    ...sum([...categories.values()]),
    categories: sorted.map(([category, tally]) => ({ name: category, ...tally })),
    failures,
    unexpectedPasses,
    ...(notApplicable.length === 0 ? {} : { notApplicable }),
  };
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.reduce((total, { failed }) => total + failed, 0),
  };
}
