/**
 * What admission made of a pod's spec, remembered by the submitted spec object: pods of one template are defaulted,
 * admitted and validated once and share one spec.
 */
import { type Labels, type Pod, withFields } from '../../api/index.ts';
import { podStatusOf } from '../object-meta.ts';
import type { SubmittedObject } from '../request.ts';

/** Holds for every pod with the same spec object in the same namespace until the configuration changes. */
export interface KnownPod {
  readonly namespace: string;
  readonly configuration: number;
  /** Labels the outcome depends on; undefined if it depends on none. */
  readonly labels: Labels | undefined;
  readonly spec: Pod['spec'];
  readonly status: Pod['status'];
  /** Annotations that plugins add. */
  readonly annotations: Labels | undefined;
  /** Metadata last found valid. */
  valid: SubmittedObject['metadata'];
}

export class PodMemory {
  readonly #known = new WeakMap<object, KnownPod>();
  #configuration = 0;

  /** What plugins read has changed. */
  forgetAll(): void {
    this.#configuration++;
  }

  find({ spec, metadata }: SubmittedObject, namespace: string): KnownPod | undefined {
    if (typeof spec !== 'object' || spec === null) return undefined;
    const known = this.#known.get(spec);
    if (known === undefined || known.namespace !== namespace || known.configuration !== this.#configuration)
      return undefined;
    return known.labels === undefined || known.labels === metadata.labels ? known : undefined;
  }

  /** `admitted` is what became of `submitted`. */
  remember(submitted: SubmittedObject, admitted: Pod, namespace: string): KnownPod {
    const { labels, annotations } = submitted.metadata;
    const { spec, status, metadata } = admitted;
    const known: KnownPod = {
      valid: submitted.metadata,
      namespace,
      configuration: this.#configuration,
      labels: usesLabels(spec) ? labels : undefined,
      spec: storedSpec(spec),
      status: podStatusOf(status, status?.conditions),
      annotations:
        metadata.annotations === annotations ? undefined : addedTo(annotations, metadata.annotations),
    };
    if (typeof submitted.spec === 'object' && submitted.spec !== null) this.#known.set(submitted.spec, known);
    return known;
  }
}

/** A copy with the field that binding is going to set, in its place. */
function storedSpec(spec: Pod['spec']): Pod['spec'] {
  return withFields(spec, { nodeName: spec.nodeName });
}

/** The pod with what is known of its spec; the metadata is its own. */
export function podOf(
  { metadata }: SubmittedObject,
  { annotations, spec, status }: KnownPod,
): SubmittedObject {
  if (annotations === undefined) return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status };
  const annotated = { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
  return { apiVersion: 'v1', kind: 'Pod', metadata: annotated, spec, status };
}

function addedTo(before: Labels | undefined, after: Labels | undefined): Labels {
  return Object.fromEntries(Object.entries(after ?? {}).filter(([key, value]) => before?.[key] !== value));
}

/** matchLabelKeys take values from the pod's own labels into its spec. */
function usesLabels({ topologySpreadConstraints, affinity }: Pod['spec']): boolean {
  if (topologySpreadConstraints?.some((constraint) => constraint.matchLabelKeys !== undefined) === true)
    return true;
  return affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined;
}
