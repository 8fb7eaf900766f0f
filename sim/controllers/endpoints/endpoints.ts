/**
 * The Endpoints controller: the older view of what EndpointSlices say. Kubernetes v1.36.3, pkg/controller/endpoint/endpoints_controller.go.
 * DEVIATION: addresses keep the order in which pods came; upstream sorts them by IP.
 */
import {
  compileLabels,
  type Draft,
  type EndpointPort,
  type Endpoints,
  keyOf,
  type Labels,
  type Pod,
  type Service,
} from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import {
  BucketRateLimiter,
  ExponentialFailureRateLimiter,
  type Informer,
  MaxOfRateLimiter,
} from '../../client/index.ts';
import { seconds } from '../../engine/index.ts';
import { type Controller, DONE, type Plan, type WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { endpointPorts, portsKey } from './pod-endpoint.ts';
import type { ServicePods } from './service-pods.ts';

const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
/** Documented: maxCapacity. */
const MAX_ADDRESSES = 1000;

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

interface Group {
  readonly ports: NonNullable<Subset['ports']>;
  readonly ready: Address[];
  readonly notReady: Address[];
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

  constructor({ informers, servicePods }: ControllerEnvironment) {
    this.#services = informers.informer('services');
    this.#endpoints = informers.informer('endpoints');
    this.#pods = servicePods;
  }

  start(work: WorkSink): void {
    this.#pods.listen((service) => work.add(service));
    this.#endpoints.addHandler({ onDelete: (endpoints) => work.add(keyOf(endpoints)) });
  }

  reconcile(key: string): Plan {
    const service = this.#services.get(key);
    const current = this.#endpoints.get(key);
    if (service === undefined)
      return current === undefined || !isOurs(current) ? DONE : { writes: [deleteEndpoints(current)] };
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return DONE;
    const { subsets, truncated } = this.#subsets(service, key);
    const labels = labelsFor(service);
    if (
      current !== undefined &&
      sameSubsets(current.subsets ?? [], subsets) &&
      sameLabels(current.metadata.labels, labels)
    )
      return DONE;
    return {
      writes: [
        current === undefined
          ? create(service, labels, subsets)
          : update(current, labels, subsets, truncated),
      ],
    };
  }

  #subsets(
    service: Service,
    key: string,
  ): { readonly subsets: readonly Subset[]; readonly truncated: boolean } {
    const groups = new Map<string, Group>();
    const all = service.spec.publishNotReadyAddresses === true;
    let count = 0;
    let containers: unknown;
    let group: Group | undefined;
    for (const member of this.#pods.membersOf(key)) {
      if (!member.listed || (member.terminating && !all)) continue;
      if (++count > MAX_ADDRESSES) continue;
      // Pods of one template have the same ports.
      if (containers !== member.pod.spec.containers) {
        containers = member.pod.spec.containers;
        group = groupFor(groups, service, member.pod);
      }
      member.address ??= addressOf(member.pod, service);
      if (all || member.ready) group?.ready.push(member.address);
      else group?.notReady.push(member.address);
    }
    return { subsets: [...groups.values()].map(subsetOf), truncated: count > MAX_ADDRESSES };
  }
}

/** Undefined if the pod has none of the Service's ports. */
function groupFor(groups: Map<string, Group>, service: Service, pod: Pod): Group | undefined {
  const found = endpointPorts(service, pod);
  if (found.length === 0 && (service.spec.ports ?? []).length > 0) return undefined;
  const key = portsKey(found);
  let group = groups.get(key);
  if (group === undefined)
    groups.set(key, (group = { ports: found.map(endpointPort), ready: [], notReady: [] }));
  return group;
}

const endpointPort = ({
  name = '',
  port = 0,
  protocol,
  appProtocol,
}: EndpointPort): Group['ports'][number] => ({
  ...(name === '' ? {} : { name }),
  port,
  protocol,
  ...(appProtocol === undefined ? {} : { appProtocol }),
});

const subsetOf = ({ ports, ready, notReady }: Group): Subset => ({
  ...(ready.length === 0 ? {} : { addresses: ready }),
  ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
  ...(ports.length === 0 ? {} : { ports }),
});

function addressOf(pod: Pod, service: Service): Address {
  const { namespace, name, uid } = pod.metadata;
  const { hostname = '', subdomain, nodeName } = pod.spec;
  const named = hostname !== '' && subdomain === service.metadata.name;
  return {
    ip: pod.status?.podIP ?? '',
    ...(named ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function labelsFor({ metadata, spec }: Service): Labels {
  const { [HEADLESS]: _, ...own } = metadata.labels ?? {};
  const labels = { ...own, [MANAGED_BY]: 'endpoint-controller' };
  return spec.clusterIP === 'None' ? { ...labels, [HEADLESS]: '' } : labels;
}

const isOurs = ({ metadata }: Endpoints): boolean => metadata.labels?.[MANAGED_BY] === 'endpoint-controller';

const sameLabels = (a: Labels = {}, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && compileLabels(b).matches(a);

const sameSubsets = (a: readonly Subset[], b: readonly Subset[]): boolean =>
  a.length === b.length && a.every((subset, i) => sameSubset(subset, b[i]!));

const sameSubset = (a: Subset, b: Subset): boolean =>
  portsKey(a.ports) === portsKey(b.ports) &&
  sameAddresses(a.addresses, b.addresses) &&
  sameAddresses(a.notReadyAddresses, b.notReadyAddresses);

function sameAddresses(a: readonly Address[] = [], b: readonly Address[] = []): boolean {
  return (
    a.length === b.length &&
    a.every((address, i) => {
      const other = b[i]!;
      return (
        address === other ||
        (address.ip === other.ip &&
          address.targetRef?.uid === other.targetRef?.uid &&
          address.nodeName === other.nodeName &&
          address.hostname === other.hostname)
      );
    })
  );
}

function create(service: Service, labels: Labels, subsets: readonly Subset[]): ApiRequest {
  const { namespace = '', name } = service.metadata;
  const object: Draft<Endpoints> = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { namespace, name, labels },
    subsets,
  };
  return { verb: 'create', resource: 'endpoints', namespace, object };
}

function update(
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
