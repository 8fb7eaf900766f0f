/** Namespaces and priority classes that manifests and workloads name: the API server refuses what is created without them. */
import {
  type Diagnostic,
  type Draft,
  didYouMean,
  type KubernetesObject,
  type ManifestObject,
  type PodSpec,
  type PodTemplateSpec,
  resources,
} from '../api/index.ts';
import { systemNamespaces, systemPriorityClasses } from '../apiserver/index.ts';

type Kind = 'Namespace' | 'PriorityClass';

/** What to tell of an object that is needed and will never be there; undefined if it will, or no name is given. */
export type Absence = (
  kind: Kind,
  name: string | undefined,
) => Pick<Diagnostic, 'message' | 'found' | 'hint'> | undefined;

/** `objects`: those applied at the start or by the timeline. */
export function absenceFrom(objects: readonly Draft<KubernetesObject>[]): Absence {
  const named = (kind: Kind): string[] =>
    objects.flatMap((object) => (object.kind === kind ? [object.metadata.name ?? ''] : []));
  const known = {
    Namespace: new Set([...systemNamespaces, ...named('Namespace')]),
    PriorityClass: new Set([...systemPriorityClasses.map(({ name }) => name), ...named('PriorityClass')]),
  };
  return (kind, name) => {
    if (!name || known[kind].has(name)) return undefined;
    const hint = didYouMean(name, known[kind]) ?? `add a ${kind} ${name} to the manifests`;
    return { message: `no such ${kind}: the API server refuses what needs it`, found: name, hint };
  };
}

/** Each missing object is told once, at the first that needs it. */
export function missingObjects(entries: readonly ManifestObject[]): Diagnostic[] {
  const absence = absenceFrom(entries.map(({ object }) => object));
  const missing = new Map<string, Diagnostic>();
  for (const { resource, object, position } of entries) {
    const namespace = resources[resource].namespaced ? object.metadata.namespace : undefined;
    const needs: readonly [Kind, string | undefined][] = [
      ['Namespace', namespace],
      ['PriorityClass', podSpecOf(object)?.priorityClassName],
    ];
    for (const [kind, name] of needs) {
      const absent = absence(kind, name);
      const key = `${kind}/${name}`;
      if (absent !== undefined && !missing.has(key))
        missing.set(key, { ...position, severity: 'error', ...absent });
    }
  }
  return [...missing.values()];
}

interface PodBearer {
  readonly spec?: Partial<PodSpec> & {
    readonly template?: PodTemplateSpec | undefined;
    readonly jobTemplate?: PodBearer | undefined;
  };
}

/** The spec of a pod, or of the template in a workload object. */
export function podSpecOf(object: object): Partial<PodSpec> | undefined {
  const { spec } = object as PodBearer;
  if (spec?.jobTemplate !== undefined) return podSpecOf(spec.jobTemplate);
  return spec?.template?.spec ?? spec;
}
