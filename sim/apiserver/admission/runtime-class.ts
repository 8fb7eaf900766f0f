/** A runtime class gives its pods overhead and where they may run: plugin/pkg/admission/runtimeclass, Kubernetes v1.36. */
import { type Draft, equalJson, type Pod, type RuntimeClass } from '../../api/index.ts';
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
    return forbidden(
      table.definition,
      name,
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    );
  }
  const selector = found.scheduling?.nodeSelector ?? {};
  const own = spec.nodeSelector ?? {};
  const clash = Object.keys(selector).some((key) => own[key] !== undefined && own[key] !== selector[key]);
  if (clash)
    return forbidden(
      table.definition,
      name,
      'conflict: runtimeClass.scheduling.nodeSelector conflicts with pod.spec.nodeSelector',
    );
  const added = (found.scheduling?.tolerations ?? []).filter(
    (t) => !(spec.tolerations ?? []).some((own) => equalJson(own, t)),
  );
  return {
    ...pod,
    spec: {
      ...spec,
      ...(overhead === undefined ? undefined : { overhead }),
      ...(Object.keys(selector).length === 0 ? undefined : { nodeSelector: { ...own, ...selector } }),
      ...(added.length === 0 ? undefined : { tolerations: [...(spec.tolerations ?? []), ...added] }),
    },
  };
}
