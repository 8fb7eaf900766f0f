/**
 * What an object goes through before it is stored: namespace check, defaulting, mutating plugins, the strategy's preparation,
 * validation, validating plugins (k8s.io/apiserver endpoints and registry, Kubernetes v1.36).
 * HOT PATH: pods of one template are admitted once: the outcome is remembered by their spec object.
 */
import {
  applyDefaults,
  type ObjectMeta,
  type Pod,
  prepareForCreate,
  type ResourceName,
} from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import { chargeQuotas } from '../quota/resource-quota.ts';
import type { SubmittedObject } from '../request.ts';
import type { ServiceAllocation } from '../services/service-allocation.ts';
import { allocateFor, prepareService, releaseFrom } from '../services/service-rules.ts';
import type { Change, ResourceTable, Storage, StoredObject } from '../storage.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { type AdmissionPlugin, type Attributes, refused } from './plugin.ts';
import { mutatingPlugins, validatingPlugins } from './plugins.ts';
import { PodMemory, podOf } from './pod-memory.ts';
import { withTopologyLabels } from './pod-topology-labels.ts';

export interface Admitted {
  readonly ok: true;
  /** Complete but for the system fields of its metadata. */
  readonly object: SubmittedObject;
  readonly warnings?: readonly string[] | undefined;
}

export class Admission {
  readonly #storage: Storage;
  readonly #services: ServiceAllocation;
  readonly #pods = new PodMemory();

  constructor(storage: Storage, services: ServiceAllocation) {
    this.#storage = storage;
    this.#services = services;
  }

  /** `uid` is the one the object is going to have. */
  create(
    table: ResourceTable,
    object: SubmittedObject,
    namespace: string,
    name: string,
    uid: string,
  ): Admitted | Failure {
    const attributes: Attributes = { storage: this.#storage, table, namespace, name };
    const refusal = checkNamespace(attributes);
    if (refusal !== undefined) return refusal;
    return table.name === 'pods'
      ? this.#createPod(object, attributes, uid)
      : this.#createOther(object, attributes, uid);
  }

  /** `next` is what the client wants, `current` what is stored. */
  update(
    table: ResourceTable,
    next: StoredObject,
    current: StoredObject,
  ): { readonly ok: true; readonly object: StoredObject } | Failure {
    let object = defaulted(table.name, next);
    if (table.name === 'services') {
      const outcome = allocateFor(this.#services, prepareService(object, current), current);
      if (refused(outcome)) return outcome;
      object = outcome;
    }
    return { ok: true, object: object as StoredObject };
  }

  /** The metadata of a pod that is bound now: PodTopologyLabels. */
  bindingMetadata(pod: Pod, node: string, resourceVersion: string): ObjectMeta {
    const labels = withTopologyLabels(this.#storage, pod.metadata.labels, node);
    return { ...pod.metadata, resourceVersion, labels };
  }

  /** A change was committed: what was remembered may not hold any more. */
  committed(change: Change): void {
    if (configurationResources.includes(change.resource)) this.#pods.forgetAll();
    else if (change.resource === 'services') releaseFrom(this.#services, change);
  }

  #createPod(object: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    let known = this.#pods.find(object, attributes.namespace);
    if (known === undefined) {
      const admitted = this.#admit(object, attributes, uid);
      if (!admitted.ok) return admitted;
      known = this.#pods.remember(object, admitted.object as Pod, attributes.namespace);
    }
    const pod = podOf(object, known);
    return chargeQuotas(attributes, pod, undefined) ?? { ok: true, object: pod };
  }

  #createOther(object: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    const admitted = this.#admit(object, attributes, uid);
    if (!admitted.ok) return admitted;
    const refusal = chargeQuotas(attributes, admitted.object, undefined);
    if (refusal !== undefined || attributes.table.name !== 'services') return refusal ?? admitted;
    const outcome = allocateFor(this.#services, admitted.object, undefined);
    return refused(outcome) ? outcome : { ...admitted, object: outcome };
  }

  /** All but quotas and Service numbers: what may be remembered. */
  #admit(submitted: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    const { table, name, namespace } = attributes;
    const metadata = { ...submitted.metadata, name, ...(namespace === '' ? undefined : { namespace }) };
    const mutated = runPlugins(
      mutatingPlugins,
      defaulted(table.name, { ...submitted, metadata }),
      attributes,
    );
    if (refused(mutated)) return mutated;
    let object = prepareForCreate(table.name, mutated as never, uid) as SubmittedObject;
    if (table.name === 'services') object = prepareService(object, undefined);
    const validated = runPlugins(validatingPlugins, object, attributes);
    if (refused(validated)) return validated;
    return { ok: true, object: validated };
  }
}

/** Resources that plugins read: a change makes what is remembered of pods stale. */
const configurationResources: readonly ResourceName[] = [
  'limitranges',
  'serviceaccounts',
  'priorityclasses',
  'runtimeclasses',
];

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
