/**
 * What an object goes through before it is stored: namespace check, defaulting, mutating plugins, the strategy's preparation,
 * validation, validating plugins (k8s.io/apiserver endpoints and registry, Kubernetes v1.36).
 * Pods of one template are admitted once: the outcome is remembered by their spec object.
 */
import { type Labels, type Pod, withFields } from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import type { Identity } from '../identity.ts';
import type { SubmittedObject } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { ServiceAllocation } from '../services/service-allocation.ts';
import { allocateFor, prepareService, releaseFrom } from '../services/service-rules.ts';
import type { Storage } from '../storage.ts';
import type { Change, StoredObject } from '../stored-object.ts';
import { defaulted, prepared, refuseChange, refuseNew, surelyValid } from '../validation.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { type AdmissionPlugin, type Attributes, refused } from './plugin.ts';
import { mutatingPlugins, validatingPlugins } from './plugins.ts';
import { type KnownPod, PodMemory, podOf } from './pod-memory.ts';
import { NodePlaces } from './pod-topology-labels.ts';
import { chargeGrowth, chargeQuotas } from './resource-quota.ts';

export interface Admitted {
  readonly ok: true;
  /** Complete but for the system fields of its metadata. */
  readonly object: SubmittedObject;
  readonly warnings?: readonly string[] | undefined;
}

export class Admission {
  readonly #storage: Storage;
  readonly #identity: Identity;
  readonly #services: ServiceAllocation;
  readonly #pods = new PodMemory();
  readonly #places = new NodePlaces();

  constructor(storage: Storage, services: ServiceAllocation, identity: Identity) {
    this.#identity = identity;
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
    const attributes = this.#attributes(table, namespace, name);
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
    const complete = defaulted(table.name, next);
    const wanted = (table.name === 'services' ? prepareService(complete, current) : complete) as StoredObject;
    const attributes = this.#attributes(table, current.metadata.namespace ?? '', current.metadata.name);
    const refusal = refuseChange(table, wanted, current) ?? chargeGrowth(attributes, wanted, current);
    if (refusal !== undefined) return refusal;
    if (table.name !== 'services' || this.#storage.dry) return { ok: true, object: wanted };
    const outcome = allocateFor(this.#services, wanted, current);
    return refused(outcome) ? outcome : { ok: true, object: outcome as StoredObject };
  }

  /** The labels of a pod that is bound now: PodTopologyLabels. */
  bindingLabels(pod: Pod, node: string): Labels | undefined {
    return this.#places.labelsOn(node, pod.metadata.labels);
  }

  /** A change was committed: what was remembered may not hold any more. */
  committed(change: Change): void {
    switch (change.resource) {
      // Plugins read them: what is remembered of pods may be stale.
      case 'limitranges':
      case 'serviceaccounts':
      case 'priorityclasses':
      case 'runtimeclasses':
        this.#pods.forgetAll();
        break;
      case 'nodes':
        this.#places.nodeCommitted(change);
        break;
      case 'services':
        releaseFrom(this.#services, change);
        break;
    }
  }

  #attributes(table: ResourceTable, namespace: string, name: string): Attributes {
    return { storage: this.#storage, identity: this.#identity, table, namespace, name };
  }

  #createPod(object: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    let known = this.#pods.find(object, attributes.namespace);
    if (known === undefined) {
      const admitted = this.#admit(object, attributes, uid);
      if (!admitted.ok) return admitted;
      known = this.#pods.remember(object, admitted.object as Pod, attributes.namespace);
    }
    const pod = podOf(object, known);
    const refusal =
      refusePodMetadata(attributes, object, pod, known) ?? chargeQuotas(attributes, pod, undefined);
    return refusal ?? { ok: true, object: pod };
  }

  #createOther(object: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    const admitted = this.#admit(object, attributes, uid);
    if (!admitted.ok) return admitted;
    const refusal = chargeQuotas(attributes, admitted.object, undefined);
    if (refusal !== undefined) return refusal;
    if (attributes.table.name !== 'services' || this.#storage.dry) return admitted;
    const outcome = allocateFor(this.#services, admitted.object, undefined);
    return refused(outcome) ? outcome : { ...admitted, object: outcome };
  }

  /** All but quotas and Service numbers: what may be remembered. */
  #admit(submitted: SubmittedObject, attributes: Attributes, uid: string): Admitted | Failure {
    const { table, name, namespace } = attributes;
    const own = namespace === '' ? { name, uid } : { name, uid, namespace };
    const metadata = withFields(submitted.metadata, own);
    const mutated = runPlugins(
      mutatingPlugins,
      defaulted(table.name, withFields(submitted, { metadata })),
      attributes,
    );
    if (refused(mutated)) return mutated;
    const complete = withPositiveGrace(prepared(table.name, mutated, uid));
    const object = table.name === 'services' ? prepareService(complete, undefined) : complete;
    const refusal = refuseNew(table, object);
    if (refusal !== undefined) return refusal;
    const outcome = runPlugins(validatingPlugins, object, attributes);
    return refused(outcome) ? outcome : { ok: true, object: outcome };
  }
}

/** Of a pod whose spec is known only the metadata may still be wrong. */
function refusePodMetadata(
  { table, name, namespace }: Attributes,
  { metadata }: SubmittedObject,
  pod: SubmittedObject,
  known: KnownPod,
): Failure | undefined {
  if (surelyValid(metadata, name, known.valid)) return undefined;
  const refusal = refuseNew(table, { ...pod, metadata: { ...pod.metadata, name, namespace } });
  if (refusal === undefined) known.valid = metadata;
  return refusal;
}

/** A negative grace period of a pod means one second (pkg/registry/core/pod/strategy.go). */
function withPositiveGrace(object: SubmittedObject): SubmittedObject {
  if (object.kind !== 'Pod') return object;
  const spec = object.spec as Pod['spec'];
  return (spec?.terminationGracePeriodSeconds ?? 0) < 0
    ? { ...object, spec: { ...spec, terminationGracePeriodSeconds: 1 } }
    : object;
}

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
