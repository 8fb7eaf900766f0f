/**
 * The EndpointSlice controller. Kubernetes v1.36.3, pkg/controller/endpointslice/endpointslice_controller.go.
 * DEVIATION: slices carry no last-change-trigger-time annotation and no topology hints.
 */
import type { Endpoint, EndpointSlice, Node, Service } from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import {
  BucketRateLimiter,
  ExponentialFailureRateLimiter,
  type Informer,
  MaxOfRateLimiter,
} from '../../client/index.ts';
import { seconds } from '../../engine/index.ts';
import {
  type Controller,
  DONE,
  type EventDraft,
  type Plan,
  RETRY,
  type WorkSink,
  withEvents,
} from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import {
  type AddressType,
  addressesOf,
  addressTypes,
  endpointIdentity,
  endpointPorts,
  podEndpoint,
  portsKey,
  sameEndpoint,
} from './pod-endpoint.ts';
import type { Member, ServicePods } from './service-pods.ts';
import { type DesiredGroup, planSlices, withPlaceholder } from './slice-plan.ts';
import { createSlice, deleteSlice, hasLabels, serviceOf, updateSlice } from './slice-requests.ts';
import { SliceTracker } from './slice-tracker.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** What the Service's slices of one family should hold, and pods that cannot be placed. */
interface Desired {
  readonly groups: ReadonlyMap<string, DesiredGroup>;
  readonly problems: readonly string[];
}

export class EndpointSliceController implements Controller {
  readonly name = 'endpointslice-controller';
  readonly workers = 5;
  /** Slower than other controllers': documented, defaultSyncBackOff 1 s and maxSyncBackOff 1000 s. */
  readonly rateLimiter = new MaxOfRateLimiter(
    new ExponentialFailureRateLimiter(seconds(1), seconds(1000)),
    new BucketRateLimiter(10, 100),
  );
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #nodes: Informer<Node>;
  readonly #pods: ServicePods;
  /** Counts nodes that came, went or moved to another zone. */
  #nodeChanges = 0;
  readonly #tracker: SliceTracker;

  constructor({ informers, servicePods }: ControllerEnvironment) {
    this.#services = informers.informer('services');
    this.#slices = informers.informer('endpointslices');
    this.#nodes = informers.informer('nodes');
    this.#pods = servicePods;
    this.#tracker = new SliceTracker(this.#slices);
  }

  start(work: WorkSink): void {
    this.#slices.addIndex('service', serviceOf);
    this.#pods.listen((service) => work.add(service));
    const moved = (): void => {
      this.#nodeChanges++;
    };
    this.#nodes.addHandler({
      onAdd: moved,
      onUpdate: ({ metadata: { labels } }, { metadata: before }) => {
        if (labels !== before.labels && labels?.[ZONE] !== before.labels?.[ZONE]) moved();
      },
      onDelete: moved,
    });
    this.#slices.addHandler({
      onAdd: (slice) => {
        this.#tracker.isOwnWrite(slice);
      },
      onUpdate: (slice) => {
        if (!this.#tracker.isOwnWrite(slice)) this.#notice(slice, work);
      },
      onDelete: (slice) => {
        if (!this.#tracker.isOwnDeletion(slice)) this.#notice(slice, work);
      },
    });
  }

  /** Somebody else changed it. */
  #notice(slice: EndpointSlice, work: WorkSink): void {
    const service = serviceOf(slice);
    if (service !== undefined && this.#services.get(service) !== undefined) work.add(service);
  }

  reconcile(key: string): Plan {
    const service = this.#services.get(key);
    if (service === undefined) {
      this.#tracker.forget(key);
      return DONE;
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return DONE;
    // Slices that the informer does not show as they were last written are no basis for a decision.
    const stale = this.#tracker.stale(key);
    if (stale !== 'no') return stale === 'new' ? RETRY : DONE;
    const slices = [...this.#slices.byIndex('service', key)].filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    const types = addressTypes(service);
    const writes: ApiRequest[] = slices
      .filter(({ addressType }) => !types.includes(addressType as AddressType))
      .map(deleteSlice);
    const problems: string[] = [];
    for (const type of types) {
      const desired = this.#desired(service, key, type);
      problems.push(...desired.problems);
      const existing = slices.filter(({ addressType }) => addressType === type);
      const plan = withPlaceholder(
        existing,
        planSlices(existing, desired.groups, (slice) => !hasLabels(slice, service)),
      );
      writes.push(
        ...plan.create.map(({ ports, endpoints }) => createSlice(service, type, ports, endpoints)),
        ...plan.update.map(({ slice, ports, endpoints }) => updateSlice(service, slice, ports, endpoints)),
        ...plan.remove.map(deleteSlice),
      );
    }
    return this.#perform(service, key, writes, problems);
  }

  #desired(service: Service, key: string, type: AddressType): Desired {
    const groups = new Map<string, DesiredGroup>();
    const problems: string[] = [];
    let containers: unknown;
    let group: DesiredGroup | undefined;
    for (const member of this.#pods.membersOf(key)) {
      if (!member.listed) continue;
      const { pod } = member;
      const endpoint = this.#endpointOf(member, service, type);
      if (endpoint === 'no-node') {
        problems.push(
          `skipping Pod ${pod.metadata.name} for Service ${key}: Node ${pod.spec.nodeName} Not Found`,
        );
      }
      if (endpoint === 'no-node' || endpoint === undefined) continue;
      // Pods of one template have the same ports.
      if (group === undefined || containers !== pod.spec.containers) {
        containers = pod.spec.containers;
        group = groupFor(groups, endpointPorts(service, pod));
      }
      group.endpoints.set(endpointIdentity(endpoint), endpoint);
    }
    return { groups, problems };
  }

  /** The member's endpoint of that family, made again only if something changed. */
  #endpointOf(member: Member, service: Service, type: AddressType): Endpoint | 'no-node' | undefined {
    const known = member.endpoint;
    const current = known !== undefined && member.service === service && member.nodes === this.#nodeChanges;
    if (current && isOfType(known, type)) return known;
    const node = this.#nodes.get(member.pod.spec.nodeName ?? '');
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) return 'no-node';
    const addresses = addressesOf(member.pod, type);
    if (addresses.length === 0) return undefined;
    const endpoint = podEndpoint(member, node?.metadata.labels?.[ZONE], service, addresses);
    member.service = service;
    member.nodes = this.#nodeChanges;
    // The former object if nothing changed: it is recognised in the slices.
    member.endpoint = known !== undefined && sameEndpoint(known, endpoint) ? known : endpoint;
    return member.endpoint;
  }

  #perform(service: Service, key: string, writes: readonly ApiRequest[], problems: readonly string[]): Plan {
    const last = problems.length > 0 ? withEvents(RETRY, [complaint(service, problems.join(', '))]) : DONE;
    if (writes.length === 0) return last;
    return {
      writes,
      resume: (results) => {
        for (const [i, result] of results.entries()) this.#tracker.wrote(key, writes[i]!, result);
        const refused = results.find((result) => !result.ok && result.error.code !== 404);
        if (refused === undefined || refused.ok) return last;
        return withEvents(RETRY, [complaint(service, refused.error.message)]);
      },
    };
  }
}

const isOfType = ({ addresses }: Endpoint, type: AddressType): boolean =>
  addresses[0]!.includes(':') === (type === 'IPv6');

function groupFor(groups: Map<string, DesiredGroup>, ports: DesiredGroup['ports']): DesiredGroup {
  const key = portsKey(ports);
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = { ports, endpoints: new Map() }));
  return group;
}

const complaint = (object: Service, problem: string): EventDraft => ({
  object,
  type: 'Warning',
  reason: 'FailedToUpdateEndpointSlices',
  message: `Error updating Endpoint Slices for Service ${object.metadata.namespace}/${object.metadata.name}: ${problem}`,
});
