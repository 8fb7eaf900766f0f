/** Harm done to the cluster: faults, their instants, failure domains. */
export { type ContainerCrash, containerCrash } from './container-crash.ts';
export { domainOutage } from './domain-outage.ts';
export { type DomainLevel, domainOf, FailureDomains } from './failure-domains.ts';
export type { Fault, FaultContext, NodeProcesses } from './fault.ts';
export { type FailureProcess, Faults } from './faults.ts';
export { kubeletStop } from './kubelet-stop.ts';
export { nodeCrash } from './node-crash.ts';
