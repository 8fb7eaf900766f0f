/** The test kit for policies with the project's own plugins beside the policy. */
import {
  type PolicyModule,
  type PolicyProblem,
  type PolicyTestOptions,
  testPolicy,
} from '../scheduler/index.ts';
import { loadRegistries } from './registries.ts';

/** What is wrong with a policy, by trying it in made-up clusters; empty if nothing was found. */
export const checkPolicy = (policy: PolicyModule, options?: PolicyTestOptions): readonly PolicyProblem[] =>
  testPolicy(policy, loadRegistries(), options);
