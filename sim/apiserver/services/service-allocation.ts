/**
 * Cluster IPs and node ports: pkg/registry/core/service/storage/alloc.go, Kubernetes v1.36. The start of each search is drawn by
 * the Service's key, so that a Service gets the same numbers in every run, collisions aside.
 * DEVIATION: IPv4 single stack; no IPAddress objects; numbers are free again the moment the Service is gone.
 */
import type { Service, ServicePort } from '../../api/index.ts';
import type { RandomStreams } from '../../engine/index.ts';
import { type Failure, internalError, invalid } from '../errors.ts';
import { parseCidr, parseIpv4, printIpv4 } from './address-range.ts';
import { RangeAllocator } from './range-allocator.ts';
import { needsClusterIp, needsHealthCheckPort, needsNodePorts } from './service-fields.ts';

type Spec = Service['spec'];

/** Flags service-cluster-ip-range and service-node-port-range. */
export interface ServiceRanges {
  readonly clusterIps: string;
  readonly nodePorts: { readonly first: number; readonly last: number };
}

export const defaultServiceRanges: ServiceRanges = {
  clusterIps: '10.96.0.0/16',
  nodePorts: { first: 30000, last: 32767 },
};

const serviceKind = { kind: 'Service', group: '' };

export class ServiceAllocation {
  readonly #random: RandomStreams;
  readonly #firstAddress: number;
  readonly #addresses: RangeAllocator;
  readonly #firstPort: number;
  readonly #ports: RangeAllocator;

  constructor(random: RandomStreams, ranges: ServiceRanges = defaultServiceRanges) {
    this.#random = random;
    const { first, size } = parseCidr(ranges.clusterIps);
    this.#firstAddress = first;
    this.#addresses = new RangeAllocator(size, bandOf(size, 16, 256));
    // The first address is the API server's own Service.
    this.#addresses.take(0);
    this.#firstPort = ranges.nodePorts.first;
    const ports = ranges.nodePorts.last - ranges.nodePorts.first + 1;
    this.#ports = new RangeAllocator(ports, bandOf(ports, 32, 128));
  }

  /** The spec with the numbers it needs beyond those that `current` (absent on create) holds already. */
  allocate(name: string, key: string, spec: Spec, current: Spec | undefined): Spec | Failure {
    const taken: (() => void)[] = [];
    const undo = (failure: Failure): Failure => {
      for (const release of taken) release();
      return failure;
    };
    let result = spec;
    if (needsClusterIp(spec)) {
      const withAddress = this.#allocateAddress(name, key, spec, current, taken);
      if ('error' in withAddress) return undo(withAddress);
      result = withAddress;
    }
    if (needsNodePorts(spec)) {
      const ports = this.#allocatePorts(name, key, result, heldPorts(current), taken);
      if ('error' in ports) return undo(ports);
      result = { ...result, ports };
    }
    if (!needsHealthCheckPort(spec)) return result;
    const health = this.#healthCheckPort(name, key, result, heldPorts(current), taken);
    return typeof health === 'number' ? { ...result, healthCheckNodePort: health } : undo(health);
  }

  /** Frees what `previous` held and `next` (absent after deletion) does not. */
  release(previous: Spec, next: Spec | undefined): void {
    const address = previous.clusterIP ?? '';
    if (address !== '' && address !== 'None' && address !== next?.clusterIP) {
      this.#addresses.release((parseIpv4(address) ?? 0) - this.#firstAddress);
    }
    const kept = heldPorts(next);
    for (const port of heldPorts(previous)) if (!kept.has(port)) this.#ports.release(port - this.#firstPort);
  }

  #allocateAddress(
    name: string,
    key: string,
    spec: Spec,
    current: Spec | undefined,
    taken: (() => void)[],
  ): Spec | Failure {
    const wanted = spec.clusterIP ?? '';
    const families = {
      ipFamilies: spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
    } as const;
    const refusal = familyProblem(name, families.ipFamilies, families.ipFamilyPolicy);
    if (refusal !== undefined) return refusal;
    if (wanted === 'None' || (wanted !== '' && wanted === current?.clusterIP))
      return { ...spec, clusterIPs: [wanted], ...families };
    const offset =
      wanted === ''
        ? this.#addresses.takeNext(this.#draw('cluster-ip', key))
        : this.#takeAddress(name, wanted);
    if (offset === undefined) return internalError('failed to allocate a serviceIP: range is full');
    if (typeof offset !== 'number') return offset;
    taken.push(() => this.#addresses.release(offset));
    const clusterIP = printIpv4(this.#firstAddress + offset);
    return { ...spec, clusterIP, clusterIPs: [clusterIP], ...families };
  }

  #takeAddress(name: string, wanted: string): number | Failure {
    const offset = (parseIpv4(wanted) ?? -1) - this.#firstAddress;
    const problem =
      offset < 0 || offset >= this.#addresses.size
        ? 'the provided network does not match the current range'
        : this.#addresses.take(offset)
          ? undefined
          : 'provided IP is already allocated';
    if (problem === undefined) return offset;
    const message = `Invalid value: ["${wanted}"]: failed to allocate IP ${wanted}: ${problem}`;
    return invalid(serviceKind, name, [{ reason: 'FieldValueInvalid', field: 'spec.clusterIPs', message }]);
  }

  /** One node port per port number: protocols share it. */
  #allocatePorts(
    name: string,
    key: string,
    spec: Spec,
    held: ReadonlySet<number>,
    taken: (() => void)[],
  ): readonly ServicePort[] | Failure {
    const byPort = new Map<number, number>();
    const mine = new Set(held);
    const result: ServicePort[] = [];
    for (const [i, port] of (spec.ports ?? []).entries()) {
      const wanted = (port.nodePort ?? 0) || byPort.get(port.port) || requested(spec, port.port);
      const nodePort = this.#takePort(
        name,
        `spec.ports[${i}].nodePort`,
        `${key}/${port.name ?? ''}/${port.port}`,
        wanted,
        mine,
        taken,
      );
      if (typeof nodePort !== 'number') return nodePort;
      byPort.set(port.port, nodePort);
      mine.add(nodePort);
      result.push(port.nodePort === nodePort ? port : { ...port, nodePort });
    }
    return result;
  }

  #healthCheckPort(
    name: string,
    key: string,
    spec: Spec,
    held: ReadonlySet<number>,
    taken: (() => void)[],
  ): number | Failure {
    return this.#takePort(
      name,
      'spec.healthCheckNodePort',
      `${key}/health`,
      spec.healthCheckNodePort ?? 0,
      held,
      taken,
    );
  }

  #takePort(
    name: string,
    field: string,
    key: string,
    wanted: number,
    mine: ReadonlySet<number>,
    taken: (() => void)[],
  ): number | Failure {
    if (wanted !== 0 && mine.has(wanted)) return wanted;
    const offset =
      wanted === 0 ? this.#ports.takeNext(this.#draw('node-port', key)) : wanted - this.#firstPort;
    if (offset === undefined) return internalError('failed to allocate a nodePort: range is full');
    const problem = wanted === 0 ? undefined : this.#portProblem(offset);
    if (problem !== undefined) {
      return invalid(serviceKind, name, [
        { reason: 'FieldValueInvalid', field, message: `Invalid value: ${wanted}: ${problem}` },
      ]);
    }
    taken.push(() => this.#ports.release(offset));
    return this.#firstPort + offset;
  }

  #portProblem(offset: number): string | undefined {
    const last = this.#firstPort + this.#ports.size - 1;
    if (offset < 0 || offset >= this.#ports.size) {
      return `provided port is not in the valid range. The range of valid ports is ${this.#firstPort}-${last}`;
    }
    return this.#ports.take(offset) ? undefined : 'provided port is already allocated';
  }

  #draw(purpose: string, key: string): number {
    return this.#random.draw(purpose, key);
  }
}

const bandOf = (size: number, divisor: number, max: number): number =>
  size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / divisor)), max);

/** A node port asked for by a later port of the same number; 0 if none. */
const requested = (spec: Spec, number: number): number =>
  spec.ports?.find((port) => port.port === number && (port.nodePort ?? 0) !== 0)?.nodePort ?? 0;

function heldPorts(spec: Spec | undefined): ReadonlySet<number> {
  const ports = (spec?.ports ?? []).map((port) => port.nodePort ?? 0);
  ports.push(spec?.healthCheckNodePort ?? 0);
  return new Set(ports.filter((port) => port !== 0));
}

function familyProblem(name: string, families: readonly string[], policy: string): Failure | undefined {
  if (policy === 'RequireDualStack') {
    const message =
      'Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services';
    return invalid(serviceKind, name, [
      { reason: 'FieldValueInvalid', field: 'spec.ipFamilyPolicy', message },
    ]);
  }
  const at = families.findIndex((family) => family !== 'IPv4');
  if (at < 0) return undefined;
  const message = `Invalid value: ${JSON.stringify(families[at])}: not configured on this cluster`;
  return invalid(serviceKind, name, [
    { reason: 'FieldValueInvalid', field: `spec.ipFamilies[${at}]`, message },
  ]);
}
