/** Host ports a pod occupies and when two of them clash (Kubernetes v1.36, scheduler/util and framework HostPortInfo). */
import { memoiseBySpec } from './spec-memo.ts';
import type { Container } from './types/container.ts';
import type { PodSpec } from './types/pod.ts';

export interface HostPort {
  readonly protocol: string;
  /** `0.0.0.0` stands for every address. */
  readonly ip: string;
  readonly port: number;
}

export const ANY_ADDRESS = '0.0.0.0';

const NONE: readonly HostPort[] = [];

/** Ports of containers and sidecars with a positive `hostPort`; O(1) for a spec seen before. */
export const hostPorts = memoiseBySpec(collect);

function collect(spec: PodSpec): readonly HostPort[] {
  const found: HostPort[] = [];
  const take = (container: Container): void => {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue;
      found.push({ port: hostPort, protocol: protocol || 'TCP', ip: hostIP || ANY_ADDRESS });
    }
  };
  for (const container of spec.initContainers ?? [])
    if (container.restartPolicy === 'Always') take(container);
  for (const container of spec.containers) take(container);
  return found.length === 0 ? NONE : found;
}

/** Same protocol and port, and the addresses are equal or either is the wildcard. */
export const hostPortsClash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port &&
  a.protocol === b.protocol &&
  (a.ip === b.ip || a.ip === ANY_ADDRESS || b.ip === ANY_ADDRESS);
