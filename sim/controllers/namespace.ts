/**
 * Deletes what is in a namespace that is being deleted, pods first, and then lets it go. Kubernetes v1.36.3,
 * pkg/controller/namespace. DEVIATION: each object is deleted by a request of its own; upstream deletes whole collections, in an
 * order of resources that the API's discovery gives.
 */
import { type Condition, type Namespace, type ResourceName, resourceNames, resources } from '../api/index.ts';
import type { ApiRequest, ApiResult, ObjectList } from '../apiserver/index.ts';
import type { Informer } from '../client/index.ts';
import { type SimTime, seconds } from '../engine/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink, write } from './controller.ts';
import type { ControllerEnvironment } from './environment.ts';

/** Documented: namespaceDeletionGracePeriod: lets admission everywhere learn of the deletion first. */
const GRACE = seconds(5);
/** Documented: finalizerEstimateSeconds. */
const FINALIZER_ESTIMATE_SECONDS = 15;

const NAMESPACED: readonly ResourceName[] = [
  'pods',
  ...resourceNames.filter((name) => resources[name].namespaced && name !== 'pods'),
];

/** What is left after a round of deletions. */
interface Remains {
  readonly objects: readonly string[];
  readonly finalizers: ReadonlyMap<string, number>;
  /** The longest that something may still take. */
  readonly estimateSeconds: number;
}

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

/** Undefined if they are in place. */
function conditionsFor(
  namespace: Namespace,
  { objects, finalizers }: Remains,
  now: string,
): readonly Condition[] | undefined {
  const remaining = objects.length > 0;
  const held = finalizers.size > 0;
  const wanted: readonly Condition[] = [
    of(
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    of(
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    of(
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    remaining
      ? of(
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${counted(objects)}`,
        )
      : of('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    held
      ? of(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${list(finalizers)}`,
        )
      : of(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
  const known = namespace.status?.conditions ?? [];
  const same = (a: Condition): boolean =>
    known.some(
      (b) => a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message,
    );
  return wanted.every(same) ? undefined : wanted;

  function of(type: string, status: boolean, reason: string, message: string): Condition {
    return { type, status: status ? 'True' : 'False', reason, message, lastTransitionTime: now };
  }
}

function counted(objects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const resource of objects) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  return [...counts].map(([resource, count]) => `${resource} has ${count} resource instances`).join(', ');
}

const list = (finalizers: ReadonlyMap<string, number>): string =>
  [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ');
