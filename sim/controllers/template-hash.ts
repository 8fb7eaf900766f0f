/**
 * The pod-template-hash of a pod template and the comparison of templates that ignores it.
 * As Kubernetes v1.36.3 (pkg/controller/controller_utils.go ComputeHash, deployment_util.go EqualIgnoreHash): a 32-bit FNV-1a
 * over the template's content and the collision count, written in the safe alphabet.
 * DEVIATION: the content is hashed as canonical JSON, not as Go's memory layout, so the digits differ from a real cluster's.
 */
import type { PodTemplateSpec } from '../api/index.ts';
import { compareTexts } from '../engine/index.ts';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** Without vowels and look-alikes, so that no words come out (k8s.io/apimachinery/pkg/util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const fingerprints = new WeakMap<PodTemplateSpec, string>();

/** Canonical text of a template without its pod-template-hash label; equal texts mean equal templates. Memoised by identity. */
export function templateFingerprint(template: PodTemplateSpec): string {
  let text = fingerprints.get(template);
  if (text === undefined) {
    text = canonical({ ...template, metadata: withoutHash(template.metadata) });
    fingerprints.set(template, text);
  }
  return text;
}

export const sameTemplate = (a: PodTemplateSpec, b: PodTemplateSpec): boolean =>
  a === b || templateFingerprint(a) === templateFingerprint(b);

/** Stable for equal templates; another `collisionCount` gives another hash. */
export function podTemplateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  let hash = fnv1a(0x811c9dc5, templateFingerprint(template));
  if (collisionCount !== undefined) hash = fnv1a(hash, `#${collisionCount}`);
  return safeEncode(String(hash >>> 0));
}

function withoutHash(metadata: PodTemplateSpec['metadata']): PodTemplateSpec['metadata'] {
  const labels = metadata?.labels;
  if (labels === undefined || !(POD_TEMPLATE_HASH in labels)) return metadata;
  const { [POD_TEMPLATE_HASH]: _, ...others } = labels;
  return { ...metadata, labels: others };
}

/** JSON with sorted keys; absent, null and empty values are the same thing, as in API semantics. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const parts: string[] = [];
  for (const [key, part] of Object.entries(value).sort(([a], [b]) => compareTexts(a, b))) {
    if (!isEmpty(part)) parts.push(`${JSON.stringify(key)}:${canonical(part)}`);
  }
  return `{${parts.join()}}`;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function fnv1a(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) encoded += ALPHABET[text.charCodeAt(i) % ALPHABET.length];
  return encoded;
}
