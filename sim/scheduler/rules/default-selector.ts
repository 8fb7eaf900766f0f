/** Which pods belong together: `plugins/helper/spread.go` DefaultSelector, Kubernetes v1.36. */
import {
  compileLabels,
  compileSelector,
  controllerOf,
  type Pod,
  Selector,
  type Service,
} from '../../api/index.ts';
import type { Listers } from '../framework/listers.ts';

const SERVICES_BY_PAIR = 'scheduler/selector-pair';

/** Makes services findable by a label pair they require. */
export const indexServices = (listers: Listers): void =>
  listers.services.addIndex(SERVICES_BY_PAIR, indexedPair);

/** A service is indexed under one pair of its selector; one without a selector matches nothing. */
function indexedPair({ metadata, spec }: Service): string | undefined {
  const selector = spec?.selector;
  if (selector === undefined) return undefined;
  const [key] = Object.keys(selector).sort();
  return pairText(metadata.namespace ?? '', key, key === undefined ? '' : selector[key]!);
}

const pairText = (namespace: string, key: string | undefined, value: string): string =>
  key === undefined ? namespace : `${namespace}/${key}=${value}`;

function servicesOf(pod: Pod, listers: Listers): Service[] {
  const namespace = pod.metadata.namespace ?? '';
  const { labels } = pod.metadata;
  const found = [...listers.services.byIndex(SERVICES_BY_PAIR, pairText(namespace, undefined, ''))];
  if (labels === undefined) return found;
  for (const key of Object.keys(labels))
    for (const service of listers.services.byIndex(SERVICES_BY_PAIR, pairText(namespace, key, labels[key]!)))
      if (compileLabels(service.spec!.selector).matches(labels)) found.push(service);
  return found;
}

const NOTHING_IN_COMMON = new Selector([]);

/**
 * The selector of the services that select the pod and of its controller, all required at once; one that selects everything if
 * there are none.
 */
export function defaultSelector(pod: Pod, listers: Listers): Selector {
  const owner = controllerOf(pod);
  if (owner === undefined && listers.services.size === 0) return NOTHING_IN_COMMON;
  const services = servicesOf(pod, listers);
  if (owner === undefined) {
    if (services.length === 0) return NOTHING_IN_COMMON;
    // The same object every time, so that what is derived from it is found again.
    if (services.length === 1) return compileLabels(services[0]!.spec!.selector);
  }
  const requirements = services.flatMap((service) => compileLabels(service.spec!.selector).requirements);
  return new Selector([...requirements, ...ownerRequirements(pod, listers)]);
}

function ownerRequirements(pod: Pod, listers: Listers): Selector['requirements'] {
  const owner = controllerOf(pod);
  if (owner === undefined) return [];
  const key = `${pod.metadata.namespace ?? ''}/${owner.name}`;
  switch (`${owner.apiVersion}/${owner.kind}`) {
    case 'v1/ReplicationController':
      return compileLabels(listers.replicationControllers.get(key)?.spec?.selector).requirements;
    case 'apps/v1/ReplicaSet':
      return compileSelector(listers.replicaSets.get(key)?.spec.selector).requirements;
    case 'apps/v1/StatefulSet':
      return compileSelector(listers.statefulSets.get(key)?.spec.selector).requirements;
    default:
      return [];
  }
}
