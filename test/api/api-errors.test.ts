import { describe, expect, test } from 'vitest';
import type { Draft, KubernetesObject, ResourceName } from '../../sim/api/index.ts';
import {
  applyDefaults,
  decodeObject,
  prepareForCreate,
  resourceNames,
  resources,
  statusInvalid,
  strictDecodingError,
  validateCreate,
  validateUpdate,
} from '../../sim/api/index.ts';
import { golden } from './golden.ts';

interface Case {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string };
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const { cases } = golden<{ cases: readonly Case[] }>('controlplane/api-errors.json');

/** The resource, name and subresource of a request path. */
function target(path: string): { resource: ResourceName | undefined; name: string | undefined; sub: string | undefined } {
  const parts = path.split('/').slice(path.startsWith('/api/') ? 3 : 4);
  const [plural, name, sub] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return { resource: resourceNames.find((r) => r === plural), name, sub };
}

/** The UID of a Job is drawn; the recorded messages tell it. */
const uidOf = (recorded: Case): string => /"batch.kubernetes.io\/controller-uid":"([^"]+)"/.exec(recorded.message ?? '')?.[1] ?? 'uid';

type Answer = { readonly code: number; readonly message?: string; readonly causes?: unknown };

function answerToCreate(resource: ResourceName, recorded: Case): Answer {
  const { kind, version, namespaced, group } = resources[resource];
  const { value, issues } = decodeObject(resource, recorded.body);
  const prefix = `${kind} in version "${version}" cannot be handled as a ${kind}: `;
  const type = issues.find((issue) => issue.kind === 'type');
  if (type !== undefined) return { code: 400, message: prefix + type.message };
  const unknown = strictDecodingError(issues);
  if (unknown !== undefined && recorded.params?.['fieldValidation'] === 'Strict') {
    return { code: 400, message: `${prefix}strict decoding error: ${unknown}` };
  }
  const uid = uidOf(recorded);
  const metadata = { ...value.metadata, uid, ...(namespaced ? { namespace: 'NS'.toLowerCase() } : {}) };
  const object = prepareForCreate(resource, applyDefaults(resource, { ...value, metadata }), uid);
  const errors = validateCreate(resource, object);
  if (errors.length === 0) return { code: 201 };
  const { message, details } = statusInvalid({ kind, group }, metadata.name ?? '', errors);
  return { code: 422, message: message ?? '', causes: details?.causes };
}

/** Requests whose answer another part of the API server gives: names taken, admission plugins, the path itself. */
const elsewhere: readonly string[] = [
  'namespace-mismatch',
  'kind-mismatch',
  'apiversion-mismatch',
  'not-object',
  'priorityclass-missing',
  'serviceaccount-missing',
  'create-pod-in-missing-ns',
];

const creations = cases.filter(
  ({ id, method, path, code }) =>
    method === 'POST' && target(path).resource !== undefined && target(path).sub === undefined && code !== 409 && !elsewhere.includes(id),
);

/** Long dumps are cut at 512 characters in the recorded causes. */
const cut = (causes: unknown): unknown =>
  Array.isArray(causes) ? causes.map((cause) => ({ ...cause, message: cause.message.slice(0, 400) })) : causes;

describe('creation as Kubernetes v1.36.3 answers it', () => {
  test.each(creations.map((c) => [c.id, c] as const))('%s', (_, recorded) => {
    const { resource } = target(recorded.path);
    if (resource === undefined) throw new Error('not served');
    const answer = answerToCreate(resource, recorded);
    expect(answer.message).toBe(recorded.code >= 400 ? recorded.message : undefined);
    expect(answer.code).toBe(recorded.code);
    if (recorded.code === 422) expect(cut(answer.causes)).toEqual(cut(recorded.causes));
  });
});
