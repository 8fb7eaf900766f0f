/** Defaults and bounds of what containers, pods and claims ask for: plugin/pkg/admission/limitranger, Kubernetes v1.36. */
import {
  type Amount,
  addAmounts,
  amountOf,
  type Container,
  type Draft,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
  printQuantity,
  type ResourceList,
} from '../../api/index.ts';
import { type Failure, forbidden } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { below, boundsProblems, claimProblems } from './limit-bounds.ts';
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
