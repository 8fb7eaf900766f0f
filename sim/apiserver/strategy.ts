/** What differs between resources in how the generic registry stores them: the strategies under pkg/registry, Kubernetes v1.36. */
import { equalJson, type ResourceName } from '../api/index.ts';
import type { StoredObject } from './stored-object.ts';

/** Which change of an object counts as a new generation; `none` keeps no generation at all. */
type GenerationRule = 'none' | 'spec' | 'spec-or-annotations' | 'content';

export interface Strategy {
  readonly generation: GenerationRule;
  /** What becomes of dependents if a delete does not say. */
  readonly defaultPropagation: 'Background' | 'Orphan';
  /** PUT to a name that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** PUT without resourceVersion is accepted. */
  readonly unconditionalUpdate: boolean;
}

const base: Strategy = {
  generation: 'none',
  defaultPropagation: 'Background',
  createOnUpdate: false,
  unconditionalUpdate: true,
};
const bySpec: Strategy = { ...base, generation: 'spec' };
const byContent: Strategy = { ...base, generation: 'content' };

const table: Partial<Record<ResourceName, Strategy>> = {
  pods: bySpec,
  replicationcontrollers: { ...bySpec, defaultPropagation: 'Orphan' },
  replicasets: bySpec,
  deployments: { ...base, generation: 'spec-or-annotations' },
  statefulsets: bySpec,
  daemonsets: bySpec,
  jobs: { ...bySpec, defaultPropagation: 'Orphan' },
  cronjobs: bySpec,
  poddisruptionbudgets: { ...bySpec, unconditionalUpdate: false },
  ingresses: bySpec,
  ingressclasses: bySpec,
  networkpolicies: bySpec,
  endpointslices: byContent,
  priorityclasses: byContent,
  leases: { ...base, createOnUpdate: true, unconditionalUpdate: false },
  events: { ...base, createOnUpdate: true },
  endpoints: { ...base, createOnUpdate: true },
  services: { ...base, createOnUpdate: true },
  limitranges: { ...base, createOnUpdate: true },
};

export const strategyOf = (resource: ResourceName): Strategy => table[resource] ?? base;

/** Does `next` need a new generation? Compares only what the rule names. */
export function bumpsGeneration(rule: GenerationRule, next: StoredObject, current: StoredObject): boolean {
  switch (rule) {
    case 'none':
      return false;
    case 'spec':
      return !equalJson(next.spec, current.spec);
    case 'spec-or-annotations':
      return (
        !equalJson(next.spec, current.spec) ||
        !equalJson(next.metadata.annotations, current.metadata.annotations)
      );
    case 'content':
      return !equalJson(
        { ...next, metadata: next.metadata.labels },
        { ...current, metadata: current.metadata.labels },
      );
  }
}
