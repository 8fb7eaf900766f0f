/**
 * The EndpointSlice controller. Kubernetes v1.36.3, pkg/controller/endpointslice/endpointslice_controller.go.
 * Upstream works out all endpoints of a Service each time; here changes are enough while nobody else touched its slices.
 * DEVIATION: slices carry no topology hints.
 */
import type { Endpoint, EndpointSlice, Service } from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import {
  BucketRateLimiter,
  ExponentialFailureRateLimiter,
  type Informer,
  MaxOfRateLimiter,
} from '../../client/index.ts';
import { type Duration, seconds } from '../../engine/index.ts';
import {
  type Controller,
  DONE,
  type EventDraft,
  isFailure,
  type Plan,
  RETRY,
  type WorkSink,
  withEvents,
} from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { DesiredEndpoints, fixedPorts } from './desired-endpoints.ts';
import { MemberChanges } from './member-changes.ts';
import { type AddressType, addressTypes } from './pod-endpoint.ts';
import type { ServicePods } from './service-pods.ts';
import { SettledSlices } from './settled-slices.ts';
import { planChanges, planSlices, type SlicePlan, withPlaceholder } from './slice-plan.ts';
import { createSlice, deleteSlice, hasLabels, serviceOf, updateSlice } from './slice-requests.ts';
import { SliceTracker } from './slice-tracker.ts';
import { TriggerTimes } from './trigger-times.ts';

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
  readonly #pods: ServicePods;
  readonly #batchPeriod: Duration;
  readonly #endpoints: DesiredEndpoints;
  readonly #tracker: SliceTracker;
  readonly #changes = new MemberChanges();
  readonly #settled = new Map<string, SettledSlices>();
  readonly #triggers = new TriggerTimes();

  constructor({ informers, servicePods }: ControllerEnvironment, batchPeriod: Duration = seconds(0)) {
    this.#batchPeriod = batchPeriod;
    this.#services = informers.informer('services');
    this.#slices = informers.informer('endpointslices');
    this.#pods = servicePods;
    this.#endpoints = new DesiredEndpoints(informers.informer('nodes'));
    this.#tracker = new SliceTracker(this.#slices);
  }

  start(work: WorkSink): void {
    this.#slices.addIndex('service', serviceOf);
    this.#pods.listen((service, member) => {
      this.#changes.note(service, member);
      if (member === undefined) work.add(service);
      else work.addAfter(service, this.#batchPeriod);
    });
    this.#endpoints.start();
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
      this.#changes.forget(key);
      this.#settled.delete(key);
      this.#triggers.forget(key);
      return DONE;
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return DONE;
    // Slices that the informer does not show as they were last written are no basis for a decision.
    const stale = this.#tracker.stale(key);
    if (stale !== 'no') return stale === 'new' ? RETRY : DONE;
    const slices = this.#slices
      .byIndex('service', key)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return this.#fromChanges(service, key, slices) ?? this.#fromAll(service, key, slices);
  }

  /** Only what changed since the last time, if that is enough to know. */
  #fromChanges(service: Service, key: string, slices: readonly EndpointSlice[]): Plan | undefined {
    const members = this.#changes.take(key);
    const settled = this.#settled.get(key);
    if (members === undefined || settled?.holds(service, this.#endpoints.nodeChanges, slices) !== true)
      return undefined;
    const [type] = addressTypes(service);
    const changes = new Map<string, Endpoint | undefined>();
    for (const [uid, member] of members) {
      const endpoint = this.#endpoints.endpointOf(member, service, type!);
      if (endpoint === 'no-node') return undefined;
      changes.set(uid, endpoint);
    }
    const plan = withPlaceholder(slices, planChanges(slices, settled.ports, changes));
    const trigger = this.#triggers.take(service, key, members.values());
    return this.#perform(service, key, requests(service, type!, plan, trigger), [], settled);
  }

  #fromAll(service: Service, key: string, slices: readonly EndpointSlice[]): Plan {
    const types = addressTypes(service);
    const writes: ApiRequest[] = slices
      .filter(({ addressType }) => !types.includes(addressType as AddressType))
      .map(deleteSlice);
    const problems: string[] = [];
    const trigger = this.#triggers.take(service, key, this.#pods.membersOf(key));
    for (const type of types) {
      const desired = this.#endpoints.of(service, this.#pods.membersOf(key), type);
      problems.push(...desired.problems);
      const existing = slices.filter(({ addressType }) => addressType === type);
      const isStale = (slice: EndpointSlice): boolean => !hasLabels(slice, service);
      const plan = withPlaceholder(existing, planSlices(existing, desired.groups, isStale));
      writes.push(...requests(service, type, plan, trigger));
    }
    const ports = fixedPorts(service);
    const settled =
      types.length === 1 && ports !== undefined && problems.length === 0
        ? new SettledSlices(service, this.#endpoints.nodeChanges, ports, slices)
        : undefined;
    return this.#perform(service, key, writes, problems, settled);
  }

  /** `settled` is how the slices were; with the answers it becomes how they are. */
  #perform(
    service: Service,
    key: string,
    writes: readonly ApiRequest[],
    problems: readonly string[],
    settled: SettledSlices | undefined,
  ): Plan {
    const last = problems.length > 0 ? withEvents(RETRY, [complaint(service, problems.join(', '))]) : DONE;
    const settle = (): void => {
      if (settled !== undefined) this.#settled.set(key, settled);
    };
    this.#settled.delete(key);
    if (writes.length === 0) {
      settle();
      return last;
    }
    return {
      writes,
      resume: (results) => {
        for (const [i, result] of results.entries()) this.#tracker.wrote(key, writes[i]!, result);
        const refused = results.find(isFailure);
        if (refused !== undefined) return withEvents(RETRY, [complaint(service, refused.error.message)]);
        if (results.every((result, i) => settled?.wrote(writes[i]!, result) === true)) settle();
        return last;
      },
    };
  }
}

const requests = (
  service: Service,
  type: AddressType,
  { create, update, remove }: SlicePlan,
  trigger: string | undefined,
): readonly ApiRequest[] => [
  ...create.map(({ ports, endpoints }) => createSlice(service, type, ports, endpoints, trigger)),
  ...update.map(({ slice, ports, endpoints }) => updateSlice(service, slice, ports, endpoints, trigger)),
  ...remove.map(deleteSlice),
];

const complaint = (object: Service, problem: string): EventDraft => ({
  object,
  type: 'Warning',
  reason: 'FailedToUpdateEndpointSlices',
  message: `Error updating Endpoint Slices for Service ${object.metadata.namespace}/${object.metadata.name}: ${problem}`,
});
