/** Field selectors: `fieldSelector=spec.nodeName=n1,status.phase!=Running` (Kubernetes v1.36, apimachinery/pkg/fields). */
import type { ResourceName } from './resources.ts';
import type { KubernetesObject } from './types/meta.ts';

export interface FieldTerm {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
}

export interface FieldSelectorError {
  readonly error: string;
}

const COMMON = ['metadata.name', 'metadata.namespace'];
const EVENT_OBJECT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** Fields beyond name and namespace that the API server can select by. */
const selectable: Partial<Readonly<Record<ResourceName, readonly string[]>>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  replicasets: ['status.replicas'],
  jobs: ['status.successful'],
  events: [
    ...EVENT_OBJECT.map((f) => `involvedObject.${f}`),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** What a field that the object lacks reads as, where that is not the empty text. */
const absent: Readonly<Record<string, string>> = {
  'spec.hostNetwork': 'false',
  'spec.unschedulable': 'false',
  'status.replicas': '0',
  'status.successful': '0',
};

/** Where the value sits if not under the field's own path. */
const aliases: Readonly<Record<string, string>> = {
  'status.successful': 'status.succeeded',
  source: 'source.component',
  'status.podIPs': 'status.podIP',
};

/** Reads the text form for one resource; an unsupported field is an error in upstream's words. */
export function parseFieldSelector(resource: ResourceName, text: string): FieldSelector | FieldSelectorError {
  const terms: FieldTerm[] = [];
  for (const part of splitUnescaped(text)) {
    if (part === '') continue;
    const match = /^((?:[^\\=!]|\\.)+)(!=|==|=)((?:[^\\]|\\.)*)$/.exec(part);
    if (match === null) return { error: `invalid selector: '${text}'; can't understand '${part}'` };
    const [, field = '', operator, value = ''] = match;
    if (!isSelectable(resource, field)) return { error: `field label not supported: ${field}` };
    terms.push({ field, negated: operator === '!=', value: value.replace(/\\(.)/g, '$1') });
  }
  return { terms };
}

/** Splits at commas that no backslash escapes. */
function splitUnescaped(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const isSelectable = (resource: ResourceName, field: string): boolean =>
  COMMON.includes(field) || (selectable[resource]?.includes(field) ?? false);

/** The text a field selector compares with; empty if the object lacks the field. */
export function fieldValue(object: KubernetesObject, field: string): string {
  let at: unknown = object;
  for (const step of (aliases[field] ?? field).split('.')) {
    at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  }
  return at === undefined || at === null || at === '' ? (absent[field] ?? '') : String(at);
}
