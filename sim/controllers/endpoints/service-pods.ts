/**
 * Which pods each Service selects, kept up as they come and go, and which Services a pod change concerns.
 * Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/util/controller_utils.go (GetServicesToUpdateOnPodChange) lists instead.
 */
import { type Endpoint, type Endpoints, keyOf, type Pod, type Service } from '../../api/index.ts';
import type { SharedInformerFactory } from '../../client/index.ts';
import { isPodReady, isPodTerminal } from '../pod-state.ts';
import { SelectorIndex, selectorOfLabels } from '../selector-index.ts';

type Address = NonNullable<NonNullable<Endpoints['subsets']>[number]['addresses']>[number];

/** A pod that a Service selects. What controllers make of it is kept here until something changes that matters to endpoints. */
export class Member {
  /** Key of the Service that selects it. */
  readonly serviceKey: string;
  pod: Pod;
  listed = false;
  ready = false;
  terminating = false;
  /** As made for `service`, when the nodes were at `nodes`. */
  endpoint: Endpoint | undefined;
  service: Service | undefined;
  nodes = 0;
  address: Address | undefined;
  /** The turn of its Ready condition that a slice was last told of. */
  turned: string | undefined;

  constructor(service: string, pod: Pod) {
    this.serviceKey = service;
    this.pod = pod;
    this.#read(pod);
  }

  /** True if endpoints change. */
  update(pod: Pod): boolean {
    const before = this.pod;
    this.pod = pod;
    if (
      pod.status === before.status &&
      pod.spec === before.spec &&
      pod.metadata.deletionTimestamp === before.metadata.deletionTimestamp
    )
      return false;
    if (!this.listed && !isListed(pod)) return false;
    const { listed, ready, terminating } = this;
    this.#read(pod);
    const same = listed === this.listed && ready === this.ready && terminating === this.terminating;
    if (same && pod.status?.podIP === before.status?.podIP && pod.spec.nodeName === before.spec.nodeName)
      return false;
    this.endpoint = undefined;
    this.address = undefined;
    return true;
  }

  #read(pod: Pod): void {
    this.listed = isListed(pod);
    this.ready = isPodReady(pod);
    this.terminating = pod.metadata.deletionTimestamp !== undefined;
  }
}

/** Pods without an address or with nothing left to run are no endpoints. */
const isListed = (pod: Pod): boolean => (pod.status?.podIP ?? '') !== '' && !isPodTerminal(pod);

/** Without a member: any of them may have changed. */
export type MemberListener = (service: string, member: Member | undefined) => void;

export class ServicePods {
  readonly #informers: SharedInformerFactory;
  readonly #selectors = new SelectorIndex();
  readonly #members = new Map<string, Map<string, Member>>();
  /** Pod key → what it is to the Services that select it, if any do. */
  readonly #rolesOf = new Map<string, readonly Member[]>();
  readonly #listeners: MemberListener[] = [];

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
      onAdd: (pod, key) => this.#place(pod, key, true),
      onUpdate: (pod, previous, key) => this.#podUpdated(pod, previous, key),
      onDelete: (_, key) => this.#remove(key, true),
    });
  }

  /** In order of arrival. */
  membersOf(service: string): Iterable<Member> {
    return this.#members.get(service)?.values() ?? [];
  }

  /** `listener` is told the key of a Service when it, or an endpoint of it, changed. */
  listen(listener: MemberListener): void {
    this.#listeners.push(listener);
  }

  #tell(service: string, member?: Member): void {
    for (const listener of this.#listeners) listener(service, member);
  }

  /** A new selector looks at all pods of the namespace, once. */
  #serviceSeen({ metadata, spec }: Service, key: string): void {
    const { namespace = '' } = metadata;
    if (spec.selector === undefined) this.#unselect(key);
    else if (this.#selectors.set(key, namespace, selectorOfLabels(spec.selector))) {
      this.#forgetMembers(key);
      for (const pod of this.#informers.informer('pods').values()) {
        if (pod.metadata.namespace === namespace) this.#place(pod, keyOf(pod), false);
      }
    }
    this.#tell(key);
  }

  #unselect(service: string): void {
    this.#selectors.delete(service);
    this.#forgetMembers(service);
  }

  #forgetMembers(service: string): void {
    for (const pod of this.#members.get(service)?.keys() ?? []) {
      const others = this.#rolesOf.get(pod)!.filter((member) => member.serviceKey !== service);
      if (others.length === 0) this.#rolesOf.delete(pod);
      else this.#rolesOf.set(pod, others);
    }
    this.#members.delete(service);
  }

  #place(pod: Pod, key: string, tell: boolean): void {
    const services = this.#selectors.matching(pod.metadata.namespace ?? '', pod.metadata.labels);
    if (services.length === 0) return;
    const roles = services.map((service) => this.#members.get(service)?.get(key) ?? new Member(service, pod));
    this.#rolesOf.set(key, roles);
    for (const member of roles) {
      let members = this.#members.get(member.serviceKey);
      if (members === undefined) this.#members.set(member.serviceKey, (members = new Map()));
      if (members.has(key)) continue;
      members.set(key, member);
      if (tell && member.listed) this.#tell(member.serviceKey, member);
    }
  }

  #podUpdated(pod: Pod, previous: Pod, key: string): void {
    const { namespace = '', labels } = pod.metadata;
    if (this.#selectors.mayDiffer(namespace, labels, previous.metadata.labels)) this.#relabel(pod, key);
    for (const member of this.#rolesOf.get(key) ?? NONE)
      if (member.update(pod)) this.#tell(member.serviceKey, member);
  }

  /** Leaves the Services that no longer select it, and joins those that do now. */
  #relabel(pod: Pod, key: string): void {
    const before = this.#rolesOf.get(key) ?? NONE;
    const now = this.#selectors.matching(pod.metadata.namespace ?? '', pod.metadata.labels);
    for (const { serviceKey } of before) if (!now.includes(serviceKey)) this.#leave(serviceKey, key, true);
    if (now.length === 0) this.#rolesOf.delete(key);
    else this.#place(pod, key, true);
  }

  #remove(pod: string, tell: boolean): void {
    for (const { serviceKey } of this.#rolesOf.get(pod) ?? NONE) this.#leave(serviceKey, pod, tell);
    this.#rolesOf.delete(pod);
  }

  #leave(service: string, pod: string, tell: boolean): void {
    const members = this.#members.get(service);
    const member = members?.get(pod);
    if (members === undefined || member === undefined) return;
    members.delete(pod);
    const wasListed = member.listed;
    member.listed = false;
    if (tell && wasListed) this.#tell(service, member);
  }
}

const NONE: readonly Member[] = [];
