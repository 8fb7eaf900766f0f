/** DefaultBinder: posts the pod's binding to the API server. `plugins/defaultbinder`, Kubernetes v1.36. */
import { failure, type Plugin } from '../sim/scheduler/index.ts';

export const defaultBinder = (): Plugin => ({
  name: 'DefaultBinder',
  bind: (_state, pod, node, { number, results }) => {
    const { namespace = '', name, uid } = pod.metadata;
    if (number === 0) return { requests: [{ verb: 'bind', namespace, name, uid, node }] };
    const answer = results[0];
    return answer === undefined || answer.ok ? undefined : failure(answer.error.message);
  },
});
