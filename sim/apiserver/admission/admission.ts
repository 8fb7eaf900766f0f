/**
 * What an object goes through before it is stored: namespace check, defaulting, mutating plugins, the strategy's preparation,
 * validation, validating plugins (k8s.io/apiserver endpoints and registry, Kubernetes v1.36).
 * HOT PATH: pods of one template are admitted once: the outcome is remembered by their spec object.
 */
import {
  applyDefaults,
  type Labels,
  type ObjectMeta,
  type Pod,
  prepareForCreate,
  type ResourceName,
} from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import type { SubmittedObject } from '../request.ts';
import type { ResourceTable, Storage, StoredObject } from '../storage.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { type AdmissionPlugin, type Attributes, refused } from './plugin.ts';
import { mutatingPlugins, validatingPlugins } from './plugins.ts';
import { withTopologyLabels } from './pod-topology-labels.ts';

export interface Admitted {
  readonly ok: true;
  /** Complete but for the system fields of its metadata. */
  readonly object: SubmittedObject;
  readonly warnings?: readonly string[] | undefined;
}

/** What became of a pod with this spec; holds for every pod with the same spec object, namespace and configuration. */
interface KnownPod {
  readonly namespace: string;
  readonly configuration: number;
  /** Labels the outcome depends on; undefined if it depends on none. */
  readonly labels: Labels | undefined;
  readonly spec: Pod['spec'];
  readonly status: Pod['status'];
  /** Annotations that plugins add. */
  readonly annotations: Labels | undefined;
}

/** Resources that plugins read: a change makes what is remembered stale. */
const configurationResources: readonly ResourceName[] = [
  'limitranges',
  'serviceaccounts',
  'priorityclasses',
  'runtimeclasses',
];

export class Admission {
  readonly #storage: Storage;
  readonly #pods = new WeakMap<object, KnownPod>();
  #configuration = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** `uid` is the one the object is going to have. */
  create(
    table: ResourceTable,
    object: SubmittedObject,
    namespace: string,
    name: string,
    uid: string,
  ): Admitted | Failure {
    const refusal = checkNamespace(this.#storage, table, namespace, name);
    if (refusal !== undefined) return refusal;
    if (table.name === 'pods') return this.#createPod(table, object, namespace, name, uid);
    return this.#admit(table, object, namespace, name, uid);
  }

  update(
    table: ResourceTable,
    next: StoredObject,
    _current: StoredObject,
  ): { readonly ok: true; readonly object: StoredObject } | Failure {
    return { ok: true, object: defaulted(table.name, next) as StoredObject };
  }

  bindingMetadata(pod: Pod, node: string, resourceVersion: string): ObjectMeta {
    const labels = withTopologyLabels(this.#storage, pod.metadata.labels, node);
    return { ...pod.metadata, resourceVersion, labels };
  }

  /** A change was committed: what was remembered may not hold any more. */
  committed(table: ResourceTable): void {
    if (configurationResources.includes(table.name)) this.#configuration++;
  }

  #createPod(
    table: ResourceTable,
    object: SubmittedObject,
    namespace: string,
    name: string,
    uid: string,
  ): Admitted | Failure {
    const { spec } = object;
    const memorable = typeof spec === 'object' && spec !== null;
    let known = memorable ? this.#pods.get(spec) : undefined;
    if (known === undefined || !this.#holds(known, namespace, object.metadata.labels)) {
      const admitted = this.#admit(table, object, namespace, name, uid);
      if (!admitted.ok) return admitted;
      known = this.#remember(object, admitted.object as Pod, namespace);
      if (memorable) this.#pods.set(spec, known);
    }
    const metadata = annotated(object.metadata, known.annotations);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: known.spec, status: known.status };
    return { ok: true, object: pod };
  }

  #holds(known: KnownPod, namespace: string, labels: Labels | undefined): boolean {
    if (known.namespace !== namespace || known.configuration !== this.#configuration) return false;
    return known.labels === undefined || known.labels === labels;
  }

  #remember(object: SubmittedObject, pod: Pod, namespace: string): KnownPod {
    const { labels, annotations: before } = object.metadata;
    const { spec, metadata } = pod;
    const annotations = metadata.annotations === before ? undefined : addedTo(before, metadata.annotations);
    const status = { ...pod.status, conditions: undefined };
    const remembered = { ...spec, nodeName: spec.nodeName };
    return {
      namespace,
      configuration: this.#configuration,
      labels: usesLabels(spec) ? labels : undefined,
      spec: remembered,
      status,
      annotations,
    };
  }

  #admit(
    table: ResourceTable,
    object: SubmittedObject,
    namespace: string,
    name: string,
    uid: string,
  ): Admitted | Failure {
    const attributes: Attributes = { storage: this.#storage, table, namespace, name };
    const named = {
      ...object,
      metadata: { ...object.metadata, name, ...(namespace === '' ? undefined : { namespace }) },
    };
    const mutated = runPlugins(mutatingPlugins, defaulted(table.name, named), attributes);
    if (refused(mutated)) return mutated;
    const prepared = prepareForCreate(table.name, mutated as never, uid) as SubmittedObject;
    const outcome = runPlugins(validatingPlugins, prepared, attributes);
    return refused(outcome) ? outcome : { ok: true, object: outcome };
  }
}

const defaulted = (resource: ResourceName, object: SubmittedObject): SubmittedObject =>
  applyDefaults(resource, object as never) as SubmittedObject;

function runPlugins(
  plugins: readonly AdmissionPlugin[],
  object: SubmittedObject,
  attributes: Attributes,
): SubmittedObject | Failure {
  let admitted = object;
  for (const plugin of plugins) {
    if (plugin.resources !== undefined && !plugin.resources.includes(attributes.table.name)) continue;
    const outcome = plugin.admit(admitted, attributes);
    if (refused(outcome)) return outcome;
    admitted = outcome;
  }
  return admitted;
}

const annotated = (
  metadata: SubmittedObject['metadata'],
  added: Labels | undefined,
): SubmittedObject['metadata'] =>
  added === undefined ? metadata : { ...metadata, annotations: { ...metadata.annotations, ...added } };

function addedTo(before: Labels | undefined, after: Labels | undefined): Labels {
  const added = Object.entries(after ?? {}).filter(([key, value]) => before?.[key] !== value);
  return Object.fromEntries(added);
}

/** matchLabelKeys take values from the pod's own labels into its spec. */
function usesLabels(spec: Pod['spec']): boolean {
  if (spec.topologySpreadConstraints?.some((constraint) => constraint.matchLabelKeys !== undefined) === true)
    return true;
  return spec.affinity?.podAffinity !== undefined || spec.affinity?.podAntiAffinity !== undefined;
}
