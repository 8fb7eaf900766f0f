/** Kinds of objects that a cluster would act on and the simulator does not: a run without them is another run. */
import type { Diagnostic, ManifestObject, ResourceName } from '../api/index.ts';

const CONSEQUENCES: Partial<Record<ResourceName, string>> = {
  persistentvolumeclaims: 'it is given no volume; pods that use it stay Pending unless it is bound already',
  statefulsets: 'its pods are not created',
  daemonsets: 'its pods are not created',
  cronjobs: 'its Jobs are not created',
  horizontalpodautoscalers: 'nothing is scaled',
  resourcequotas: 'it limits nothing',
  networkpolicies: 'all traffic passes',
  ingresses: 'traffic goes to Services directly',
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
