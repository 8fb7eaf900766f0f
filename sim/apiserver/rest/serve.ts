/**
 * The API as its HTTP clients see it: path, parameters and JSON in, status code and JSON out, executed at this instant
 * (k8s.io/apiserver/pkg/endpoints, Kubernetes v1.36). For tools and tests; model code sends typed requests.
 * DEVIATION: server-side apply merges like a strategic merge patch; it keeps no field owners and finds no conflicts.
 */
import { dnsLabelProblems, isRecord, type KubernetesObject, keyOf, resources } from '../../api/index.ts';
import type { ApiServer } from '../apiserver.ts';
import { badRequest, type Failure, methodNotAllowed, resourceMissing } from '../errors.ts';
import type { ApiError, ApiRequest, ApiResult, ObjectList, PatchType, SubmittedObject } from '../request.ts';
import { decodeBody, type FieldValidation } from './body.ts';
import { deleteOptions } from './delete-options.ts';
import { continueAfter, continueKey, type Parameters, refuseListOptions } from './list-options.ts';
import { type Route, routeOf } from './route.ts';
import { scaleOf } from './scale.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly parameters?: Parameters | undefined;
  /** Of a PATCH. */
  readonly contentType?: string | undefined;
  /** Parsed JSON; text that is no JSON as a string. */
  readonly body?: unknown;
}

export interface RestResponse {
  readonly code: number;
  readonly object?: KubernetesObject | undefined;
  readonly error?: ApiError | undefined;
  readonly warnings: readonly string[];
}

const patchTypes: Readonly<Record<string, PatchType | 'apply'>> = {
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function serve(server: ApiServer, request: RestRequest): RestResponse {
  const route = routeOf(request.path);
  if (route === undefined) return answer(resourceMissing());
  const { subresource, resource } = route;
  if (subresource !== '' && !(resources[resource].subresources as readonly string[]).includes(subresource)) {
    return answer(resourceMissing());
  }
  const parameters = request.parameters ?? {};
  const dry =
    parameters['dryRun'] === 'All' || (isRecord(request.body) && Array.isArray(request.body['dryRun']));
  return dry
    ? server.dryRun(() => dispatch(server, route, request, parameters))
    : dispatch(server, route, request, parameters);
}

function dispatch(
  server: ApiServer,
  route: Route,
  request: RestRequest,
  parameters: Parameters,
): RestResponse {
  switch (request.method) {
    case 'GET':
      return route.name === '' ? list(server, route, parameters) : getOne(server, route);
    case 'POST':
      return post(server, route, request, parameters);
    case 'PUT':
      return put(server, route, request, parameters);
    case 'PATCH':
      return patch(server, route, request);
    case 'DELETE':
      return route.name === ''
        ? deleteCollection(server, route, request, parameters)
        : deleteOne(server, route, request.body);
  }
}

function answer(result: ApiResult, warnings: readonly string[] = []): RestResponse {
  return result.ok
    ? { code: result.code, object: result.object, warnings }
    : { code: result.error.code, error: result.error, warnings };
}

function getOne(server: ApiServer, { resource, namespace, name, subresource }: Route): RestResponse {
  const result = server.execute({ verb: 'get', resource, namespace, name });
  return result.ok && subresource === 'scale'
    ? answer({ ...result, object: scaleOf(result.object) })
    : answer(result);
}

function list(server: ApiServer, { resource, namespace }: Route, parameters: Parameters): RestResponse {
  const refusal = refuseListOptions(parameters);
  if (refusal !== undefined) return answer(refusal);
  const { labelSelector, fieldSelector, limit, continue: token } = parameters;
  const result = server.execute({ verb: 'list', resource, namespace, labelSelector, fieldSelector });
  return answer(
    result.ok
      ? { ...result, object: page(result.object as ObjectList, Number(limit ?? '0'), token) }
      : result,
  );
}

/** At most `limit` items after the key in the token. */
function page(all: ObjectList, limit: number, token: string | undefined): ObjectList {
  const after = token === undefined ? undefined : continueKey(token);
  const items = after === undefined ? all.items : all.items.filter((item) => keyOf(item) > after);
  if (limit <= 0 || items.length <= limit) return { ...all, items };
  const shown = items.slice(0, limit);
  const next = continueAfter(keyOf(shown[shown.length - 1]!), all.metadata.resourceVersion);
  return { ...all, metadata: { ...all.metadata, ...{ continue: next } }, items: shown };
}

function post(server: ApiServer, route: Route, { body }: RestRequest, parameters: Parameters): RestResponse {
  if (route.subresource === 'binding') return bind(server, route, body);
  if (route.subresource === 'eviction') return evict(server, route, body);
  if (route.name !== '') return answer(methodNotAllowed());
  const decoded = decodeBody(route.resource, body, fieldValidation(parameters));
  if (!decoded.ok) return answer(decoded);
  const { object, warnings } = decoded;
  const { resource, namespace } = route;
  const result = server.execute({ verb: 'create', resource, namespace, object });
  const validated = result.ok || result.error.code !== 422;
  return answer(result, validated ? [...warnings, ...nameWarnings(route, object)] : warnings);
}

const fieldValidation = (parameters: Parameters): FieldValidation => {
  const given = parameters['fieldValidation'];
  return given === 'Strict' || given === 'Ignore' ? given : 'Warn';
};

function nameWarnings({ resource }: Route, { metadata: { name = '' } }: SubmittedObject): readonly string[] {
  if (resource !== 'pods' || name === '') return [];
  const problems = name.includes('.') ? ['must not contain dots'] : dnsLabelProblems(name);
  if (problems.length === 0) return [];
  const hint =
    "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: ${hint}: [${problems.join(' ')}]`];
}

function bind(server: ApiServer, { namespace, name }: Route, body: unknown): RestResponse {
  const target = isRecord(body) ? body['target'] : undefined;
  const node = isRecord(target) ? String(target['name'] ?? '') : '';
  const metadata = isRecord(body) ? body['metadata'] : undefined;
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  return answer(server.execute({ verb: 'bind', namespace, name, node, annotations: stringsOf(annotations) }));
}

const stringsOf = (value: unknown): Readonly<Record<string, string>> | undefined =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
    : undefined;

function evict(server: ApiServer, { namespace, name }: Route, body: unknown): RestResponse {
  const metadata = isRecord(body) ? body['metadata'] : undefined;
  const named = isRecord(metadata) ? (metadata['name'] ?? name) : name;
  if (named !== name) return answer(badRequest('name in URL does not match name in Eviction object'));
  const options = isRecord(body) ? deleteOptions(body['deleteOptions']) : {};
  return answer('error' in options ? options : server.execute({ verb: 'evict', namespace, name, options }));
}

function put(server: ApiServer, route: Route, { body }: RestRequest, parameters: Parameters): RestResponse {
  const { resource, name, namespace, subresource } = route;
  if (name === '') return answer(methodNotAllowed());
  if (subresource === 'scale')
    return scaled(server.execute({ verb: 'scale', resource, namespace, name, replicas: replicasOf(body) }));
  const decoded = decodeBody(resource, body, fieldValidation(parameters));
  if (!decoded.ok) return answer(decoded);
  const { metadata } = decoded.object;
  if (metadata.name !== undefined && metadata.name !== name) return answer(wrongName(metadata.name, name));
  const object = {
    ...decoded.object,
    metadata: { ...metadata, name, ...(namespace === '' ? undefined : { namespace }) },
  };
  const part = subresource === 'status' || subresource === 'finalize' ? subresource : undefined;
  return answer(server.execute({ verb: 'update', resource, object, subresource: part }), decoded.warnings);
}

const wrongName = (given: string, name: string): Failure =>
  badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);

function replicasOf(body: unknown): number {
  const spec = isRecord(body) ? body['spec'] : undefined;
  return isRecord(spec) && typeof spec['replicas'] === 'number' ? spec['replicas'] : 0;
}

const scaled = (result: ApiResult): RestResponse =>
  answer(result.ok ? { ...result, object: scaleOf(result.object) } : result);

function patch(server: ApiServer, route: Route, request: RestRequest): RestResponse {
  const { resource, namespace, name, subresource } = route;
  if (name === '') return answer(methodNotAllowed());
  const patchType = patchTypes[request.contentType ?? ''] ?? 'strategic';
  if (patchType === 'apply') return apply(server, route, request.body);
  if (typeof request.body === 'string')
    return answer(badRequest('error decoding patch: unexpected end of JSON input'));
  const part = subresource === 'status' || subresource === 'scale' ? subresource : undefined;
  const wanted: ApiRequest = {
    verb: 'patch',
    resource,
    namespace,
    name,
    patchType,
    patch: request.body,
    subresource: part,
  };
  const result = server.execute(wanted);
  return part === 'scale' ? scaled(result) : answer(result);
}

function apply(server: ApiServer, { resource, namespace, name }: Route, body: unknown): RestResponse {
  const decoded = decodeBody(resource, body, 'Strict');
  if (!decoded.ok) return answer(decoded);
  const given = decoded.object.metadata.name ?? '';
  if (given !== name) return answer(wrongName(given, name));
  if (server.get(resource, namespace, name) === undefined) {
    return answer(server.execute({ verb: 'create', resource, namespace, object: decoded.object }));
  }
  const patch = {
    ...decoded.object,
    metadata: { ...decoded.object.metadata, ...(namespace === '' ? undefined : { namespace }) },
  };
  return answer(server.execute({ verb: 'patch', resource, namespace, name, patchType: 'strategic', patch }));
}

const jobWarning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

function deleteOne(server: ApiServer, { resource, namespace, name }: Route, body: unknown): RestResponse {
  const options = deleteOptions(body);
  if ('error' in options) return answer(options);
  const warnings = resource === 'jobs' && options.propagationPolicy === undefined ? [jobWarning] : [];
  return answer(server.execute({ verb: 'delete', resource, namespace, name, options }), warnings);
}

function deleteCollection(
  server: ApiServer,
  route: Route,
  { body }: RestRequest,
  parameters: Parameters,
): RestResponse {
  const listed = list(server, route, parameters);
  if (listed.object === undefined) return listed;
  for (const { metadata } of (listed.object as ObjectList).items) {
    deleteOne(server, { ...route, namespace: metadata.namespace ?? '', name: metadata.name }, body);
  }
  return listed;
}
