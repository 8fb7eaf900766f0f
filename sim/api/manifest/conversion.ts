/** Versions that Kubernetes v1.36 serves besides the one it stores, converted on reading. */

type Json = Readonly<Record<string, unknown>>;

export interface Converted {
  readonly apiVersion: string;
  readonly value: Json;
}

/** The object in the version that is stored; undefined if nothing is to be converted. */
export function convertServedVersion(apiVersion: string, kind: string, value: Json): Converted | undefined {
  if (apiVersion !== 'autoscaling/v1' || kind !== 'HorizontalPodAutoscaler') return undefined;
  const { spec, status: _status, ...rest } = value;
  return {
    apiVersion: 'autoscaling/v2',
    value: { ...rest, apiVersion: 'autoscaling/v2', spec: autoscalerSpec(spec) },
  };
}

/** A CPU percentage becomes the one resource metric it stands for (pkg/apis/autoscaling/v1/conversion.go). */
function autoscalerSpec(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || !('targetCPUUtilizationPercentage' in spec)) return spec;
  const { targetCPUUtilizationPercentage, ...rest } = spec;
  const target = { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage };
  return { ...rest, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
}
