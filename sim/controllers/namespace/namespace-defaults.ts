/**
 * What every active namespace has: the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`, made again if deleted.
 * Kubernetes v1.36.3, pkg/controller/serviceaccount/serviceaccounts_controller.go and certificates/rootcacertpublisher.
 */
import type { ConfigMap, Draft, KubernetesObject, Namespace, ServiceAccount } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink, write } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';

/** One object that every namespace has. */
interface NamespaceDefault {
  readonly controller: string;
  readonly resource: 'serviceaccounts' | 'configmaps';
  readonly name: string;
  readonly draft: (namespace: string) => Draft<KubernetesObject>;
}

export const DEFAULT_SERVICE_ACCOUNT: NamespaceDefault = {
  controller: 'serviceaccount-controller',
  resource: 'serviceaccounts',
  name: 'default',
  draft: (namespace): Draft<ServiceAccount> => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  }),
};

export const ROOT_CERTIFICATE: NamespaceDefault = {
  controller: 'root-ca-certificate-publisher-controller',
  resource: 'configmaps',
  name: 'kube-root-ca.crt',
  draft: (namespace): Draft<ConfigMap> => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data: { 'ca.crt': '' },
  }),
};

export class NamespaceDefaultController implements Controller {
  readonly name: string;
  readonly workers = 1;
  readonly #default: NamespaceDefault;
  readonly #namespaces: Informer<Namespace>;
  readonly #objects: Informer<KubernetesObject>;

  constructor({ informers }: ControllerEnvironment, wanted: NamespaceDefault) {
    this.name = wanted.controller;
    this.#default = wanted;
    this.#namespaces = informers.informer('namespaces');
    this.#objects = informers.informer(wanted.resource);
  }

  start(work: WorkSink): void {
    this.#namespaces.addHandler({
      onAdd: (_, name) => work.add(name),
      onUpdate: (_, __, name) => work.add(name),
    });
    this.#objects.addHandler({
      onDelete: ({ metadata }) => {
        if (metadata.name === this.#default.name) work.add(metadata.namespace ?? '');
      },
    });
  }

  reconcile(name: string): Plan {
    const namespace = this.#namespaces.get(name);
    if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return DONE;
    if (this.#objects.get(`${name}/${this.#default.name}`) !== undefined) return DONE;
    const { resource, draft } = this.#default;
    return write({ verb: 'create', resource, namespace: name, object: draft(name) }, (result) =>
      result.ok || result.error.reason === 'AlreadyExists' || result.error.code === 403 ? DONE : RETRY,
    );
  }
}
