/** What a list or watch covers. */
import {
  type Labels,
  parseFieldSelector,
  parseSelector,
  type ResourceName,
  type Selector,
} from '../api/index.ts';
import { badRequest, type Failure } from './errors.ts';
import { FieldMatcher } from './field-matcher.ts';
import type { WatchScope } from './request.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * Where a watch is indexed: by a pinned name, by a pinned spec.nodeName (pods), by the namespace, or by nothing. `value` is what
 * the cacher calls a trigger value (k8s.io/apiserver/pkg/storage/cacher, indexedTriggerFunc).
 */
export interface Trigger {
  readonly by: 'name' | 'node' | 'namespace' | 'nothing';
  readonly value: string;
}

export class Selection {
  readonly resource: ResourceName;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly labels: Selector | undefined;
  readonly fields: FieldMatcher | undefined;
  readonly trigger: Trigger;
  /** Covers every object of its trigger value. */
  readonly triggerDecides: boolean;

  constructor(
    resource: ResourceName,
    namespace: string | undefined,
    labels: Selector | undefined,
    fields: FieldMatcher | undefined,
  ) {
    this.resource = resource;
    this.namespace = namespace;
    this.labels = labels;
    this.fields = fields;
    this.trigger = triggerOf(resource, namespace, fields);
    const terms = (namespace === undefined ? 0 : 1) + (fields?.size ?? 0);
    this.triggerDecides = labels === undefined && terms === (this.trigger.by === 'nothing' ? 0 : 1);
  }

  /** Covers every object of the resource. */
  get everything(): boolean {
    return this.triggerDecides && this.trigger.by === 'nothing';
  }

  covers(object: StoredObject): boolean {
    const { metadata } = object;
    if (this.namespace !== undefined && metadata.namespace !== this.namespace) return false;
    if (this.labels !== undefined && !this.#labelsMatch(metadata.labels)) return false;
    return this.fields === undefined || this.fields.matches(object);
  }

  #labelsMatch(labels: Labels | undefined): boolean {
    return this.labels!.matches(labels);
  }
}

function triggerOf(
  resource: ResourceName,
  namespace: string | undefined,
  fields: FieldMatcher | undefined,
): Trigger {
  const name = fields?.pinned('metadata.name');
  if (name !== undefined) return { by: 'name', value: name };
  const node = resource === 'pods' ? fields?.pinned('spec.nodeName') : undefined;
  if (node !== undefined) return { by: 'node', value: node };
  return namespace === undefined ? { by: 'nothing', value: '' } : { by: 'namespace', value: namespace };
}

/** A Failure (400) for a malformed or unsupported selector. */
export function parseSelection(
  scope: WatchScope<ResourceName>,
): { readonly ok: true; readonly selection: Selection } | Failure {
  const { resource, namespace, labelSelector, fieldSelector } = scope;
  const fields = given(fieldSelector) ? parseFieldSelector(resource, fieldSelector) : undefined;
  if (fields !== undefined && 'error' in fields) return badRequest(fields.error);
  const labels = given(labelSelector) ? parseSelector(labelSelector) : undefined;
  if (labels !== undefined && 'error' in labels) return badRequest(labels.error);
  const matcher = fields === undefined || fields.terms.length === 0 ? undefined : new FieldMatcher(fields);
  const selector = labels === undefined || labels.everything ? undefined : labels;
  return {
    ok: true,
    selection: new Selection(resource, given(namespace) ? namespace : undefined, selector, matcher),
  };
}

const given = (text: string | undefined): text is string => text !== undefined && text !== '';
