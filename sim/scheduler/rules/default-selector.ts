/** Which pods belong together: `plugins/helper/spread.go` DefaultSelector, Kubernetes v1.36. */
import {
  compileLabels,
  compileSelector,
  controllerOf,
  type Labels,
  type OwnerReference,
  type Pod,
  Selector,
  type Service,
} from '../../api/index.ts';
import type { Listers } from '../framework/listers.ts';

const SERVICES_BY_PAIR = 'scheduler/selector-pair';

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

const EVERYTHING = new Selector([]);

/** The selector of pods with certain labels, and what it was made of. */
interface Remembered {
  readonly namespace: string | undefined;
  /** The state of the services. */
  readonly services: number;
  readonly owner: Selector | undefined;
  readonly selector: Selector;
}

/** Pods of one template share their labels, and mostly their owner: they get the same object, so that what is derived from it is found again. */
export class DefaultSelectors {
  readonly #listers: Listers;
  readonly #byLabels = new WeakMap<Labels, Remembered>();

  /** Makes services findable by a label pair they require. */
  constructor(listers: Listers) {
    this.#listers = listers;
    listers.services.addIndex(SERVICES_BY_PAIR, indexedPair);
  }

  /**
   * The selector of the services that select the pod and of its controller, all required at once; one that selects everything if
   * there are none.
   */
  of(pod: Pod): Selector {
    const { services } = this.#listers;
    const owner = ownerSelector(pod, this.#listers);
    if (owner === undefined && services.size === 0) return EVERYTHING;
    const { labels = NO_LABELS, namespace } = pod.metadata;
    const known = this.#byLabels.get(labels);
    if (
      known?.services === services.resourceVersion &&
      known.owner === owner &&
      known.namespace === namespace
    )
      return known.selector;
    const selector = combined(servicesOf(pod, this.#listers), owner);
    this.#byLabels.set(labels, { namespace, services: services.resourceVersion, owner, selector });
    return selector;
  }
}

const NO_LABELS: Labels = {};

function combined(services: readonly Service[], owner: Selector | undefined): Selector {
  const all = services.map((service) => compileLabels(service.spec!.selector));
  if (owner !== undefined) all.push(owner);
  if (all.length === 0) return EVERYTHING;
  return all.length === 1 ? all[0]! : new Selector(all.flatMap(({ requirements }) => requirements));
}

/** Undefined if the pod has no controller, or one that asks for nothing, is unknown or of another kind. */
function ownerSelector(pod: Pod, listers: Listers): Selector | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  const selector = selectorOf(owner, `${pod.metadata.namespace ?? ''}/${owner.name}`, listers);
  return selector === undefined || selector.requirements.length === 0 ? undefined : selector;
}

function selectorOf(
  { apiVersion, kind }: OwnerReference,
  key: string,
  listers: Listers,
): Selector | undefined {
  if (apiVersion === 'apps/v1') {
    if (kind === 'ReplicaSet') return compileSelector(listers.replicaSets.get(key)?.spec.selector);
    if (kind === 'StatefulSet') return compileSelector(listers.statefulSets.get(key)?.spec.selector);
  }
  if (apiVersion === 'v1' && kind === 'ReplicationController')
    return compileLabels(listers.replicationControllers.get(key)?.spec?.selector);
  return undefined;
}
