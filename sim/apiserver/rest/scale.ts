/** The Scale object that the scale subresources speak: autoscaling/v1, Kubernetes v1.36. */
import {
  compileLabels,
  compileSelector,
  type Deployment,
  type KubernetesObject,
  printSelector,
  type ReplicationController,
} from '../../api/index.ts';

export interface Scale extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

/** Zero replicas are left out of the spec, as upstream does. */
export function scaleOf(object: KubernetesObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = object as Deployment;
  const selector = printSelector(
    object.kind === 'ReplicationController'
      ? compileLabels((object as ReplicationController).spec.selector)
      : compileSelector(spec.selector),
  );
  const replicas = spec.replicas ?? 0;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? undefined : { selector }) },
  };
}
