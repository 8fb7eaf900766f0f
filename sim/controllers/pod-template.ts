/** The Pod a controller asks for on behalf of its template. Kubernetes v1.36.3, pkg/controller/controller_utils.go GetPodFromTemplate. */
import {
  controllerReference,
  type Draft,
  type KubernetesObject,
  type Pod,
  type PodTemplateSpec,
} from '../api/index.ts';
import type { ApiRequest } from '../apiserver/index.ts';

/** Shares labels, annotations and spec with the template, so that everything memoised on them is found again. */
export function createPod(
  owner: KubernetesObject,
  template: PodTemplateSpec,
  extra: PodExtras = {},
): ApiRequest {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const namespace = owner.metadata.namespace ?? '';
  const pod: Draft<Pod> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      generateName: extra.generateName ?? `${owner.metadata.name}-`,
      labels: extra.labels === undefined ? labels : { ...labels, ...extra.labels },
      annotations: extra.annotations === undefined ? annotations : { ...annotations, ...extra.annotations },
      finalizers: extra.finalizers === undefined ? finalizers : [...(finalizers ?? []), ...extra.finalizers],
      ownerReferences: [controllerReference(owner)],
    },
    spec: extra.spec ?? template.spec,
  };
  return { verb: 'create', resource: 'pods', namespace, object: pod };
}

/** What a Job adds to its template. */
export interface PodExtras {
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly spec?: PodTemplateSpec['spec'];
}
