/** Where policies and proxies meet the simulator: `sim/` itself imports neither. */
import { defaultPlugins, profiles, schedulerPlugins } from '../../policies/index.ts';
import { PROXY_MODES } from '../../proxies/index.ts';
import type { Registries } from '../scenario/index.ts';

export const loadRegistries = (): Registries => ({
  plugins: schedulerPlugins,
  defaultPlugins,
  profiles,
  proxies: PROXY_MODES,
});
