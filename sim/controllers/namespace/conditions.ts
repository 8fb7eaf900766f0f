/** What the status of a namespace says of its deletion. Kubernetes v1.36.3, pkg/controller/namespace/deletion/status_condition_utils.go. */
import type { Condition, Namespace } from '../../api/index.ts';

/** What is left after a round of deletions. */
export interface Remains {
  readonly objects: readonly string[];
  readonly finalizers: ReadonlyMap<string, number>;
  /** The longest that something may still take. */
  readonly estimateSeconds: number;
}

type Wanted = Omit<Condition, 'lastTransitionTime'>;

/** Of what never fails here. */
const SUCCEEDED: readonly Wanted[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    status: 'False',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    status: 'False',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    status: 'False',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
];

/** Undefined if they are in place. */
export function conditionsFor(
  namespace: Namespace,
  remains: Remains,
  now: string,
): readonly Condition[] | undefined {
  const wanted = [...SUCCEEDED, contentRemaining(remains), finalizersRemaining(remains)];
  const known = namespace.status?.conditions ?? [];
  const isKnown = ({ type, status, reason, message }: Wanted): boolean =>
    known.some((c) => c.type === type && c.status === status && c.reason === reason && c.message === message);
  return wanted.every(isKnown)
    ? undefined
    : wanted.map((condition) => ({ ...condition, lastTransitionTime: now }));
}

const contentRemaining = ({ objects }: Remains): Wanted =>
  objects.length > 0
    ? {
        type: 'NamespaceContentRemaining',
        status: 'True',
        reason: 'SomeResourcesRemain',
        message: `Some resources are remaining: ${counted(objects)}`,
      }
    : {
        type: 'NamespaceContentRemaining',
        status: 'False',
        reason: 'ContentRemoved',
        message: 'All content successfully removed',
      };

const finalizersRemaining = ({ finalizers }: Remains): Wanted =>
  finalizers.size > 0
    ? {
        type: 'NamespaceFinalizersRemaining',
        status: 'True',
        reason: 'SomeFinalizersRemain',
        message: `Some content in the namespace has finalizers remaining: ${list(finalizers)}`,
      }
    : {
        type: 'NamespaceFinalizersRemaining',
        status: 'False',
        reason: 'ContentHasNoFinalizers',
        message: 'All content-preserving finalizers finished',
      };

function counted(objects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const resource of objects) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  return [...counts].map(([resource, count]) => `${resource} has ${count} resource instances`).join(', ');
}

const list = (finalizers: ReadonlyMap<string, number>): string =>
  [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ');
