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

export class Selection {
  readonly resource: ResourceName;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly labels: Selector | undefined;
  readonly fields: FieldMatcher | undefined;
  /** Covers every object of the resource. */
  readonly everything: boolean;

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
    this.everything = namespace === undefined && labels === undefined && fields === undefined;
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
