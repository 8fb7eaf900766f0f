/**
 * Defaults of pods and pod templates (Kubernetes v1.36, pkg/apis/core/v1/defaults.go). Remembered by spec object, so
 * that all pods of one template are defaulted once and share one spec.
 */
import { aggregateLimits, aggregateRequests } from '../pod-resources.ts';
import { isHugePages, isPodLevelResource } from '../resource-names.ts';
import type { Container, ContainerPort } from '../types/container.ts';
import type { ResourceList } from '../types/meta.ts';
import type { PodSpec, PodTemplateSpec } from '../types/pod.ts';
import { defaultContainer } from './container.ts';
import { change, fill, mapSame, replace } from './fill.ts';
import { defaultVolume } from './volume.ts';

const templateSpecs = new WeakMap<PodSpec, PodSpec>();
const podSpecs = new WeakMap<PodSpec, PodSpec>();

/** The result maps to itself, so that defaulting twice costs nothing. */
function remembered(
  cache: WeakMap<PodSpec, PodSpec>,
  spec: PodSpec,
  compute: (spec: PodSpec) => PodSpec,
): PodSpec {
  let known = cache.get(spec);
  if (known === undefined) {
    known = compute(spec);
    cache.set(spec, known);
    cache.set(known, known);
  }
  return known;
}

/** Of a spec inside a template. O(1) for a spec object seen before. */
export const defaultTemplateSpec = (spec: PodSpec): PodSpec =>
  remembered(templateSpecs, spec, completeTemplateSpec);

/** Of a pod's own spec: a template's defaults, and requests taken from limits. O(1) for a spec object seen before. */
export const defaultPodSpec = (spec: PodSpec): PodSpec =>
  remembered(podSpecs, spec, (own) => completePodSpec(defaultTemplateSpec(own)));

export const defaultTemplate = (template: PodTemplateSpec): PodTemplateSpec =>
  change(fill(template, { metadata: {} }), 'spec', defaultTemplateSpec);

function completeTemplateSpec(spec: PodSpec): PodSpec {
  let result = fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (result.serviceAccountName !== undefined)
    result = fill(result, { serviceAccount: result.serviceAccountName });
  else if (result.serviceAccount !== undefined)
    result = fill(result, { serviceAccountName: result.serviceAccount });
  result = replace(result, 'containers', mapSame(result.containers, defaultContainer));
  result = change(result, 'initContainers', (list) => mapSame(list, defaultContainer));
  result = change(result, 'ephemeralContainers', (list) => mapSame(list, defaultContainer));
  return change(result, 'volumes', (volumes) => mapSame(volumes, defaultVolume));
}

function completePodSpec(spec: PodSpec): PodSpec {
  let result = replace(spec, 'containers', mapSame(spec.containers, requestsFromLimits));
  result = change(result, 'initContainers', (list) => mapSame(list, requestsFromLimits));
  result = fill(podLevelDefaults(result), { enableServiceLinks: true });
  if ((result.terminationGracePeriodSeconds ?? 0) < 0)
    result = { ...result, terminationGracePeriodSeconds: 1 };
  if (result.hostNetwork !== true) return result;
  result = replace(result, 'containers', mapSame(result.containers, hostPortsFromContainerPorts));
  return change(result, 'initContainers', (list) => mapSame(list, hostPortsFromContainerPorts));
}

const requestsFromLimits = (container: Container): Container =>
  change(container, 'resources', (resources) =>
    resources.limits === undefined
      ? resources
      : replace(resources, 'requests', fill<ResourceList>(resources.requests ?? {}, resources.limits)),
  );

const hostPortsFromContainerPorts = (container: Container): Container =>
  change(container, 'ports', (ports) =>
    mapSame(ports, (port): ContainerPort => fill(port, { hostPort: port.containerPort })),
  );

/** Pod-level requests come from the containers' requests, then from pod-level limits; huge page limits from the containers'. */
function podLevelDefaults(spec: PodSpec): PodSpec {
  const { resources } = spec;
  if (resources === undefined) return spec;
  const limits = fill(resources.limits ?? {}, only(aggregateLimits(spec), isHugePages));
  if (Object.keys(limits).length === 0) return spec;
  const fromContainers = fill(resources.requests ?? {}, only(aggregateRequests(spec), isPodLevelResource));
  const requests = fill(fromContainers, only(limits, isPodLevelResource));
  const complete = { ...resources, limits };
  return { ...spec, resources: Object.keys(requests).length === 0 ? complete : { ...complete, requests } };
}

const only = (list: ResourceList, keep: (name: string) => boolean): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([name]) => keep(name)));
