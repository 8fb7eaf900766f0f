/** The failures of the request path, worded as k8s.io/apimachinery/pkg/api/errors words them (Kubernetes v1.36). */
import type { ResourceDefinition } from '../api/index.ts';
import type { ApiError, ApiResult, StatusCause } from './request.ts';

export type Failure = Extract<ApiResult, { ok: false }>;

const failure = (
  code: number,
  reason: string,
  message: string,
  causes?: readonly StatusCause[],
): Failure => ({
  ok: false,
  error: causes === undefined ? { code, reason, message } : { code, reason, message, causes },
});

/** `deployments.apps`, or the bare plural of the core group. */
export const qualifiedResource = (definition: ResourceDefinition): string =>
  definition.group === '' ? definition.plural : `${definition.plural}.${definition.group}`;

const qualifiedKind = (definition: Pick<ResourceDefinition, 'kind' | 'group'>): string =>
  definition.group === '' ? definition.kind : `${definition.kind}.${definition.group}`;

export const notFound = (definition: ResourceDefinition, name: string): Failure =>
  failure(404, 'NotFound', `${qualifiedResource(definition)} "${name}" not found`);

export const alreadyExists = (definition: ResourceDefinition, name: string): Failure =>
  failure(409, 'AlreadyExists', `${qualifiedResource(definition)} "${name}" already exists`);

/** `target` is the qualified resource, or resource/subresource. */
export const conflict = (target: string, name: string, why: string): Failure =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${target} "${name}": ${why}`);

export const staleVersion = (definition: ResourceDefinition, name: string): Failure =>
  conflict(
    qualifiedResource(definition),
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const forbidden = (
  definition: ResourceDefinition,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): Failure =>
  failure(403, 'Forbidden', `${qualifiedResource(definition)} "${name}" is forbidden: ${why}`, causes);

/** A 422 that lists every cause, as field.ErrorList.ToAggregate prints them. */
export function invalid(
  definition: Pick<ResourceDefinition, 'kind' | 'group'>,
  name: string,
  causes: readonly StatusCause[],
): Failure {
  const texts: string[] = [];
  for (const cause of causes) {
    const text = `${cause.field}: ${cause.message}`;
    if (!texts.includes(text)) texts.push(text);
  }
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return failure(422, 'Invalid', `${qualifiedKind(definition)} "${name}" is invalid: ${list}`, causes);
}

export const invalidWithoutCause = (message: string): Failure => failure(422, 'Invalid', message);

export const badRequest = (message: string): Failure => failure(400, 'BadRequest', message);

export const tooManyRequests = (message: string, causes?: readonly StatusCause[]): Failure =>
  failure(429, 'TooManyRequests', message, causes);

export const expired = (message: string): Failure => failure(410, 'Expired', message);

export const internalError = (message: string): Failure => failure(500, 'InternalError', message);

export const methodNotAllowed = (): Failure =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export const resourceMissing = (): Failure =>
  failure(404, 'NotFound', 'the server could not find the requested resource');

/** What a client makes of a refused connection. */
export const unavailable = (): Failure =>
  failure(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');

export const errorText = (error: ApiError): string => `${error.code} ${error.reason}: ${error.message}`;
