/** InterPodAffinityArgs of kubescheduler.config.k8s.io/v1. */
import { ArgsReader } from '../../sim/scheduler/contract.ts';

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

export function readArgs(raw: unknown): InterPodAffinityArgs {
  const args = new ArgsReader(raw, '');
  const result = {
    hardPodAffinityWeight: args.integer('hardPodAffinityWeight', 1, 0, 100),
    ignorePreferredTermsOfExistingPods: args.boolean('ignorePreferredTermsOfExistingPods', false),
  };
  args.finish();
  return result;
}
