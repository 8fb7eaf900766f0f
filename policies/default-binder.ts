/** DefaultBinder: posts the pod's binding to the API server. `plugins/defaultbinder`, Kubernetes v1.36. */
import { boundWith, type Plugin } from '../sim/scheduler/contract.ts';

export const defaultBinder = (): Plugin => ({
  name: 'DefaultBinder',
  bind: (_state, pod, node, turn) => boundWith(undefined, pod, node, turn),
});
