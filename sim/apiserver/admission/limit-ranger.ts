/** Defaults and bounds of what containers, pods and claims ask for: plugin/pkg/admission/limitranger, Kubernetes v1.36. */
import {
  type Amount,
  addAmounts,
  amountOf,
  type Container,
  compareAmounts,
  type Draft,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
  printQuantity,
  quantityMilliValue,
  type ResourceList,
} from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { type Attributes, pluginFor } from './plugin.ts';

const annotation = 'kubernetes.io/limit-ranger';

export const limitRangerDefaults = pluginFor(
  'LimitRanger',
  'pods',
  (pod: Draft<Pod>, { storage, namespace }) => {
    const items = itemsOf(storage, namespace, 'Container');
    if (items.length === 0) return pod;
    const requests: ResourceList = Object.assign({}, ...items.map((item) => item.defaultRequest));
    const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default));
    return withDefaults(pod, requests, limits);
  },
);

export const limitRangerPods = pluginFor('LimitRanger', 'pods', (pod: Draft<Pod>, attributes: Attributes) => {
  const { storage, namespace } = attributes;
  const problems = [
    ...itemsOf(storage, namespace, 'Container').flatMap((item) =>
      allContainers(pod).flatMap((c) => containerProblems(item, c)),
    ),
    ...itemsOf(storage, namespace, 'Pod').flatMap((item) =>
      boundsProblems(item, totals(pod, 'requests'), totals(pod, 'limits')),
    ),
  ];
  return problems.length === 0 ? pod : refuse(attributes, problems);
});

export const limitRangerClaims = pluginFor(
  'LimitRanger',
  'persistentvolumeclaims',
  (claim: Draft<PersistentVolumeClaim>, attributes: Attributes) => {
    const { storage, namespace } = attributes;
    const requests = claim.spec?.resources?.requests ?? {};
    const problems = itemsOf(storage, namespace, 'PersistentVolumeClaim').flatMap((item) =>
      claimProblems(item, requests),
    );
    return problems.length === 0 ? claim : refuse(attributes, problems);
  },
);

function refuse({ table, name }: Attributes, problems: readonly string[]): Failure {
  return forbidden(table.definition, name, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
}

function itemsOf(storage: Storage, namespace: string, type: string): LimitRangeItem[] {
  const items: LimitRangeItem[] = [];
  for (const { object } of storage.tables.limitranges.inNamespace(namespace)) {
    for (const item of (object as LimitRange).spec?.limits ?? []) if (item.type === type) items.push(item);
  }
  return items;
}

const allContainers = (pod: Draft<Pod>): readonly Container[] => [
  ...pod.spec.containers,
  ...(pod.spec.initContainers ?? []),
];

function withDefaults(pod: Draft<Pod>, requests: ResourceList, limits: ResourceList): Draft<Pod> {
  const notes: string[] = [];
  const complete =
    (what: string) =>
    (container: Container): Container => {
      const resources = container.resources ?? {};
      const request = missing(resources.requests, requests);
      const limit = missing(resources.limits, limits);
      if (request.length > 0) notes.push(`${request.join(', ')} request for ${what} ${container.name}`);
      if (limit.length > 0) notes.push(`${limit.join(', ')} limit for ${what} ${container.name}`);
      if (request.length === 0 && limit.length === 0) return container;
      const filled = {
        limits: { ...limits, ...resources.limits },
        requests: { ...requests, ...resources.requests },
      };
      return { ...container, resources: { ...resources, ...filled } };
    };
  const containers = pod.spec.containers.map(complete('container'));
  const initContainers = pod.spec.initContainers?.map(complete('init container'));
  if (notes.length === 0) return pod;
  const annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  const spec =
    initContainers === undefined ? { ...pod.spec, containers } : { ...pod.spec, containers, initContainers };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

const missing = (present: ResourceList | undefined, defaults: ResourceList): string[] =>
  Object.keys(defaults)
    .filter((name) => present?.[name] === undefined)
    .sort();

function containerProblems(item: LimitRangeItem, container: Container): string[] {
  return boundsProblems(item, container.resources?.requests ?? {}, container.resources?.limits ?? {});
}

/** Every bound of `item` that these requests and limits break, in upstream's words: minimum, maximum, ratio. */
function boundsProblems(
  { type, min, max, maxLimitRequestRatio }: LimitRangeItem,
  requests: ResourceList,
  limits: ResourceList,
): string[] {
  const each = (
    bounds: ResourceList | undefined,
    check: (name: string, bound: string) => string | undefined,
  ): string[] => Object.entries(bounds ?? {}).flatMap(([name, bound]) => check(name, bound) ?? []);
  return [
    ...each(min, (name, bound) => minimumProblem(type, name, bound, requests[name], limits[name])),
    ...each(max, (name, bound) => maximumProblem(type, name, bound, requests[name], limits[name])),
    ...each(maxLimitRequestRatio, (name, bound) =>
      ratioProblem(type, name, bound, requests[name], limits[name]),
    ),
  ];
}

const below = (a: string, b: string): boolean => compareAmounts(amountOf(a), amountOf(b)) < 0;

function minimumProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${what}.  No request is specified`;
  if (below(request, bound)) return `${what}, but request is ${request}`;
  return limit !== undefined && below(limit, bound) ? `${what}, but limit is ${limit}` : undefined;
}

function maximumProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return `${what}.  No limit is specified`;
  if (below(bound, limit)) return `${what}, but limit is ${limit}`;
  return request !== undefined && below(bound, request) ? `${what}, but request is ${request}` : undefined;
}

function ratioProblem(
  type: string,
  name: string,
  bound: string,
  request?: string,
  limit?: string,
): string | undefined {
  const what = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (request === undefined || limit === undefined || milli(request) === 0)
    return `${what}, but no request is specified or request is 0`;
  if (milli(limit) === 0) return `${what}, but no limit is specified or limit is 0`;
  const ratio = milli(limit) / milli(request);
  return ratio > milli(bound) / 1000 ? `${what}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

const milli = (quantity: string): number => Number(quantityMilliValue(amountOf(quantity)));

function claimProblems({ min, max }: LimitRangeItem, requests: ResourceList): string[] {
  const problems: string[] = [];
  for (const [name, bound] of Object.entries(min ?? {})) {
    const request = requests[name] ?? '0';
    const what = `minimum ${name} usage per PersistentVolumeClaim is ${bound}`;
    if (below(request, bound)) problems.push(`${what}, but request is ${request}`);
  }
  for (const [name, bound] of Object.entries(max ?? {})) {
    const request = requests[name] ?? '0';
    const what = `maximum ${name} usage per PersistentVolumeClaim is ${bound}`;
    if (below(bound, request)) problems.push(`${what}, but request is ${request}`);
  }
  return problems;
}

/** Sum over containers, at least the largest init container. */
function totals(pod: Draft<Pod>, which: 'requests' | 'limits'): ResourceList {
  const sums = new Map<string, Amount>();
  const texts = new Map<string, string>();
  for (const container of pod.spec.containers) {
    for (const [name, text] of Object.entries(container.resources?.[which] ?? {})) {
      const sum = sums.get(name);
      sums.set(name, sum === undefined ? amountOf(text) : addAmounts(sum, amountOf(text)));
    }
  }
  for (const [name, amount] of sums) texts.set(name, printQuantity(amount));
  for (const container of pod.spec.initContainers ?? []) {
    for (const [name, text] of Object.entries(container.resources?.[which] ?? {})) {
      const present = texts.get(name);
      if (present === undefined || below(present, text)) texts.set(name, text);
    }
  }
  return Object.fromEntries(texts);
}
