/** A pod sandbox: the network namespace that answers at a pod IP, as long as it exists. */
import { NEVER, type SimTime } from '../engine/index.ts';
import type { Machine } from './machine.ts';

export const HOST = -1;

/** Read by everybody; changed by World alone. A plain class: there is one per running pod. */
export class Sandbox {
  readonly ip: string;
  /** "namespace/name". */
  readonly podKey: string;
  readonly podUid: string;
  readonly machine: Machine;
  /** Place of its address in the machine's pod range; HOST for a host-network pod. */
  readonly offset: number;
  readonly createdAt: SimTime;
  /** Since when the process listens; NEVER while a connection is refused. */
  servingSince: SimTime = NEVER;
  /** When it went away; NEVER while it exists. */
  goneAt: SimTime = NEVER;

  constructor(
    ip: string,
    podKey: string,
    podUid: string,
    machine: Machine,
    offset: number,
    createdAt: SimTime,
  ) {
    this.ip = ip;
    this.podKey = podKey;
    this.podUid = podUid;
    this.machine = machine;
    this.offset = offset;
    this.createdAt = createdAt;
  }

  get hostNetwork(): boolean {
    return this.offset === HOST;
  }

  /** A connection made now is accepted. */
  get serving(): boolean {
    return this.servingSince !== NEVER && this.goneAt === NEVER;
  }
}
