/**
 * NodeDeclaredFeatures: pods that need a feature go to nodes that declare it. `plugins/nodedeclaredfeatures`, Kubernetes v1.36.
 * DEVIATION: no pod of the simulator needs a declared feature, so the plugin never acts.
 */
import { type Plugin, SKIP } from '../sim/scheduler/contract.ts';

export const nodeDeclaredFeatures = (): Plugin => ({
  name: 'NodeDeclaredFeatures',
  ignores: () => true,
  preFilter: () => SKIP,
  filter: () => undefined,
});
