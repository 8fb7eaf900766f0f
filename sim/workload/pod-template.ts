/** Pods of a generated or traced workload: one shared spec per shape, so that everything derived from a spec is computed once. */
import type { Draft, Pod, PodSpec } from '../api/index.ts';

export interface PodShape {
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly requests?: Readonly<Record<string, string>> | undefined;
  readonly limits?: Readonly<Record<string, string>> | undefined;
  readonly priorityClassName?: string | undefined;
  /** Further PodSpec fields; they win over those derived from the shape. */
  readonly spec?: Partial<PodSpec> | undefined;
}

/** The spec of a run-once pod of this shape: one container `main`, restartPolicy Never. */
export function podSpec(shape: PodShape): PodSpec {
  const { requests, limits } = shape;
  return {
    restartPolicy: 'Never',
    ...(shape.priorityClassName === undefined ? {} : { priorityClassName: shape.priorityClassName }),
    containers: [
      {
        name: 'main',
        image: shape.image,
        resources: { ...(requests && { requests }), ...(limits && { limits }) },
      },
    ],
    ...shape.spec,
  };
}

/** A Pod object ready to be created; `spec` is shared, not copied. */
export function podOf(
  namespace: string,
  name: string,
  spec: PodSpec,
  labels: Readonly<Record<string, string>> | undefined,
  annotations: Readonly<Record<string, string>> | undefined,
): Draft<Pod> {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels, annotations }, spec };
}
