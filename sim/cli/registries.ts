/** Where policies and proxies meet the simulator: `sim/` itself imports neither. */
import { policyRegistry } from '../../policies/index.ts';
import { PROXY_MODES } from '../../proxies/index.ts';
import type { Registries } from '../scenario/index.ts';

export const loadRegistries = (): Registries => ({ policies: policyRegistry, proxies: PROXY_MODES });
