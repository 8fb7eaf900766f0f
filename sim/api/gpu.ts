/** GPUs as pods ask for them: whole devices, or a share of one in an annotation, as device-sharing schedulers have it. */
import { readAnnotation } from './annotations.ts';
import { podResources } from './pod-resources.ts';
import type { Pod } from './types/pod.ts';

export const GPU_RESOURCE = 'nvidia.com/gpu';
/** A whole GPU in thousandths. */
export const WHOLE_GPU = 1000;

/** Thousandths of GPUs that the pod asks for; several devices are whole ones whatever the annotation says. */
export function gpuMilli(pod: Pod): number {
  const devices = podResources(pod.spec).scalars.get(GPU_RESOURCE) ?? 0;
  if (devices > 1 || pod.metadata.annotations === undefined) return devices * WHOLE_GPU;
  return readAnnotation(pod, 'gpuMilli') ?? devices * WHOLE_GPU;
}
