/**
 * The Endpoints controller: the older view of what EndpointSlices say. Kubernetes v1.36.3,
 * pkg/controller/endpoint/endpoints_controller.go. Upstream works out all addresses of a Service each time; here changes are enough
 * while nobody else touched its Endpoints.
 */
import {
  compileLabels,
  type Draft,
  type Endpoints,
  keyOf,
  type Labels,
  type Service,
} from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import {
  BucketRateLimiter,
  ExponentialFailureRateLimiter,
  type Informer,
  MaxOfRateLimiter,
} from '../../client/index.ts';
import { type Duration, seconds } from '../../engine/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink, write } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { fixedPorts } from './desired-endpoints.ts';
import { MemberChanges } from './member-changes.ts';
import type { Member, ServicePods } from './service-pods.ts';
import {
  changedSubset,
  MAX_ADDRESSES,
  placementOf,
  type Subset,
  sameSubsets,
  sizeOf,
  subsetsOf,
} from './subsets.ts';

const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** Endpoints that showed all members of this Service, all of them with the same ports. */
interface Settled {
  readonly service: Service;
  readonly version: string | undefined;
}

export class EndpointsController implements Controller {
  readonly name = 'endpoints-controller';
  readonly workers = 5;
  readonly rateLimiter = new MaxOfRateLimiter(
    new ExponentialFailureRateLimiter(seconds(1), seconds(1000)),
    new BucketRateLimiter(10, 100),
  );
  readonly #services: Informer<Service>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #pods: ServicePods;
  readonly #batchPeriod: Duration;
  readonly #changes = new MemberChanges();
  readonly #settled = new Map<string, Settled>();

  constructor({ informers, servicePods }: ControllerEnvironment, batchPeriod: Duration = seconds(0)) {
    this.#batchPeriod = batchPeriod;
    this.#services = informers.informer('services');
    this.#endpoints = informers.informer('endpoints');
    this.#pods = servicePods;
  }

  start(work: WorkSink): void {
    this.#pods.listen((service, member) => {
      this.#changes.note(service, member);
      if (member === undefined) work.add(service);
      else work.addAfter(service, this.#batchPeriod);
    });
    this.#endpoints.addHandler({ onDelete: (endpoints) => work.add(keyOf(endpoints)) });
  }

  reconcile(key: string): Plan {
    const service = this.#services.get(key);
    const current = this.#endpoints.get(key);
    if (service === undefined) {
      this.#changes.forget(key);
      this.#settled.delete(key);
      return current === undefined || !isOurs(current) ? DONE : { writes: [deleteEndpoints(current)] };
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return DONE;
    const settled = this.#settled.get(key);
    if (current !== undefined && settled !== undefined && isOlder(current, settled)) {
      // The informer does not show our last write yet: whatever is sent now is refused.
      return write(
        updateEndpoints(current, current.metadata.labels ?? {}, current.subsets ?? [], false),
        () => RETRY,
      );
    }
    const labels = labelsFor(service);
    const members = this.#changes.take(key);
    const changed = current && members && settled && this.#fromChanges(service, current, members, settled);
    const { subsets, truncated } = changed ?? subsetsOf(service, this.#pods.membersOf(key));
    const simple = !truncated && subsets.length === 1 && fixedPorts(service) !== undefined;
    const settle = ({ metadata }: { readonly metadata: { readonly resourceVersion?: string } }): Plan => {
      if (simple) this.#settled.set(key, { service, version: metadata.resourceVersion });
      return DONE;
    };
    this.#settled.delete(key);
    if (
      current !== undefined &&
      sameSubsets(current.subsets ?? [], subsets) &&
      sameLabels(current.metadata.labels, labels)
    )
      return settle(current);
    const request =
      current === undefined
        ? createEndpoints(service, labels, subsets)
        : updateEndpoints(current, labels, subsets, truncated);
    return write(request, (result) =>
      result.ok ? settle(result.object) : result.error.code === 404 ? DONE : RETRY,
    );
  }

  /** From what changed since the last time, if that is enough to know. */
  #fromChanges(
    service: Service,
    current: Endpoints,
    members: ReadonlyMap<string, Member>,
    settled: Settled,
  ): { readonly subsets: readonly Subset[]; readonly truncated: false } | undefined {
    const [subset] = current.subsets ?? [];
    if (
      settled.service !== service ||
      settled.version !== current.metadata.resourceVersion ||
      subset === undefined
    )
      return undefined;
    const changes = new Map([...members].map(([uid, member]) => [uid, placementOf(member, service)]));
    const after = changedSubset(subset, changes);
    if (after === subset) return { subsets: current.subsets!, truncated: false };
    const size = sizeOf(after);
    return size === 0 || size > MAX_ADDRESSES ? undefined : { subsets: [after], truncated: false };
  }
}

const isOlder = ({ metadata }: Endpoints, { version }: Settled): boolean =>
  Number(metadata.resourceVersion) < Number(version);

function labelsFor({ metadata, spec }: Service): Labels {
  const { [HEADLESS]: _, ...own } = metadata.labels ?? {};
  const labels = { ...own, [MANAGED_BY]: 'endpoint-controller' };
  return spec.clusterIP === 'None' ? { ...labels, [HEADLESS]: '' } : labels;
}

const isOurs = ({ metadata }: Endpoints): boolean => metadata.labels?.[MANAGED_BY] === 'endpoint-controller';

const sameLabels = (a: Labels = {}, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && compileLabels(b).matches(a);

function createEndpoints(service: Service, labels: Labels, subsets: readonly Subset[]): ApiRequest {
  const { namespace = '', name } = service.metadata;
  const object: Draft<Endpoints> = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { namespace, name, labels },
    subsets,
  };
  return { verb: 'create', resource: 'endpoints', namespace, object };
}

function updateEndpoints(
  current: Endpoints,
  labels: Labels,
  subsets: readonly Subset[],
  truncated: boolean,
): ApiRequest {
  const { [OVER_CAPACITY]: _, ...own } = current.metadata.annotations ?? {};
  const annotations = truncated ? { ...own, [OVER_CAPACITY]: 'truncated' } : own;
  const object: Endpoints = { ...current, metadata: { ...current.metadata, labels, annotations }, subsets };
  return { verb: 'update', resource: 'endpoints', object };
}

const deleteEndpoints = ({ metadata }: Endpoints): ApiRequest => ({
  verb: 'delete',
  resource: 'endpoints',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
