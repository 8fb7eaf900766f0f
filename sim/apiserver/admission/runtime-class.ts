/** A runtime class gives its pods overhead and where they may run: plugin/pkg/admission/runtimeclass, Kubernetes v1.36. */
import {
  type Draft,
  equalJson,
  type Labels,
  type Pod,
  type RuntimeClass,
  type Toleration,
} from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import { type Attributes, pluginFor } from './plugin.ts';

export const runtimeClass = pluginFor('RuntimeClass', 'pods', admit);

function admit(pod: Draft<Pod>, { storage, table, name }: Attributes): Draft<Pod> | Failure {
  const { spec } = pod;
  const className = spec.runtimeClassName ?? '';
  if (className === '') {
    if (Object.keys(spec.overhead ?? {}).length === 0) return pod;
    return forbidden(
      table.definition,
      name,
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  }
  const found = storage.tables.runtimeclasses.find('', className)?.object as RuntimeClass | undefined;
  if (found === undefined) {
    const why = `pod rejected: RuntimeClass "${className}" not found`;
    return forbidden(table.definition, name, why);
  }
  return place(pod, found, { table, name });
}

function place(
  pod: Draft<Pod>,
  found: RuntimeClass,
  { table, name }: Pick<Attributes, 'table' | 'name'>,
): Draft<Pod> | Failure {
  const { spec } = pod;
  const overhead = found.overhead?.podFixed;
  if (spec.overhead !== undefined && !equalJson(spec.overhead, overhead)) {
    const why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
    return forbidden(table.definition, name, why);
  }
  const { nodeSelector = {}, tolerations = [] } = found.scheduling ?? {};
  if (contradicts(spec.nodeSelector, nodeSelector)) {
    const why = 'conflict: runtimeClass.scheduling.nodeSelector conflicts with pod.spec.nodeSelector';
    return forbidden(table.definition, name, why);
  }
  const withOverhead = overhead === undefined ? spec : { ...spec, overhead };
  return { ...pod, spec: withTolerations(withSelector(withOverhead, nodeSelector), tolerations) };
}

const contradicts = (own: Labels = {}, wanted: Labels): boolean =>
  Object.keys(wanted).some((key) => own[key] !== undefined && own[key] !== wanted[key]);

const withSelector = (spec: Pod['spec'], wanted: Labels): Pod['spec'] =>
  Object.keys(wanted).length === 0 ? spec : { ...spec, nodeSelector: { ...spec.nodeSelector, ...wanted } };

function withTolerations(spec: Pod['spec'], wanted: readonly Toleration[]): Pod['spec'] {
  const own = spec.tolerations ?? [];
  const added = wanted.filter((toleration) => !own.some((each) => equalJson(each, toleration)));
  return added.length === 0 ? spec : { ...spec, tolerations: [...own, ...added] };
}
