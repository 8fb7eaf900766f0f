/**
 * Deletes what is in a namespace that is being deleted, pods first, and then lets it go. Kubernetes v1.36.3,
 * pkg/controller/namespace. DEVIATION: each object is deleted by a request of its own; upstream deletes whole collections, in an
 * order of resources that the API's discovery gives.
 */
import { type Namespace, type ResourceName, resourceNames, resources } from '../../api/index.ts';
import type { ApiRequest, ApiResult, ObjectList } from '../../apiserver/index.ts';
import type { Informer } from '../../client/index.ts';
import { type SimTime, seconds } from '../../engine/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink, write } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { conditionsFor, type Remains } from './conditions.ts';

/** Documented: namespaceDeletionGracePeriod: lets admission everywhere learn of the deletion first. */
const GRACE = seconds(5);
/** Documented: finalizerEstimateSeconds. */
const FINALIZER_ESTIMATE_SECONDS = 15;

const NAMESPACED: readonly ResourceName[] = [
  'pods',
  ...resourceNames.filter((name) => resources[name].namespaced && name !== 'pods'),
];

export class NamespaceController implements Controller {
  readonly name = 'namespace-controller';
  readonly workers = 10;
  readonly #environment: ControllerEnvironment;
  readonly #namespaces: Informer<Namespace>;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#namespaces = environment.informers.informer('namespaces');
  }

  start(work: WorkSink): void {
    const seen = (namespace: Namespace, key: string): void => {
      if (namespace.metadata.deletionTimestamp !== undefined) work.addAfter(key, GRACE);
    };
    this.#namespaces.addHandler({ onAdd: seen, onUpdate: (namespace, _, key) => seen(namespace, key) });
  }

  reconcile(name: string): Plan {
    if (this.#namespaces.get(name)?.metadata.deletionTimestamp === undefined) return DONE;
    return write({ verb: 'get', resource: 'namespaces', namespace: '', name }, (result, now) => {
      if (!result.ok) return result.error.code === 404 ? DONE : RETRY;
      const namespace = result.object as Namespace;
      if (namespace.metadata.deletionTimestamp === undefined) return DONE;
      if ((namespace.spec?.finalizers ?? []).length === 0) return DONE;
      return this.#empty(namespace, NAMESPACED, now);
    });
  }

  /** Lists and deletes resource by resource; nothing else is touched while pods are left. */
  #empty(
    namespace: Namespace,
    left: readonly ResourceName[],
    now: SimTime,
    remains: Remains = NOTHING,
  ): Plan {
    const [resource, ...others] = left;
    if (resource === undefined) return this.#report(namespace, remains, now);
    const name = namespace.metadata.name;
    return write({ verb: 'list', resource, namespace: name }, (listed) => {
      if (!listed.ok) return RETRY;
      const { items } = listed.object as ObjectList;
      const writes = items.map(
        ({ metadata }): ApiRequest => ({ verb: 'delete', resource, namespace: name, name: metadata.name }),
      );
      return {
        writes,
        resume: (results, later) => {
          const next = withRemains(remains, resource, results);
          return resource === 'pods' && next.objects.length > 0
            ? this.#report(namespace, next, later)
            : this.#empty(namespace, others, later, next);
        },
      };
    });
  }

  #report(namespace: Namespace, remains: Remains, now: SimTime): Plan {
    const conditions = conditionsFor(namespace, remains, this.#environment.clock.timestamp(now));
    if (remains.objects.length === 0 && conditions === undefined) return finalize(namespace);
    const rest =
      remains.objects.length === 0
        ? finalize
        : (): Plan => ({ writes: [], requeueAfter: seconds(Math.floor(remains.estimateSeconds / 2) + 1) });
    if (conditions === undefined) return rest(namespace);
    const object: Namespace = { ...namespace, status: { ...namespace.status, conditions } };
    return write({ verb: 'update', resource: 'namespaces', object, subresource: 'status' }, (result) =>
      result.ok ? rest(result.object as Namespace) : RETRY,
    );
  }
}

const NOTHING: Remains = { objects: [], finalizers: new Map(), estimateSeconds: 0 };

function withRemains(remains: Remains, resource: ResourceName, results: readonly ApiResult[]): Remains {
  const objects = [...remains.objects];
  const finalizers = new Map(remains.finalizers);
  let { estimateSeconds } = remains;
  for (const result of results) {
    if (!result.ok) continue;
    const {
      deletionTimestamp,
      deletionGracePeriodSeconds = 0,
      finalizers: own = [],
    } = result.object.metadata;
    const held =
      own.length > 0 ||
      (resource === 'pods' && deletionTimestamp !== undefined && deletionGracePeriodSeconds > 0);
    if (!held) continue;
    objects.push(resource);
    for (const finalizer of own) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
    estimateSeconds = Math.max(
      estimateSeconds,
      own.length > 0 ? FINALIZER_ESTIMATE_SECONDS : deletionGracePeriodSeconds,
    );
  }
  return { objects, finalizers, estimateSeconds };
}

function finalize(namespace: Namespace): Plan {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== 'kubernetes');
  const object: Namespace = { ...namespace, spec: { ...namespace.spec, finalizers } };
  return { writes: [{ verb: 'update', resource: 'namespaces', object, subresource: 'finalize' }] };
}
