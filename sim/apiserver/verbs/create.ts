/** POST: k8s.io/apiserver/pkg/registry/generic/registry/store.go, rest/create.go (Kubernetes v1.36). */
import type { DraftMeta, ObjectMeta } from '../../api/index.ts';
import type { DraftObject } from '../admission/admission.ts';
import type { RequestContext } from '../context.ts';
import { alreadyExists, badRequest, type Failure, internalError } from '../errors.ts';
import type { ApiResult } from '../request.ts';
import type { ResourceTable, StoredObject } from '../storage.ts';
import { strategyOf } from '../strategy.ts';

/** Tries for a free generated name: gate RetryGenerateName, on by default since v1.31. */
const generateNameAttempts = 8;

export function create(
  context: RequestContext,
  table: ResourceTable,
  requestNamespace: string,
  draft: DraftObject,
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
  draft: DraftObject,
): ApiResult {
  const admitted = context.admission.create(table, draft, namespace, name);
  if (!admitted.ok) return admitted;
  const key = namespace === '' ? name : `${namespace}/${name}`;
  if (table.entries.has(key)) return alreadyExists(table.definition, name);
  const metadata = completeMetadata(context, table, namespace, name, key, admitted.object.metadata);
  const object: StoredObject = { ...admitted.object, metadata };
  context.storage.insert(table, key, object);
  return admitted.warnings === undefined
    ? { ok: true, code: 201, object }
    : { ok: true, code: 201, object, warnings: admitted.warnings };
}

function completeMetadata(
  context: RequestContext,
  table: ResourceTable,
  namespace: string,
  name: string,
  key: string,
  draft: DraftMeta,
): ObjectMeta {
  const { storage, identity, clock } = context;
  const { deletionTimestamp, deletionGracePeriodSeconds, generation, selfLink, managedFields, ...kept } =
    draft;
  const metadata = {
    ...kept,
    name,
    uid: identity.uid(table.name, key, storage.revision + 1),
    resourceVersion: storage.nextResourceVersion(),
    creationTimestamp: clock.timestamp(context.now),
  };
  const complete = namespace === '' ? metadata : { ...metadata, namespace };
  return strategyOf(table.name).generation === 'none' ? complete : { ...complete, generation: 1 };
}
