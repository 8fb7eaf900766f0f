/** What is told when a controller creates a pod: `RealPodControl` in pkg/controller, Kubernetes v1.36.3. */
import type { KubernetesObject } from '../api/index.ts';
import type { ApiResult } from '../apiserver/index.ts';
import { type EventDraft, isFailure } from './controller.ts';

/** Nothing for a request that was refused in a way that is no failure. */
export function creationEvent(object: KubernetesObject, result: ApiResult): readonly EventDraft[] {
  if (result.ok)
    return [
      {
        object,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${result.object.metadata.name}`,
      },
    ];
  if (!isFailure(result)) return [];
  return [
    { object, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${result.error.message}` },
  ];
}
