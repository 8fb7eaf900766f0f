/**
 * What a pod that is being resized in place counts for: the most of what is asked, allocated and actuated, container by
 * container (`component-helpers/resource/helpers.go` with UseStatusResources, Kubernetes v1.36).
 */
import {
  type Container,
  compareQuantities,
  type Pod,
  type PodSpec,
  type ResourceList,
} from '../../api/index.ts';

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** The spec with the requests that count; the pod's own spec object if no container reports its resources. */
export function resizedSpec(pod: Pod): PodSpec {
  const { spec, status } = pod;
  if (!isResized(pod)) return spec;
  const infeasible =
    status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
  const resize = (container: Container, statuses: readonly ContainerStatus[] | undefined): Container => {
    const known = statuses?.find(({ name, resources }) => name === container.name && resources !== undefined);
    if (known === undefined) return container;
    const lists = [known.resources?.requests, known.allocatedResources];
    if (!infeasible) lists.push(container.resources?.requests);
    return { ...container, resources: { ...container.resources, requests: lists.reduce(most, {}) ?? {} } };
  };
  return {
    ...spec,
    containers: spec.containers.map((container) => resize(container, status?.containerStatuses)),
    initContainers: spec.initContainers?.map((container) =>
      // Only sidecars go on running.
      container.restartPolicy === 'Always' ? resize(container, status?.initContainerStatuses) : container,
    ),
  };
}

/** Some container reports its resources. */
export const isResized = ({ status }: Pod): boolean =>
  status !== undefined &&
  (reportsResources(status.containerStatuses) || reportsResources(status.initContainerStatuses));

function reportsResources(statuses: readonly ContainerStatus[] | undefined): boolean {
  if (statuses === undefined) return false;
  for (let i = 0; i < statuses.length; i++) if (statuses[i]!.resources !== undefined) return true;
  return false;
}

function most(a: ResourceList | undefined, b: ResourceList | undefined): ResourceList {
  const result: Record<string, string> = { ...a };
  for (const [name, amount] of Object.entries(b ?? {}))
    if (result[name] === undefined || compareQuantities(amount, result[name]) > 0) result[name] = amount;
  return result;
}
