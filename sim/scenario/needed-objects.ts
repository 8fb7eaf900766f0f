/** Namespaces and priority classes that manifests name: the API server refuses what is created without them. */
import {
  closestWord,
  type Diagnostic,
  type ManifestObject,
  type PodSpec,
  type PodTemplateSpec,
  resources,
} from '../api/index.ts';
import { systemNamespaces, systemPriorityClasses } from '../apiserver/index.ts';

type Kind = 'Namespace' | 'PriorityClass';

/** Each missing object is told once, at the first that needs it. `entries`: applied at the start or by the timeline. */
export function missingObjects(entries: readonly ManifestObject[]): Diagnostic[] {
  const known = {
    Namespace: [...systemNamespaces, ...namesOf(entries, 'Namespace')],
    PriorityClass: [...systemPriorityClasses.map(({ name }) => name), ...namesOf(entries, 'PriorityClass')],
  };
  const missing = new Map<string, Diagnostic>();
  for (const { resource, object, position } of entries) {
    const namespace = resources[resource].namespaced ? object.metadata.namespace : undefined;
    const needs: readonly [Kind, string | undefined][] = [
      ['Namespace', namespace],
      ['PriorityClass', podSpecOf(object)?.priorityClassName],
    ];
    for (const [kind, name] of needs) {
      if (!name || known[kind].includes(name) || missing.has(`${kind}/${name}`)) continue;
      const message = `no such ${kind}: the API server refuses what needs it`;
      const hint = hintFor(kind, name, known[kind]);
      missing.set(`${kind}/${name}`, { ...position, severity: 'error', message, found: name, hint });
    }
  }
  return [...missing.values()];
}

function hintFor(kind: Kind, name: string, known: readonly string[]): string {
  const closest = closestWord(name, known);
  return closest === undefined ? `add a ${kind} ${name} to the manifests` : `did you mean ${closest}?`;
}

const namesOf = (entries: readonly ManifestObject[], kind: Kind): string[] =>
  entries.flatMap(({ object }) => (object.kind === kind ? [object.metadata.name ?? ''] : []));

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
