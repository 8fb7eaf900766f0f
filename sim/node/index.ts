/** What runs on nodes: kubelets, container runtime, images; and the pure tables that kubectl and the kubelet share. */
export { type KubeletFeatures, NodeAllocation, type Rejection } from './admission.ts';
export { type BackoffPolicy, DEFAULT_BACKOFF } from './backoff.ts';
export type { ProcessEnd, ProcessModel } from './context.ts';
export { DEFAULT_IMAGE_BYTES, type ImageSpec } from './images.ts';
export { Kubelets, type KubeletsOptions } from './kubelets.ts';
export {
  defaultNodeLatencies,
  type NodeLatencies,
  nodeLatencies,
} from './latencies.ts';
export type { NodeSpec } from './node-object.ts';
export { type NodeResources, nodeResources } from './node-resources.ts';
export type { PodEventRecorder } from './pod-events.ts';
export * from './printer.ts';
export { annotatedProcess } from './process-model.ts';
