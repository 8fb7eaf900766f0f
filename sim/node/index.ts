/** Nodes: kubelets, runtime and images on the machines of the world; kubectl's tables. */
export { DEFAULT_IMAGE_BYTES, type ImageSpec } from './images.ts';
export { Kubelets, type KubeletsOptions } from './kubelets.ts';
export { defaultNodeLatencies, type NodeLatencies, nodeLatencyTable } from './latencies.ts';
export { type NodeSpec, RACK_LABEL, REGION_LABEL, ZONE_LABEL } from './node-object.ts';
export * from './printer.ts';
