/** What an admission plugin is: k8s.io/apiserver/pkg/admission, Kubernetes v1.36. */
import type { Draft, ObjectOf, ResourceName } from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import type { Identity } from '../identity.ts';
import type { SubmittedObject } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { Storage } from '../storage.ts';

/** The request that an object comes with. `name` is complete: generated names are drawn before admission. */
export interface Attributes {
  readonly storage: Storage;
  readonly table: ResourceTable;
  readonly namespace: string;
  readonly name: string;
  /** Draws by the object's key. */
  readonly identity: Identity;
}

/** Changes or refuses new objects. Must not depend on anything but the object, its namespace and the plugin's `reads`. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Absent: all. */
  readonly resources?: readonly ResourceName[];
  admit(object: SubmittedObject, attributes: Attributes): SubmittedObject | Failure;
}

/** A plugin for one resource, typed as such. */
export function pluginFor<R extends ResourceName>(
  name: string,
  resource: R,
  admit: (object: Draft<ObjectOf<R>>, attributes: Attributes) => Draft<ObjectOf<R>> | Failure,
): AdmissionPlugin {
  return { name, resources: [resource], admit: admit as unknown as AdmissionPlugin['admit'] };
}

export const refused = (outcome: SubmittedObject | Failure): outcome is Failure => 'error' in outcome;
