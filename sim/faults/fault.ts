/** The contract of a fault: harm done to the physical world, and its end. Components learn of it only by its effects. */
import type { Simulation } from '../engine/index.ts';
import type { World } from '../world/index.ts';
import type { FailureDomains } from './failure-domains.ts';
import type { MachineOutages } from './machine-outages.ts';

/** What faults can do to processes on a node: the part of the kubelet component that they see. */
export interface NodeProcesses {
  stopKubelet(node: string): void;
  startKubelet(node: string): void;
  /** All regular containers if none is named. False if nothing was running. */
  crashContainer(podKey: string, container: string | undefined, exitCode: number, reason?: string): boolean;
}

export interface FaultContext {
  readonly simulation: Simulation;
  readonly world: World;
  readonly processes: NodeProcesses;
  readonly domains: FailureDomains;
  readonly outages: MachineOutages;
}

export interface Fault {
  readonly kind: string;
  /** Whom it strikes, for reports. */
  readonly target: string;
  begin(context: FaultContext): void;
  /** Absent: the fault is an instant, nothing has to be taken back. */
  end?(context: FaultContext): void;
}
