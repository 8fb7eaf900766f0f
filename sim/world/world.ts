/**
 * The physical state below the API: machines, sandboxes behind addresses, links between them.
 * Node and network share it and faults change it; the scheduler and the controllers never see it.
 */
import type { ObservationBus } from '../api/observations.ts';
import { NEVER, type SimTime, type Simulation } from '../engine/index.ts';
import {
  AddressPool,
  type AddressRange,
  formatAddress,
  LARGE_CLUSTER_CIDR,
  NODE_CIDR,
  NODE_CIDR_MASK_SIZE,
  parseAddress,
  parseRange,
  rangeSize,
  SMALL_CLUSTER_CIDR,
  subRange,
} from './addresses.ts';
import { DEFAULT_LINK_LATENCIES, type LinkLatencies, type Locality } from './links.ts';
import {
  DEFAULT_REGISTRY_BYTES_PER_SECOND,
  HOST,
  type Machine,
  type MachineSpec,
  type MutableMachine,
  Sandbox,
} from './machine.ts';

export interface WorldOptions {
  /** The range of all pods. Default: 10.244.0.0/16 for up to 256 nodes, else 10.128.0.0/9. */
  readonly clusterCIDR?: string;
  /** Only chooses the default of clusterCIDR. */
  readonly expectedNodes?: number;
  /** Prefix length of one node's pod range; 24 holds 253 pods. */
  readonly nodeCIDRMaskSize?: number;
  readonly links?: Partial<LinkLatencies>;
}

/** Told of each change at the instant it happens, in order of registration. */
export interface WorldListener {
  machineChanged?(machine: Machine, cause: string): void;
  sandboxServing?(sandbox: Sandbox): void;
  /** The process stopped listening, the sandbox still exists: a new connection is refused. */
  sandboxSilent?(sandbox: Sandbox): void;
  sandboxGone?(sandbox: Sandbox): void;
}

export class World {
  readonly links: LinkLatencies;
  readonly #simulation: Simulation;
  readonly #observations: ObservationBus | undefined;
  readonly #clusterRange: AddressRange;
  readonly #nodeRange = parseRange(NODE_CIDR);
  readonly #maskSize: number;
  readonly #machines = new Map<string, MutableMachine>();
  readonly #byIndex: MutableMachine[] = [];
  /** Network number of the pod range by prefix length, for machineOwning. */
  readonly #byRange = new Map<number, Map<number, MutableMachine>>();
  readonly #byHostIP = new Map<string, MutableMachine>();
  /** Who answers at a machine's own address. */
  readonly #hostSandboxes = new Map<string, Sandbox>();
  readonly #listeners: WorldListener[] = [];
  #blocks = 0;

  constructor(simulation: Simulation, observations?: ObservationBus, options: WorldOptions = {}) {
    this.#simulation = simulation;
    this.#observations = observations;
    this.#maskSize = options.nodeCIDRMaskSize ?? NODE_CIDR_MASK_SIZE;
    const small = (options.expectedNodes ?? 0) <= 2 ** (this.#maskSize - 16);
    this.#clusterRange = parseRange(options.clusterCIDR ?? (small ? SMALL_CLUSTER_CIDR : LARGE_CLUSTER_CIDR));
    this.links = { ...DEFAULT_LINK_LATENCIES, ...options.links };
  }

  listen(listener: WorldListener): void {
    this.#listeners.push(listener);
  }

  /** Throws RangeError if the name is taken or the address range is used up. */
  addMachine(spec: MachineSpec): Machine {
    if (this.#machines.has(spec.name)) throw new RangeError(`machine ${spec.name} exists`);
    const index = this.#machines.size;
    const podRange =
      spec.podCIDR === undefined
        ? subRange(this.#clusterRange, this.#maskSize, this.#blocks++)
        : parseRange(spec.podCIDR);
    // What its sandboxes need comes first.
    const machine: MutableMachine = {
      name: spec.name,
      index,
      up: true,
      hostIP: spec.hostIP ?? formatAddress(subRange(this.#nodeRange, 32, index + 1).base),
      addresses: new AddressPool(podRange),
      cpuMilli: spec.cpuMilli,
      memoryBytes: spec.memoryBytes,
      zone: spec.zone ?? '',
      rack: spec.rack ?? '',
      podRange,
      registryBytesPerSecond: spec.registryBytesPerSecond ?? DEFAULT_REGISTRY_BYTES_PER_SECOND,
      since: this.#simulation.now,
      hostSandboxes: new Set(),
    };
    this.#machines.set(machine.name, machine);
    this.#byIndex.push(machine);
    this.#byHostIP.set(machine.hostIP, machine);
    let ranges = this.#byRange.get(podRange.prefix);
    if (ranges === undefined) this.#byRange.set(podRange.prefix, (ranges = new Map()));
    ranges.set(Math.floor(podRange.base / rangeSize(podRange.prefix)), machine);
    return machine;
  }

  machine(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  /** In order of registration. */
  machines(): IterableIterator<Machine> {
    return this.#machines.values();
  }

  /** The sandbox that answers at this address now; undefined if there is none (packets are lost or rejected). O(1). */
  sandboxAt(ip: string): Sandbox | undefined {
    const address = parseAddress(ip);
    const machine = address === undefined ? undefined : this.#machineByRange(address);
    return machine === undefined
      ? this.#hostSandboxes.get(ip)
      : machine.addresses.at(address! - machine.podRange.base);
  }

  /** The machine that packets for this address are sent to, whether or not something answers there. O(1). */
  machineOwning(ip: string): Machine | undefined {
    const address = parseAddress(ip);
    if (address === undefined) return undefined;
    return this.#machineByRange(address) ?? this.#byHostIP.get(ip);
  }

  #machineByRange(address: number): MutableMachine | undefined {
    for (const [prefix, ranges] of this.#byRange) {
      const machine = ranges.get(Math.floor(address / rangeSize(prefix)));
      if (machine !== undefined) return machine;
    }
    return undefined;
  }

  /** Sandboxes that exist on a machine now: in order of address, host-network ones last. */
  sandboxesOn(name: string): readonly Sandbox[] {
    const machine = this.#machines.get(name);
    return machine === undefined ? [] : [...machine.addresses.holders(), ...machine.hostSandboxes];
  }

  /** `undefined` is a place outside the cluster. */
  locality(a: Machine | undefined, b: Machine | undefined): Locality {
    if (a === undefined || b === undefined) return 'external';
    if (a === b) return 'same-node';
    return a.zone === b.zone ? 'same-zone' : 'cross-zone';
  }

  /** One way, µs. */
  latencyUs(a: Machine | undefined, b: Machine | undefined): number {
    return this.links[this.locality(a, b)];
  }

  /**
   * Creates the sandbox of a pod and gives it an address: the machine's own for a host-network pod, else the next of its
   * range. Undefined if the range is used up or the machine is down.
   */
  createSandbox(
    { index }: Machine,
    podKey: string,
    podUid: string,
    hostNetwork: boolean,
  ): Sandbox | undefined {
    const machine = this.#byIndex[index]!;
    if (!machine.up) return undefined;
    return hostNetwork
      ? this.#addHostSandbox(machine, podKey, podUid)
      : this.#addSandbox(machine, podKey, podUid);
  }

  #addSandbox(machine: MutableMachine, podKey: string, podUid: string): Sandbox | undefined {
    const { addresses } = machine;
    const offset = addresses.next();
    if (offset === undefined) return undefined;
    const sandbox = new Sandbox(addresses.format(offset), podKey, podUid, machine, offset);
    addresses.hold(offset, sandbox);
    return sandbox;
  }

  #addHostSandbox(machine: MutableMachine, podKey: string, podUid: string): Sandbox {
    const sandbox = new Sandbox(machine.hostIP, podKey, podUid, machine, HOST);
    machine.hostSandboxes.add(sandbox);
    this.#electHostSandbox(machine);
    return sandbox;
  }

  /** The process begins to listen, or stops. No effect on a sandbox that is gone. */
  setServing(sandbox: Sandbox, serving: boolean): void {
    if (sandbox.goneAt !== NEVER || serving === sandbox.serving) return;
    sandbox.servingSince = serving ? this.#simulation.now : NEVER;
    if (sandbox.hostNetwork) this.#electHostSandbox(this.#byIndex[sandbox.machine.index]!);
    for (const listener of this.#listeners) {
      if (serving) listener.sandboxServing?.(sandbox);
      else listener.sandboxSilent?.(sandbox);
    }
  }

  /** The network namespace goes away and its address is free again. No effect if it is gone already. */
  removeSandbox(sandbox: Sandbox): void {
    if (sandbox.goneAt !== NEVER) return;
    sandbox.goneAt = this.#simulation.now;
    const machine = this.#byIndex[sandbox.machine.index]!;
    sandbox.crashed = !machine.up;
    if (sandbox.hostNetwork) {
      machine.hostSandboxes.delete(sandbox);
      this.#electHostSandbox(machine);
    } else machine.addresses.release(sandbox.offset);
    for (const listener of this.#listeners) listener.sandboxGone?.(sandbox);
  }

  /** Power lost: every sandbox of the machine stops to exist at this instant. No effect if it is down already. */
  crashMachine(name: string, cause: string): void {
    const machine = this.#machines.get(name);
    if (machine === undefined || !machine.up) return;
    this.#setUp(machine, false, cause);
    for (const sandbox of this.sandboxesOn(name)) this.removeSandbox(sandbox);
  }

  /** The machine boots; what runs on it is up to its kubelet. No effect if it is up. */
  recoverMachine(name: string, cause: string): void {
    const machine = this.#machines.get(name);
    if (machine !== undefined && !machine.up) this.#setUp(machine, true, cause);
  }

  #setUp(machine: MutableMachine, up: boolean, cause: string): void {
    const time: SimTime = this.#simulation.now;
    machine.up = up;
    machine.since = time;
    this.#observations?.emit('machine-changed', { time, node: machine.name, up, cause });
    for (const listener of this.#listeners) listener.machineChanged?.(machine, cause);
  }

  /** Of the host-network pods of a machine, the one that serves is what a client meets. */
  #electHostSandbox(machine: MutableMachine): void {
    let elected: Sandbox | undefined;
    for (const sandbox of machine.hostSandboxes) {
      if (elected === undefined || (sandbox.serving && !elected.serving)) elected = sandbox;
    }
    if (elected === undefined) this.#hostSandboxes.delete(machine.hostIP);
    else this.#hostSandboxes.set(machine.hostIP, elected);
  }
}
