/** The physical state below the API: machines, sandboxes by address, links. */
export {
  formatRange,
  LARGE_CLUSTER_CIDR,
  NODE_CIDR,
  NODE_CIDR_MASK_SIZE,
  SMALL_CLUSTER_CIDR,
} from './addresses.ts';
export * from './links.ts';
export { DEFAULT_REGISTRY_BYTES_PER_SECOND, type Machine, type MachineSpec, Sandbox } from './machine.ts';
export * from './world.ts';
