/** Where policies and proxies meet the simulator, for the composition roots: no other file of `sim/` imports either. */
import { defaultPlugins, profiles, schedulerPlugins } from '../policies/index.ts';
import { PROXY_MODES } from '../proxies/index.ts';
import type { Registries } from './scenario/index.ts';
import {
  type PolicyModule,
  type PolicyProblem,
  type PolicyTestOptions,
  testPolicy,
} from './scheduler/index.ts';

const own = { plugins: schedulerPlugins, defaultPlugins, profiles, proxies: PROXY_MODES };

export const loadRegistries = (): Registries => ({ ...own, own });

/** What is wrong with a policy, by trying it in made-up clusters beside the project's own plugins; empty if nothing was found. */
export const checkPolicy = (policy: PolicyModule, options?: PolicyTestOptions): readonly PolicyProblem[] =>
  testPolicy(policy, loadRegistries(), options);
