/** EndpointSlices of a Service: how they are labelled, found and written. Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/utils.go. */
import {
  controllerReference,
  type Draft,
  type Endpoint,
  type EndpointSlice,
  type Labels,
  type Service,
} from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import type { AddressType } from './pod-endpoint.ts';
import type { DesiredGroup } from './slice-plan.ts';
import { withTrigger } from './trigger-times.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';
const MANAGER = 'endpointslice-controller.k8s.io';

/** The key of the Service that the slice belongs to, if this controller manages it. */
export function serviceOf({ metadata }: EndpointSlice): string | undefined {
  const { namespace = '', labels } = metadata;
  return labels?.[MANAGED_BY] === MANAGER ? `${namespace}/${labels[SERVICE_NAME] ?? ''}` : undefined;
}

const labelsOf = new WeakMap<Service, Labels>();

/** The Service's own labels and those by which slices are found; the same object for the same Service. */
function labelsFor(service: Service): Labels {
  let labels = labelsOf.get(service);
  if (labels === undefined) labelsOf.set(service, (labels = sliceLabels(service)));
  return labels;
}

function sliceLabels({ metadata, spec }: Service): Labels {
  const { [HEADLESS]: _h, [SERVICE_NAME]: _s, [MANAGED_BY]: _m, ...own } = metadata.labels ?? {};
  const labels = { ...own, [SERVICE_NAME]: metadata.name, [MANAGED_BY]: MANAGER };
  return spec.clusterIP === 'None' ? { ...labels, [HEADLESS]: '' } : labels;
}

export function hasLabels({ metadata }: EndpointSlice, service: Service): boolean {
  const wanted = labelsFor(service);
  const labels = metadata.labels ?? {};
  const names = Object.keys(wanted);
  return names.length === Object.keys(labels).length && names.every((name) => labels[name] === wanted[name]);
}

/** `trigger`: of the change, absent if there is none to tell. */
export function createSlice(
  service: Service,
  addressType: AddressType,
  ports: DesiredGroup['ports'],
  endpoints: readonly Endpoint[],
  trigger: string | undefined,
): ApiRequest {
  const { namespace = '', name } = service.metadata;
  const object: Draft<EndpointSlice> = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      generateName: `${name}-`,
      labels: labelsFor(service),
      annotations: withTrigger(undefined, trigger),
      ownerReferences: [controllerReference(service)],
    },
    addressType,
    endpoints,
    ports,
  };
  return { verb: 'create', resource: 'endpointslices', namespace, object };
}

export function updateSlice(
  service: Service,
  slice: EndpointSlice,
  ports: DesiredGroup['ports'] | undefined,
  endpoints: readonly Endpoint[],
  trigger: string | undefined,
): ApiRequest {
  const annotations = withTrigger(slice.metadata.annotations, trigger);
  const labels = hasLabels(slice, service) ? slice.metadata.labels : labelsFor(service);
  const metadata = { ...slice.metadata, labels, annotations };
  return {
    verb: 'update',
    resource: 'endpointslices',
    object: { ...slice, metadata, ports, endpoints } as EndpointSlice,
  };
}

export const deleteSlice = ({ metadata }: EndpointSlice): ApiRequest => ({
  verb: 'delete',
  resource: 'endpointslices',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
