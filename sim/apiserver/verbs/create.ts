/** POST: k8s.io/apiserver/pkg/registry/generic/registry/store.go, rest/create.go (Kubernetes v1.36). */
import type { DraftMeta } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { alreadyExists, badRequest, type Failure, internalError } from '../errors.ts';
import { newMetadata, withMetadata } from '../object-meta.ts';
import type { ApiResult, SubmittedObject } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { StoredObject } from '../stored-object.ts';
import { afterMainChange } from './strategy-rules.ts';

/** Tries for a free generated name: gate RetryGenerateName, on by default since v1.31. */
const generateNameAttempts = 8;

export function create(
  context: RequestContext,
  table: ResourceTable,
  requestNamespace: string,
  draft: SubmittedObject,
): ApiResult {
  const namespace = table.definition.namespaced ? requestNamespace : '';
  const refusal = checkRequest(table, namespace, draft.metadata);
  if (refusal !== undefined) return refusal;
  const { name, generateName } = draft.metadata;
  if (name !== undefined && name !== '') return createNamed(context, table, namespace, name, draft);
  if (generateName === undefined || generateName === '')
    return createNamed(context, table, namespace, '', draft);
  for (let attempt = 1; ; attempt++) {
    const n = table.nextGenerated(namespace, generateName);
    const generated = context.identity.generatedName(table.name, namespace, generateName, n);
    const result = createNamed(context, table, namespace, generated, draft);
    if (result.ok || result.error.reason !== 'AlreadyExists' || attempt === generateNameAttempts)
      return result;
  }
}

function checkRequest(table: ResourceTable, namespace: string, meta: DraftMeta): Failure | undefined {
  if (meta.namespace !== undefined && meta.namespace !== '' && meta.namespace !== namespace) {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (meta.resourceVersion !== undefined && meta.resourceVersion !== '') {
    return internalError('resourceVersion should not be set on objects to be created');
  }
  if (table.definition.namespaced && namespace === '')
    return badRequest('an empty namespace may not be set during creation');
  return undefined;
}

function createNamed(
  context: RequestContext,
  table: ResourceTable,
  namespace: string,
  name: string,
  draft: SubmittedObject,
): ApiResult {
  const { storage, identity, clock } = context;
  const key = namespace === '' ? name : `${namespace}/${name}`;
  const uid = identity.uid(table.name, namespace, name, storage.revision + 1);
  const admitted = context.admission.create(table, draft, namespace, name, uid);
  if (!admitted.ok) return admitted;
  if (table.find(namespace, name) !== undefined) return alreadyExists(table.definition, name);
  const resourceVersion = storage.nextResourceVersion();
  const generation = table.strategy.generation === 'none' ? undefined : 1;
  const creationTimestamp = clock.timestamp(context.now);
  const system = { name, namespace, uid, resourceVersion, generation, creationTimestamp };
  const metadata = newMetadata(admitted.object.metadata, system);
  const complete = withMetadata(admitted.object as StoredObject, metadata);
  const object = afterMainChange(table.name, complete, undefined, creationTimestamp);
  storage.insert(table, namespace, key, object);
  const { warnings } = admitted;
  return warnings === undefined ? { ok: true, code: 201, object } : { ok: true, code: 201, object, warnings };
}
