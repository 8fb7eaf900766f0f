/** From a request body to an object: decoding and its refusals, k8s.io/apiserver/pkg/endpoints/handlers (Kubernetes v1.36). */
import {
  decodeObject,
  isRecord,
  type ResourceName,
  resourceOf,
  resources,
  strictDecodingError,
} from '../../api/index.ts';
import { badRequest, type Failure } from '../errors.ts';
import type { SubmittedObject } from '../request.ts';

/** What to do with unknown fields: the query parameter fieldValidation. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export type Body =
  | { readonly ok: true; readonly object: SubmittedObject; readonly warnings: readonly string[] }
  | Failure;

/** `sent` is parsed JSON, or text. */
export function decodeBody(resource: ResourceName, sent: unknown, fields: FieldValidation): Body {
  const { apiVersion, kind, version } = resources[resource];
  const body = typeof sent === 'string' ? parsed(sent) : sent;
  if (!isRecord(body))
    return unrecognised(kind, body, typeof sent === 'string' ? sent : JSON.stringify(sent));
  const given = { apiVersion: text(body['apiVersion'], apiVersion), kind: text(body['kind'], kind) };
  const refusal = checkType(resource, given);
  if (refusal !== undefined) return refusal;
  const { value, issues } = decodeObject(resource, { ...body, apiVersion, kind });
  const handled = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
  const wrong = issues.find((issue) => issue.kind === 'type');
  if (wrong !== undefined) return badRequest(`${handled}: ${wrong.message}`);
  const unknown = strictDecodingError(issues);
  if (fields === 'Strict' && unknown !== undefined)
    return badRequest(`${handled}: strict decoding error: ${unknown}`);
  const warnings = fields === 'Ignore' ? [] : issues.map((issue) => issue.message);
  const object = value as SubmittedObject;
  return { ok: true, object: object.metadata === undefined ? { ...object, metadata: {} } : object, warnings };
}

/** Undefined for text that is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** No JSON, or JSON but no object. */
function unrecognised(kind: string, body: unknown, sent = ''): Failure {
  if (body === undefined) {
    return badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`,
    );
  }
  const found = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;
  const bytes = Buffer.from(sent);
  const type =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const why = `json parse error: json: cannot unmarshal ${found} into Go value of type ${type} (${bytes.toString('hex')})`;
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why}`,
  );
}

const text = (value: unknown, absent: string): string =>
  typeof value === 'string' && value !== '' ? value : absent;

function checkType(
  resource: ResourceName,
  given: { readonly apiVersion: string; readonly kind: string },
): Failure | undefined {
  const { apiVersion, kind, group } = resources[resource];
  if (given.apiVersion !== apiVersion) {
    const other = resourceOf(given);
    if (other === undefined || given.kind === kind) {
      return badRequest(
        `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
      );
    }
  }
  if (given.kind === kind) return undefined;
  const version = given.apiVersion.slice(given.apiVersion.indexOf('/') + 1);
  const converting = `converting (${version}.${given.kind}) to (${group === '' ? 'core' : group.split('.')[0]}.${kind}): unknown conversion`;
  return badRequest(
    `${given.kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${converting}`,
  );
}
