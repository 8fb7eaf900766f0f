/** A machine: what a Node object describes, whether or not the API server knows its state. */
import { NEVER, type SimTime } from '../engine/index.ts';
import type { AddressPool, AddressRange } from './addresses.ts';

export interface MachineSpec {
  /** The name of its Node object. */
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Failure domains, widest first: zone, rack, the machine itself. Empty string: none. */
  readonly zone?: string;
  readonly rack?: string;
  /** Its pod range; by default the next block of the cluster's. */
  readonly podCIDR?: string;
  /** Its own address; by default the next one of NODE_CIDR. */
  readonly hostIP?: string;
  /** What it gets from an image registry, bytes per second. */
  readonly registryBytesPerSecond?: number;
}

/** Read by everybody; changed by World alone. */
export interface Machine {
  readonly name: string;
  /** Order of registration, from 0. */
  readonly index: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly zone: string;
  readonly rack: string;
  readonly hostIP: string;
  readonly podRange: AddressRange;
  readonly registryBytesPerSecond: number;
  readonly up: boolean;
  /** When `up` last changed. */
  readonly since: SimTime;
  /** Sandboxes of host-network pods: they share the machine's address. */
  readonly hostSandboxes: ReadonlySet<Sandbox>;
}

/** The same, as World keeps it. */
export interface MutableMachine extends Machine {
  up: boolean;
  since: SimTime;
  readonly addresses: AddressPool<Sandbox>;
  readonly hostSandboxes: Set<Sandbox>;
}

/** Assumed: a 1 Gbit/s path to the registry, layers unpacked while they arrive. */
export const DEFAULT_REGISTRY_BYTES_PER_SECOND = 125e6;

/** The offset of a sandbox on the machine's own address. */
export const HOST = -1;

/** A pod sandbox: the network namespace that answers at a pod IP as long as it exists. Changed by World alone. A plain class: there is one per running pod. */
export class Sandbox {
  readonly ip: string;
  /** "namespace/name". */
  readonly podKey: string;
  readonly podUid: string;
  readonly machine: Machine;
  /** Place of its address in the machine's pod range; HOST for a host-network pod. */
  readonly offset: number;
  /** Since when the process listens; NEVER while a connection is refused. */
  servingSince: SimTime = NEVER;
  /** When it went away; NEVER while it exists. */
  goneAt: SimTime = NEVER;
  /** It went with its machine, so that nobody tells its peers. */
  crashed = false;

  constructor(ip: string, podKey: string, podUid: string, machine: Machine, offset: number) {
    this.ip = ip;
    this.podKey = podKey;
    this.podUid = podUid;
    this.machine = machine;
    this.offset = offset;
  }

  get hostNetwork(): boolean {
    return this.offset === HOST;
  }

  /** A connection made now is accepted. */
  get serving(): boolean {
    return this.servingSince !== NEVER && this.goneAt === NEVER;
  }
}
