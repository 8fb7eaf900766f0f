/** Kinds of objects and fields of pods that a cluster would act on and the simulator does not: a run without them is another run. */
import type { Container, Diagnostic, ManifestObject, PodSpec, ResourceName } from '../api/index.ts';
import type { PlacedPod } from './never-bound.ts';

const CONSEQUENCES: Partial<Record<ResourceName, string>> = {
  persistentvolumeclaims: 'it is given no volume; pods that use it stay Pending unless it is bound already',
  statefulsets: 'its pods are not created',
  daemonsets: 'its pods are not created',
  cronjobs: 'its Jobs are not created',
  horizontalpodautoscalers: 'nothing is scaled',
  resourcequotas: 'it limits nothing',
  networkpolicies: 'all traffic passes',
  ingresses: 'traffic goes to Services directly',
  rolebindings: 'every request is allowed, with it or without',
  clusterrolebindings: 'every request is allowed, with it or without',
  poddisruptionbudgets: 'it allows no eviction, whatever it says, until somebody writes its status',
};

/** One warning for each kind, at its first object. */
export function notSimulated(entries: readonly ManifestObject[]): Diagnostic[] {
  const warnings = new Map<ResourceName, Diagnostic>();
  for (const { resource, object, position } of entries) {
    const consequence = CONSEQUENCES[resource];
    if (consequence === undefined || warnings.has(resource)) continue;
    const message = `nobody sees to a ${object.kind} in the simulation: ${consequence}`;
    warnings.set(resource, { ...position, severity: 'warning', message });
  }
  return [...warnings.values()];
}

interface PodField {
  readonly path: string;
  /** Undefined: the pod does not have it. */
  readonly of: (spec: PodSpec) => unknown;
  readonly consequence: string;
}

const ofContainer =
  (read: (container: Container) => unknown) =>
  ({ initContainers = [], containers }: PodSpec): unknown =>
    [...initContainers, ...containers].find((container) => read(container) !== undefined);

const POD_FIELDS: readonly PodField[] = [
  {
    path: 'activeDeadlineSeconds',
    of: (spec) => spec.activeDeadlineSeconds,
    consequence: 'it does not end the pod; that of a Job ends the Job',
  },
  {
    path: 'livenessProbe',
    of: ofContainer(({ livenessProbe }) => livenessProbe),
    consequence: 'it restarts no container',
  },
  {
    path: 'lifecycle.postStart',
    of: ofContainer(({ lifecycle }) => lifecycle?.postStart),
    consequence: 'it takes no time and cannot fail',
  },
  ...(['exec', 'httpGet'] as const).map((handler) => ({
    path: `lifecycle.preStop.${handler}`,
    of: ofContainer(({ lifecycle }) => lifecycle?.preStop?.[handler]),
    consequence: 'it takes no time; preStop.sleep does',
  })),
];

/** One warning for each field, at the first pod or template that has it. */
export function fieldsNotSimulated(pods: readonly PlacedPod[]): Diagnostic[] {
  return POD_FIELDS.flatMap(({ path, of, consequence }) => {
    const first = pods.find(({ spec }) => of(spec) !== undefined);
    if (first === undefined) return [];
    const message = `${path} of pods is not simulated: ${consequence}`;
    return [{ ...first.position, severity: 'warning' as const, message, found: first.name }];
  });
}
