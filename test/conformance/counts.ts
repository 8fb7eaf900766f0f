/** How many recorded cases agree, by suite and category: what README's table is made from. */
import type { Tally, Verdict } from './verdict.ts';

export interface SuiteCounts extends Tally {
  readonly name: string;
  /** Cases that a rule of the suite leaves out. */
  readonly notApplicable: number;
  readonly categories: readonly (Tally & { readonly name: string })[];
}

export const countsOf = ({ suites }: Pick<Verdict, 'suites'>): SuiteCounts[] =>
  suites.map(({ name, passed, failed, notApplicable = [], categories }) => ({
    name,
    passed,
    failed,
    notApplicable: notApplicable.length,
    categories,
  }));
