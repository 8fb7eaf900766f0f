/** How a plugin binds: the pod's binding is posted, and an answer that is an error fails the step. */
import type { Pod } from '../../api/index.ts';
import type { StepOutcome, Turn } from '../framework/interface.ts';
import { failure } from '../framework/status.ts';

/** The Bind step of a plugin that leaves these annotations on the pod. */
export function boundWith(
  annotations: Readonly<Record<string, string>> | undefined,
  pod: Pod,
  node: string,
  { number, results }: Turn,
): StepOutcome {
  if (number > 0) {
    const answer = results[0];
    return answer === undefined || answer.ok ? undefined : failure(answer.error.message);
  }
  const { namespace = '', name, uid } = pod.metadata;
  return { requests: [{ verb: 'bind', namespace, name, uid, node, annotations }] };
}
