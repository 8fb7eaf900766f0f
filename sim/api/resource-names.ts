/** Families of resource names (Kubernetes v1.36, pkg/apis/core/v1/helper and component-helpers/resource). */

export const CPU = 'cpu';
export const MEMORY = 'memory';
export const EPHEMERAL_STORAGE = 'ephemeral-storage';
export const PODS = 'pods';

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');

/** Unqualified, or qualified by a `kubernetes.io` domain. */
export const isNativeResource = (name: string): boolean =>
  !name.includes('/') || name.includes('kubernetes.io/');

/** A device-plugin or custom resource such as `nvidia.com/gpu`. */
export const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith('requests.');

/** Counted by the scheduler besides cpu, memory, ephemeral storage and pods. */
export const isScalarResource = (name: string): boolean =>
  isExtendedResource(name) ||
  isHugePages(name) ||
  name.includes('kubernetes.io/') ||
  name.startsWith('attachable-volumes-');

/** May be set in `pod.spec.resources`. */
export const isPodLevelResource = (name: string): boolean =>
  name === CPU || name === MEMORY || isHugePages(name);
