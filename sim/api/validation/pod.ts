/** Pods and pod templates (Kubernetes v1.36, ValidatePodCreate and ValidatePodTemplateSpec in pkg/apis/core/validation). */
import { dnsSubdomainProblems, qualifiedNameProblems } from '../names.ts';
import type { Container } from '../types/container.ts';
import type { PodSpec, PodTemplateSpec } from '../types/pod.ts';
import { type PodContext, validateContainer, validateRunning } from './container.ts';
import type { ErrorList } from './field-error.ts';
import { validateAnnotations } from './metadata.ts';
import { validatePodLevelResources } from './resources.ts';
import { choice, dnsLabel, labelMap, optionalChoice, resourceQuantity } from './rules.ts';
import { validateAffinity, validateSpreadConstraints, validateTolerations } from './scheduling.ts';
import { validateVolumes } from './volume.ts';

const MAX_INT32 = 2_147_483_647;

const validPodSpecs = new WeakSet<PodSpec>();
const validTemplateSpecs = new WeakSet<PodSpec>();

/** Remembers a spec in which nothing was found. */
function once(known: WeakSet<PodSpec>, errors: ErrorList, spec: PodSpec, validate: () => void): void {
  if (known.has(spec)) return;
  const before = errors.errors.length;
  validate();
  if (errors.errors.length === before) known.add(spec);
}

/** The spec of a pod. O(1) for a spec object found valid before. */
export function validatePodSpec(errors: ErrorList, path: string, spec: PodSpec): void {
  once(validPodSpecs, errors, spec, () => {
    validateTemplatePodSpec(errors, path, spec);
    if ((spec.ephemeralContainers ?? []).length > 0) {
      errors.forbidden(`${path}.ephemeralContainers`, 'cannot be set on create');
    }
    for (const list of ['containers', 'initContainers'] as const) {
      for (const [i, { image = '' }] of (spec[list] ?? []).entries()) {
        const trimmed = image.trim() === image;
        if (!trimmed)
          errors.invalid(
            `${path}.${list}[${i}].image`,
            image,
            'must not have leading or trailing whitespace',
          );
      }
    }
  });
}

/** The spec inside a template. O(1) for a spec object found valid before. */
export const validateTemplatePodSpec = (errors: ErrorList, path: string, spec: PodSpec): void =>
  once(validTemplateSpecs, errors, spec, () => validateSpec(errors, path, spec));

export function validateTemplate(errors: ErrorList, path: string, template: PodTemplateSpec): void {
  labelMap(errors, `${path}.labels`, template.metadata?.labels);
  validateAnnotations(errors, `${path}.annotations`, template.metadata?.annotations);
  validateTemplatePodSpec(errors, `${path}.spec`, template.spec);
  if ((template.spec.ephemeralContainers ?? []).length > 0) {
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}

function validateSpec(errors: ErrorList, path: string, spec: PodSpec): void {
  const volumes = validateVolumes(errors, `${path}.volumes`, spec.volumes ?? []);
  const context: PodContext = {
    volumes,
    hostNetwork: spec.hostNetwork === true,
    graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
  };
  validateContainers(errors, path, spec, context);
  validatePodLevelResources(errors, `${path}.resources`, spec);
  choice(errors, `${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  choice(errors, `${path}.dnsPolicy`, spec.dnsPolicy, [
    'ClusterFirstWithHostNet',
    'ClusterFirst',
    'Default',
    'None',
  ]);
  labelMap(errors, `${path}.nodeSelector`, spec.nodeSelector);
  for (const [i, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (name === '') errors.required(`${path}.imagePullSecrets[${i}].name`);
  }
  validateAffinity(errors, `${path}.affinity`, spec.affinity);
  validateNameLists(errors, path, spec);
  validateSpreadConstraints(
    errors,
    `${path}.topologySpreadConstraints`,
    spec.topologySpreadConstraints ?? [],
  );
  validateScalars(errors, path, spec);
  validateTolerations(errors, `${path}.tolerations`, spec.tolerations ?? []);
  optionalChoice(errors, `${path}.preemptionPolicy`, spec.preemptionPolicy, [
    'Never',
    'PreemptLowerPriority',
  ]);
  for (const [name, quantity] of Object.entries(spec.overhead ?? {})) {
    resourceQuantity(errors, `${path}.overhead[${name}]`, name, quantity);
  }
}

function validateContainers(errors: ErrorList, path: string, spec: PodSpec, context: PodContext): void {
  const { containers, initContainers = [] } = spec;
  if (containers.length === 0) errors.required(`${path}.containers`);
  const names = new Set<string>();
  const unique = (field: string, { name }: Container): void => {
    if (names.has(name)) errors.duplicate(`${field}.name`, name);
    names.add(name);
  };
  for (const [i, container] of containers.entries()) {
    const field = `${path}.containers[${i}]`;
    validateContainer(errors, field, container, context);
    unique(field, container);
    validateRunning(errors, field, container, context);
  }
  validateHostPorts(errors, `${path}.containers`, containers);
  for (const [i, container] of initContainers.entries()) {
    const field = `${path}.initContainers[${i}]`;
    validateContainer(errors, field, container, context);
    unique(field, container);
    if (container.restartPolicy === 'Always') validateRunning(errors, field, container, context);
    else refuseRunning(errors, field, container);
  }
  validateHostPorts(errors, `${path}.initContainers`, initContainers);
}

/** Init containers that end have no probes and hooks. */
function refuseRunning(errors: ErrorList, path: string, container: Container): void {
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field] !== undefined) {
      errors.forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always');
    }
  }
}

function validateHostPorts(errors: ErrorList, path: string, containers: readonly Container[]): void {
  const taken = new Set<string>();
  for (const [i, container] of containers.entries()) {
    for (const [j, { hostPort = 0, hostIP = '', protocol = '' }] of (container.ports ?? []).entries()) {
      if (hostPort === 0) continue;
      const use = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(use)) errors.duplicate(`${path}[${i}].ports[${j}].hostPort`, use);
      taken.add(use);
    }
  }
}

function validateNameLists(errors: ErrorList, path: string, spec: PodSpec): void {
  for (const [i, { conditionType }] of (spec.readinessGates ?? []).entries()) {
    errors.invalidEach(
      `${path}.readinessGates[${i}].conditionType`,
      conditionType,
      qualifiedNameProblems(conditionType),
    );
  }
  const gates = new Set<string>();
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    errors.invalidEach(`${path}.schedulingGates[${i}].name`, name, qualifiedNameProblems(name));
    if (gates.has(name)) errors.duplicate(`${path}.schedulingGates[${i}].name`, name);
    gates.add(name);
  }
}

function validateScalars(errors: ErrorList, path: string, spec: PodSpec): void {
  const subdomain = (field: string, value: string | undefined): void => {
    if (value) errors.invalidEach(`${path}.${field}`, value, dnsSubdomainProblems(value));
  };
  subdomain('serviceAccountName', spec.serviceAccountName);
  subdomain('nodeName', spec.nodeName);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.invalid(
      `${path}.activeDeadlineSeconds`,
      deadline,
      `must be between 1 and ${MAX_INT32}, inclusive`,
    );
  }
  if (spec.hostname) dnsLabel(errors, `${path}.hostname`, spec.hostname);
  if (spec.subdomain) dnsLabel(errors, `${path}.subdomain`, spec.subdomain);
  subdomain('priorityClassName', spec.priorityClassName);
  subdomain('runtimeClassName', spec.runtimeClassName);
}
