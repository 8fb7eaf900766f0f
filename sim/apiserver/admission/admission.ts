/** What a new or changed object goes through before it is stored: defaulting, the ordered admission plugins, validation. */
import type { ObjectMeta, Pod } from '../../api/index.ts';
import type { Failure } from '../errors.ts';
import type { SubmittedObject } from '../request.ts';
import type { ResourceTable, Storage, StoredObject } from '../storage.ts';

export interface Admitted {
  readonly ok: true;
  /** Complete but for the system fields of its metadata. */
  readonly object: SubmittedObject;
  readonly warnings?: readonly string[] | undefined;
}

export class Admission {
  create(
    _table: ResourceTable,
    object: SubmittedObject,
    _namespace: string,
    _name: string,
  ): Admitted | Failure {
    return { ok: true, object };
  }

  update(
    _table: ResourceTable,
    next: StoredObject,
    _current: StoredObject,
  ): { readonly ok: true; readonly object: StoredObject } | Failure {
    return { ok: true, object: next };
  }

  bindingMetadata(_storage: Storage, pod: Pod, _node: string, resourceVersion: string): ObjectMeta {
    return { ...pod.metadata, resourceVersion };
  }
}
