/** Whether an Indexed Job counts as succeeded before all indexes have. Kubernetes v1.36.3, pkg/controller/job/success_policy.go. */
import type { Job } from '../../api/index.ts';
import { IndexSet } from './index-set.ts';

/** The message for the first rule that is met. */
export function successPolicyMet(job: Job, succeeded: IndexSet): string | undefined {
  const completions = job.spec.completions ?? 0;
  for (const [index, rule] of (job.spec.successPolicy?.rules ?? []).entries()) {
    const { succeededIndexes, succeededCount } = rule;
    if (succeededIndexes === undefined && succeededCount === undefined) continue;
    const wanted = succeededIndexes === undefined ? undefined : IndexSet.parse(succeededIndexes, completions);
    const have = wanted === undefined ? succeeded.total : wanted.countIn(succeeded);
    if (have >= (succeededCount ?? wanted?.total ?? 0)) return `Matched rules at index ${index}`;
  }
  return undefined;
}
