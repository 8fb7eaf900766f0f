/**
 * HOT PATH: which pods each Service selects, kept up as they come and go, and which Services a pod change concerns.
 * Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/util/controller_utils.go (GetServicesToUpdateOnPodChange) lists instead.
 */
import { keyOf, type Pod, type Service } from '../../api/index.ts';
import type { SharedInformerFactory } from '../../client/index.ts';
import { isPodReady, isPodTerminal } from '../pod-state.ts';
import { SelectorIndex, selectorOfLabels } from '../selector-index.ts';

export class ServicePods {
  readonly #informers: SharedInformerFactory;
  readonly #selectors = new SelectorIndex();
  readonly #podsOf = new Map<string, Map<string, Pod>>();
  /** Pod key → keys of the Services that select it, if any do. */
  readonly #servicesOf = new Map<string, readonly string[]>();
  readonly #listeners: ((service: string) => void)[] = [];

  constructor(informers: SharedInformerFactory) {
    this.#informers = informers;
    informers.informer('services').addHandler({
      onAdd: (service, key) => this.#serviceSeen(service, key),
      onUpdate: (service, _, key) => this.#serviceSeen(service, key),
      onDelete: (_, key) => {
        this.#unselect(key);
        this.#tell(key);
      },
    });
    informers.informer('pods').addHandler({
      onAdd: (pod, key) => this.#place(pod, key, isListed(pod)),
      onUpdate: (pod, previous, key) => this.#podUpdated(pod, previous, key),
      onDelete: (pod, key) => this.#podDeleted(pod, key),
    });
  }

  /** In order of arrival. */
  podsOf(service: string): Iterable<Pod> {
    return this.#podsOf.get(service)?.values() ?? [];
  }

  /** `listener` is told the key of a Service when it, or an endpoint of it, changed. */
  listen(listener: (service: string) => void): void {
    this.#listeners.push(listener);
  }

  #tell(service: string): void {
    for (const listener of this.#listeners) listener(service);
  }

  /** A new selector looks at all pods of the namespace, once. */
  #serviceSeen({ metadata, spec }: Service, key: string): void {
    const { namespace = '' } = metadata;
    if (spec.selector === undefined) this.#unselect(key);
    else if (this.#selectors.set(key, namespace, selectorOfLabels(spec.selector))) {
      this.#forgetPods(key);
      for (const pod of this.#informers.informer('pods').values()) {
        if (pod.metadata.namespace === namespace) this.#place(pod, keyOf(pod), false);
      }
    }
    this.#tell(key);
  }

  #unselect(service: string): void {
    this.#selectors.delete(service);
    this.#forgetPods(service);
  }

  #forgetPods(service: string): void {
    for (const pod of this.#podsOf.get(service)?.keys() ?? []) {
      const others = this.#servicesOf.get(pod)!.filter((key) => key !== service);
      if (others.length === 0) this.#servicesOf.delete(pod);
      else this.#servicesOf.set(pod, others);
    }
    this.#podsOf.delete(service);
  }

  #place(pod: Pod, key: string, tell: boolean): void {
    const services = this.#selectors.matching(pod.metadata.namespace ?? '', pod.metadata.labels);
    if (services.length === 0) return;
    this.#servicesOf.set(key, services);
    for (const service of services) {
      let pods = this.#podsOf.get(service);
      if (pods === undefined) this.#podsOf.set(service, (pods = new Map()));
      pods.set(key, pod);
      if (tell) this.#tell(service);
    }
  }

  #podUpdated(pod: Pod, previous: Pod, key: string): void {
    if (pod.metadata.labels !== previous.metadata.labels) {
      const before = this.#servicesOf.get(key) ?? [];
      this.#remove(key);
      this.#place(pod, key, false);
      const now = this.#servicesOf.get(key) ?? [];
      const changed = isEndpointChanged(pod, previous);
      for (const service of before) if (changed || !now.includes(service)) this.#tell(service);
      for (const service of now) if (!before.includes(service)) this.#tell(service);
      return;
    }
    const services = this.#servicesOf.get(key);
    if (services === undefined) return;
    const changed = isEndpointChanged(pod, previous);
    for (const service of services) {
      this.#podsOf.get(service)!.set(key, pod);
      if (changed) this.#tell(service);
    }
  }

  #podDeleted(pod: Pod, key: string): void {
    const services = this.#servicesOf.get(key);
    if (services === undefined) return;
    this.#remove(key);
    if (isListed(pod)) for (const service of services) this.#tell(service);
  }

  #remove(pod: string): void {
    for (const service of this.#servicesOf.get(pod) ?? []) this.#podsOf.get(service)?.delete(pod);
    this.#servicesOf.delete(pod);
  }
}

/** Pods without an address or with nothing left to run are no endpoints. */
export const isListed = (pod: Pod): boolean => (pod.status?.podIP ?? '') !== '' && !isPodTerminal(pod);

function isEndpointChanged(pod: Pod, previous: Pod): boolean {
  if (isListed(pod) !== isListed(previous)) return true;
  if (!isListed(pod)) return false;
  return (
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    pod.status?.podIP !== previous.status?.podIP ||
    pod.spec.nodeName !== previous.spec.nodeName ||
    isPodReady(pod) !== isPodReady(previous)
  );
}
