/** A pod's priority comes from its class: plugin/pkg/admission/priority, Kubernetes v1.36. */
import { type Draft, type Pod, type PriorityClass, withFields } from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { type Attributes, pluginFor } from './plugin.ts';

export const priority = pluginFor('Priority', 'pods', admitPod);
export const priorityClassDefault = pluginFor('Priority', 'priorityclasses', admitClass);

function admitPod(pod: Draft<Pod>, { storage, table, name }: Attributes): Draft<Pod> | Failure {
  const { spec } = pod;
  const named = spec.priorityClassName ?? '';
  const found = named === '' ? defaultClass(storage) : classNamed(storage, named);
  if (found === undefined && named !== '') {
    return forbidden(table.definition, name, `no PriorityClass with name ${named} was found`);
  }
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  const refusal = contradiction(spec, value, policy);
  if (refusal !== undefined) return forbidden(table.definition, name, refusal);
  const className = found === undefined ? undefined : { priorityClassName: found.metadata.name };
  const own = { ...className, priority: value, preemptionPolicy: policy };
  return { ...pod, spec: withFields(spec, own) };
}

function contradiction(spec: Pod['spec'], value: number, policy: string): string | undefined {
  if (spec.priority !== undefined && spec.priority !== value) {
    return `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
  }
  return undefined;
}

const classNamed = (storage: Storage, name: string): PriorityClass | undefined =>
  storage.tables.priorityclasses.find('', name)?.object as PriorityClass | undefined;

/** The global default; of several (two API servers may have raced) the lowest. */
function defaultClass(storage: Storage): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const { object } of storage.tables.priorityclasses.inNamespace('')) {
    const candidate = object as PriorityClass;
    if (candidate.globalDefault === true && (lowest === undefined || candidate.value < lowest.value))
      lowest = candidate;
  }
  return lowest;
}

function admitClass(
  object: Draft<PriorityClass>,
  { storage, table, name }: Attributes,
): Draft<PriorityClass> | Failure {
  const present = object.globalDefault === true ? defaultClass(storage) : undefined;
  if (present === undefined || present.metadata.name === name) return object;
  const why = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`;
  return forbidden(table.definition, name, why);
}
