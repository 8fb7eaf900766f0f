/** Requests and limits of containers and pods (Kubernetes v1.36, pkg/apis/core/validation). */

import { quantityValue } from '../amount.ts';
import { qualifiedNameProblems } from '../names.ts';
import { aggregateLimits, aggregateRequests } from '../pod-resources.ts';
import { amountOf, compareQuantities, wholeUnits } from '../quantity.ts';
import {
  CPU,
  EPHEMERAL_STORAGE,
  isExtendedResource,
  isHugePages,
  isNativeResource,
  isPodLevelResource,
  MEMORY,
} from '../resource-names.ts';
import type { ResourceRequirements } from '../types/container.ts';
import type { Quantity, ResourceList } from '../types/meta.ts';
import type { PodSpec } from '../types/pod.ts';
import type { ErrorList } from './field-error.ts';
import { COUNTED_RESOURCES, resourceQuantity } from './rules.ts';

const CONTAINER_RESOURCES = new Set([CPU, MEMORY, EPHEMERAL_STORAGE]);
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  ...COUNTED_RESOURCES,
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);

export const isStandardResource = (name: string): boolean =>
  STANDARD_RESOURCES.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');

/** A resource may be overcommitted if limits may exceed requests. */
const mayOvercommit = (name: string): boolean => isNativeResource(name) && !isHugePages(name);

/** True if the name is qualified, and if unqualified then standard. */
export function resourceName(errors: ErrorList, field: string, name: string): boolean {
  const problems = qualifiedNameProblems(name);
  errors.invalidEach(field, name, problems);
  if (problems.length > 0) return false;
  if (name.includes('/') || isStandardResource(name)) return true;
  errors.invalid(field, name, 'must be a standard resource type or fully qualified');
  return false;
}

function containerResourceName(errors: ErrorList, field: string, name: string): void {
  resourceName(errors, field, name);
  if (!name.includes('/')) {
    const standard = CONTAINER_RESOURCES.has(name) || isHugePages(name);
    if (!standard) errors.invalid(field, name, 'must be a standard resource for containers');
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.invalid(field, name, "doesn't follow extended resource name standard");
  }
}

function hugePageMultiple(errors: ErrorList, field: string, name: string, quantity: Quantity): void {
  const pageBytes = wholeUnits(name.slice('hugepages-'.length));
  const bytes = quantityValue(amountOf(quantity));
  if (pageBytes > 0 && bytes > 0n && bytes % BigInt(pageBytes) === 0n) return;
  errors.invalid(field, quantity, `${quantity} is not positive integer multiple of ${name}`);
}

function entries(errors: ErrorList, path: string, list: ResourceList): void {
  for (const name of Object.keys(list)) {
    const quantity = list[name] ?? '0';
    const field = `${path}[${name}]`;
    containerResourceName(errors, field, name);
    resourceQuantity(errors, field, name, quantity);
    if (isHugePages(name)) hugePageMultiple(errors, field, name, quantity);
  }
}

export function validateContainerResources(
  errors: ErrorList,
  path: string,
  resources: ResourceRequirements,
): void {
  const { limits = {}, requests = {} } = resources;
  entries(errors, `${path}.limits`, limits);
  entries(errors, `${path}.requests`, requests);
  for (const name of Object.keys(requests))
    requestWithinLimit(errors, path, name, requests[name] ?? '0', limits[name]);
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const hugePagesAlone = names.some(isHugePages) && !names.some((name) => name === CPU || name === MEMORY);
  if (hugePagesAlone) errors.forbidden(path, 'HugePages require cpu or memory');
}

function requestWithinLimit(
  errors: ErrorList,
  path: string,
  name: string,
  request: Quantity,
  limit: Quantity | undefined,
): void {
  if (limit === undefined) {
    if (!mayOvercommit(name))
      errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    return;
  }
  const order = compareQuantities(request, limit);
  if (order !== 0 && !mayOvercommit(name)) {
    errors.invalid(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`);
  } else if (order > 0) {
    errors.invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`);
  }
}

/** `spec.resources`: only some resources, and never less than the containers together. */
export function validatePodLevelResources(errors: ErrorList, path: string, spec: PodSpec): void {
  const { resources } = spec;
  if (resources === undefined) return;
  for (const side of ['limits', 'requests'] as const) {
    for (const [name, quantity] of Object.entries(resources[side] ?? {})) {
      const field = `${path}.${side}[${name}]`;
      if (!isPodLevelResource(name)) errors.notSupported(field, name, ['cpu', 'hugepages-', 'memory']);
      else resourceQuantity(errors, field, name, quantity);
    }
  }
  const { limits = {}, requests = {} } = resources;
  for (const [name, request] of Object.entries(requests)) {
    requestWithinLimit(errors, path, name, request, limits[name]);
  }
  atLeastContainers(errors, `${path}.requests`, requests, aggregateRequests(spec), 'requests');
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const own = container.resources?.limits ?? {};
    for (const name of Object.keys(own)) {
      const podLimit = limits[name];
      if (podLimit === undefined || compareQuantities(own[name] ?? '0', podLimit) <= 0) continue;
      const detail = `must be less than or equal to pod limits of ${podLimit}`;
      errors.invalid(`${path}.limits[${name}]`, own[name], detail);
    }
  }
  if (Object.keys(limits).some(isHugePages))
    atLeastContainers(errors, `${path}.limits`, limits, aggregateLimits(spec), 'limits');
}

function atLeastContainers(
  errors: ErrorList,
  path: string,
  podLevel: ResourceList,
  containers: ResourceList,
  side: 'requests' | 'limits',
): void {
  for (const [name, total] of Object.entries(containers)) {
    const quantity = podLevel[name];
    if (quantity === undefined || (side === 'limits' && !isHugePages(name))) continue;
    if (compareQuantities(quantity, total) < 0) {
      errors.invalid(
        `${path}[${name}]`,
        quantity,
        `must be greater than or equal to aggregate container ${side} of ${total}`,
      );
    }
  }
}
