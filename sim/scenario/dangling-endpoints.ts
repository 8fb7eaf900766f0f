/** Endpoints that the control plane keeps of pods that are no more: stale ones are its business only as long as it is at work. */
import { type EndpointSlice, keyOf } from '../api/index.ts';
import type { ApiServer } from '../apiserver/index.ts';

/** Slices that the control plane makes; people may write others as they like. */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';

/** The first, in words; undefined if there is none. O(endpoints). */
export function danglingEndpoint(apiserver: ApiServer): string | undefined {
  for (const slice of apiserver.list('endpointslices')) {
    if (!isKept(apiserver, slice)) continue;
    for (const { targetRef } of slice.endpoints ?? []) {
      if (targetRef?.kind !== 'Pod') continue;
      const { namespace = '', name = '', uid } = targetRef;
      const pod = apiserver.get('pods', namespace, name);
      if (pod?.metadata.uid !== uid)
        return `EndpointSlice ${keyOf(slice)} names pod ${namespace}/${name} (${uid}), which is gone`;
    }
  }
  return undefined;
}

/** A slice whose Service is gone waits for the garbage collector. */
function isKept(apiserver: ApiServer, { metadata: { namespace = '', labels } }: EndpointSlice): boolean {
  const service = labels?.[SERVICE_NAME] ?? '';
  return (
    labels?.[MANAGED_BY] === SLICE_CONTROLLER && apiserver.get('services', namespace, service) !== undefined
  );
}
