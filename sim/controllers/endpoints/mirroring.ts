/**
 * Mirrors Endpoints that somebody wrote by hand, for a Service without selector, into EndpointSlices.
 * Kubernetes v1.36.3, pkg/controller/endpointslicemirroring.
 */
import {
  controllerReference,
  type Draft,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  type Endpoints,
  keyOf,
  type Labels,
  type Service,
} from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import type { Informer } from '../../client/index.ts';
import { type Controller, DONE, type Plan, type WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { type AddressType, endpointIdentity, portsKey } from './pod-endpoint.ts';
import { type DesiredGroup, planSlices } from './slice-plan.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** Documented: --mirroring-max-endpoints-per-subset. */
const MAX_PER_SUBSET = 1000;
const FAMILIES: readonly AddressType[] = ['IPv4', 'IPv6'];

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

export class EndpointSliceMirroringController implements Controller {
  readonly name = 'endpointslice-mirroring-controller';
  readonly workers = 5;
  readonly #services: Informer<Service>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #slices: Informer<EndpointSlice>;

  constructor({ informers }: ControllerEnvironment) {
    this.#services = informers.informer('services');
    this.#endpoints = informers.informer('endpoints');
    this.#slices = informers.informer('endpointslices');
  }

  start(work: WorkSink): void {
    this.#slices.addIndex('mirrored', mirroredOf);
    const look = (endpoints: Endpoints): void => {
      if (isMirrored(endpoints)) work.add(keyOf(endpoints));
    };
    this.#endpoints.addHandler({
      onAdd: look,
      onUpdate: (endpoints, previous) => {
        if (isMirrored(endpoints) || isMirrored(previous)) work.add(keyOf(endpoints));
      },
      onDelete: (_, key) => work.add(key),
    });
    const changed = (_: Service, key: string): void => {
      const endpoints = this.#endpoints.get(key);
      if (endpoints !== undefined) look(endpoints);
    };
    this.#services.addHandler({
      onAdd: changed,
      onUpdate: (service, _, key) => changed(service, key),
      onDelete: changed,
    });
  }

  reconcile(key: string): Plan {
    const endpoints = this.#endpoints.get(key);
    const service = this.#services.get(key);
    const slices = this.#slices.byIndex('mirrored', key);
    const mirrored =
      endpoints !== undefined &&
      isMirrored(endpoints) &&
      service !== undefined &&
      service.spec.selector === undefined;
    if (!mirrored) return slices.length === 0 ? DONE : { writes: slices.map(deleteSlice) };
    const writes = FAMILIES.flatMap((family) => {
      const existing = slices.filter(({ addressType }) => addressType === family);
      const plan = planSlices(existing, groupsOf(endpoints, family), () => false, MAX_PER_SUBSET);
      return [
        ...plan.create.map(({ ports, endpoints: list }) => createSlice(endpoints, family, ports, list)),
        ...plan.update.map(({ slice, ports, endpoints: list }): ApiRequest => {
          return {
            verb: 'update',
            resource: 'endpointslices',
            object: { ...slice, ports, endpoints: list } as EndpointSlice,
          };
        }),
        ...plan.remove.map(deleteSlice),
      ];
    });
    return writes.length === 0 ? DONE : { writes };
  }
}

/** Not those that the endpoints controller writes, nor leader election records. */
const isMirrored = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[SKIP] !== 'true' &&
  metadata.labels?.['endpoints.kubernetes.io/managed-by'] !== 'endpoint-controller' &&
  metadata.annotations?.[LEADER] === undefined;

const mirroredOf = ({ metadata }: EndpointSlice): string | undefined =>
  metadata.labels?.[MANAGED_BY] === MANAGER
    ? `${metadata.namespace ?? ''}/${metadata.labels[SERVICE_NAME] ?? ''}`
    : undefined;

function groupsOf({ subsets = [] }: Endpoints, family: AddressType): ReadonlyMap<string, DesiredGroup> {
  const groups = new Map<string, DesiredGroup>();
  for (const { ports = [], addresses = [], notReadyAddresses = [] } of subsets) {
    const own: readonly EndpointPort[] = ports.map(({ name = '', ...port }) => ({ name, ...port }));
    const key = portsKey(own);
    const endpoints = [
      ...addresses.map((address) => mirror(address, true)),
      ...notReadyAddresses.map((address) => mirror(address, false)),
    ];
    for (const endpoint of endpoints
      .filter(({ addresses: [ip] }) => ip!.includes(':') === (family === 'IPv6'))
      .slice(0, MAX_PER_SUBSET)) {
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { ports: own, endpoints: new Map() }));
      group.endpoints.set(endpointIdentity(endpoint), endpoint);
    }
  }
  return groups;
}

const mirror = ({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname === undefined ? {} : { hostname }),
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(targetRef === undefined ? {} : { targetRef }),
});

function createSlice(
  owner: Endpoints,
  addressType: AddressType,
  ports: readonly EndpointPort[],
  endpoints: readonly Endpoint[],
): ApiRequest {
  const { namespace = '', name, labels: own } = owner.metadata;
  const labels: Labels = { ...own, [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER };
  const metadata = {
    namespace,
    generateName: `${name}-`,
    labels,
    ownerReferences: [controllerReference(owner)],
  };
  const object: Draft<EndpointSlice> = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType,
    endpoints,
    ports,
  };
  return { verb: 'create', resource: 'endpointslices', namespace, object };
}

const deleteSlice = ({ metadata }: EndpointSlice): ApiRequest => ({
  verb: 'delete',
  resource: 'endpointslices',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
