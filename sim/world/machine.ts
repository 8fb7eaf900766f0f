/** A machine: what a Node object describes, whether or not the API server knows its state. */
import type { SimTime } from '../engine/index.ts';
import type { AddressPool, AddressRange } from './addresses.ts';
import type { Sandbox } from './sandbox.ts';

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
