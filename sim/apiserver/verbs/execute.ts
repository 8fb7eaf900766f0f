/** One request, executed atomically at this instant: which verb does what. */
import type { RequestContext } from '../context.ts';
import type { ApiRequest, ApiResult } from '../request.ts';
import { bind } from './bind.ts';
import { create } from './create.ts';
import { deleteObject } from './delete.ts';
import { evict } from './evict.ts';
import { patch } from './patch.ts';
import { get, list } from './read.ts';
import { scale } from './scale.ts';
import { update } from './update.ts';

export function execute(context: RequestContext, request: ApiRequest): ApiResult {
  const { tables } = context.storage;
  switch (request.verb) {
    case 'create':
      return create(context, tables[request.resource], request.namespace, request.object);
    case 'get':
      return get(tables[request.resource], request);
    case 'list':
      return list(context, request);
    case 'update':
      return update(context, tables[request.resource], request.object, request.subresource);
    case 'patch':
      return patch(context, tables[request.resource], request);
    case 'delete':
      return deleteObject(context, tables[request.resource], request, request.options);
    case 'bind':
      return bind(context, request);
    case 'evict':
      return evict(context, request);
    case 'scale':
      return scale(context, tables[request.resource], request, request.replicas);
  }
}
