/**
 * Addresses and ports of Services: pkg/registry/core/service/storage/alloc.go, Kubernetes v1.36. The start of each search is
 * drawn by the Service's key, so that a Service gets the same numbers in every run, collisions aside.
 * DEVIATION: IPv4 single stack; no IPAddress objects; numbers are free again the moment the Service is gone.
 */
import { type Service, type ServicePort, withFields } from '../../api/index.ts';
import type { RandomStreams } from '../../engine/index.ts';
import { type Failure, internalError, invalid } from '../errors.ts';
import { ClusterIps } from './cluster-ips.ts';
import { NodePorts, type PortRange } from './node-ports.ts';
import { needsClusterIp, needsHealthCheckPort, needsNodePorts } from './service-fields.ts';

type Spec = Service['spec'];

/** Flags service-cluster-ip-range and service-node-port-range. */
export interface ServiceRanges {
  readonly clusterIps: string;
  readonly nodePorts: PortRange;
}

export const defaultServiceRanges: ServiceRanges = {
  clusterIps: '10.96.0.0/16',
  nodePorts: { first: 30000, last: 32767 },
};

/** One Service's request for numbers: what it holds, and what it took on the way, to be given back if it fails. */
interface Claim {
  readonly name: string;
  readonly key: string;
  readonly address: string;
  readonly ports: Set<number>;
  readonly takenAddresses: string[];
  readonly takenPorts: number[];
}

export class ServiceAllocation {
  readonly #random: RandomStreams;
  readonly #addresses: ClusterIps;
  readonly #ports: NodePorts;

  constructor(random: RandomStreams, ranges: ServiceRanges = defaultServiceRanges) {
    this.#random = random;
    this.#addresses = new ClusterIps(ranges.clusterIps);
    this.#ports = new NodePorts(ranges.nodePorts);
  }

  /** The spec with the numbers it needs beyond those that `current` (absent on create) holds already. */
  allocate(name: string, key: string, spec: Spec, current: Spec | undefined): Spec | Failure {
    const address = current?.clusterIP ?? '';
    const claim: Claim = {
      name,
      key,
      address,
      ports: heldPorts(current),
      takenAddresses: [],
      takenPorts: [],
    };
    const result = this.#fill(claim, spec);
    if ('error' in result) this.#undo(claim);
    return result;
  }

  /** Frees what `previous` held and `next` (absent after deletion) does not. */
  release(previous: Spec, next: Spec | undefined): void {
    const address = previous.clusterIP ?? '';
    if (address !== '' && address !== 'None' && address !== next?.clusterIP) this.#addresses.release(address);
    const kept = heldPorts(next);
    for (const port of heldPorts(previous)) if (!kept.has(port)) this.#ports.release(port);
  }

  #undo({ takenAddresses, takenPorts }: Claim): void {
    for (const address of takenAddresses) this.#addresses.release(address);
    for (const port of takenPorts) this.#ports.release(port);
  }

  #fill(claim: Claim, spec: Spec): Spec | Failure {
    const addressed = needsClusterIp(spec) ? this.#fillAddress(claim, spec) : spec;
    if ('error' in addressed) return addressed;
    const ported = needsNodePorts(addressed) ? this.#fillPorts(claim, addressed) : addressed;
    if ('error' in ported || !needsHealthCheckPort(spec)) return ported;
    const port = this.#takePort(claim, 'spec.healthCheckNodePort', 'health', spec.healthCheckNodePort ?? 0);
    return typeof port === 'number' ? { ...ported, healthCheckNodePort: port } : port;
  }

  #fillAddress(claim: Claim, spec: Spec): Spec | Failure {
    const { ipFamilies = ['IPv4'], ipFamilyPolicy = 'SingleStack' } = spec;
    const refusal = familyProblem(claim.name, ipFamilies, ipFamilyPolicy);
    if (refusal !== undefined) return refusal;
    const address = this.#takeAddress(claim, spec.clusterIP ?? '');
    if (typeof address !== 'string') return address;
    return withFields(spec, { clusterIP: address, clusterIPs: [address], ipFamilies, ipFamilyPolicy });
  }

  #takeAddress(claim: Claim, wanted: string): string | Failure {
    if (wanted === 'None' || (wanted !== '' && wanted === claim.address)) return wanted;
    if (wanted === '') {
      const next = this.#addresses.takeNext(this.#random.draw('cluster-ip', claim.key));
      if (next !== undefined) claim.takenAddresses.push(next);
      return next ?? internalError('failed to allocate a serviceIP: range is full');
    }
    const problem = this.#addresses.take(wanted);
    if (problem !== undefined) {
      return refuse(
        claim.name,
        'spec.clusterIPs',
        `["${wanted}"]: failed to allocate IP ${wanted}: ${problem}`,
      );
    }
    claim.takenAddresses.push(wanted);
    return wanted;
  }

  /** One node port per port number: protocols share it. */
  #fillPorts(claim: Claim, spec: Spec): Spec | Failure {
    const byNumber = new Map<number, number>();
    const ports: ServicePort[] = [];
    for (const [i, port] of (spec.ports ?? []).entries()) {
      const wanted = (port.nodePort ?? 0) || byNumber.get(port.port) || requested(spec, port.port);
      const purpose = `${port.name ?? ''}/${port.port}`;
      const nodePort = this.#takePort(claim, `spec.ports[${i}].nodePort`, purpose, wanted);
      if (typeof nodePort !== 'number') return nodePort;
      byNumber.set(port.port, nodePort);
      ports.push(port.nodePort === nodePort ? port : { ...port, nodePort });
    }
    return { ...spec, ports };
  }

  /** `wanted` 0: any. */
  #takePort(claim: Claim, field: string, purpose: string, wanted: number): number | Failure {
    if (wanted !== 0 && claim.ports.has(wanted)) return wanted;
    const port =
      wanted === 0 ? this.#ports.takeNext(this.#random.draw('node-port', `${claim.key}/${purpose}`)) : wanted;
    if (port === undefined) return internalError('failed to allocate a nodePort: range is full');
    const problem = wanted === 0 ? undefined : this.#ports.take(wanted);
    if (problem !== undefined) return refuse(claim.name, field, `${wanted}: ${problem}`);
    claim.takenPorts.push(port);
    claim.ports.add(port);
    return port;
  }
}

function refuse(name: string, field: string, what: string): Failure {
  const cause = { reason: 'FieldValueInvalid', field, message: `Invalid value: ${what}` };
  return invalid({ kind: 'Service', group: '' }, name, [cause]);
}

/** A node port asked for by a later port of the same number; 0 if none. */
const requested = (spec: Spec, number: number): number =>
  spec.ports?.find((port) => port.port === number && (port.nodePort ?? 0) !== 0)?.nodePort ?? 0;

function heldPorts(spec: Spec | undefined): Set<number> {
  const ports = (spec?.ports ?? []).map((port) => port.nodePort ?? 0);
  ports.push(spec?.healthCheckNodePort ?? 0);
  return new Set(ports.filter((port) => port !== 0));
}

function familyProblem(name: string, families: readonly string[], policy: string): Failure | undefined {
  if (policy === 'RequireDualStack') {
    return refuse(
      name,
      'spec.ipFamilyPolicy',
      '"RequireDualStack": this cluster is not configured for dual-stack services',
    );
  }
  const at = families.findIndex((family) => family !== 'IPv4');
  if (at < 0) return undefined;
  return refuse(
    name,
    `spec.ipFamilies[${at}]`,
    `${JSON.stringify(families[at])}: not configured on this cluster`,
  );
}
