/** ReplicaSet and ReplicationController differ in a few fields; one controller serves both, as upstream's does. */
import type { LabelSelector, ReplicaSet, ReplicaSetStatus, ReplicationController } from '../../api/index.ts';

export type Replicated = ReplicaSet | ReplicationController;

export interface ReplicatedKind {
  readonly controller: string;
  readonly resource: 'replicasets' | 'replicationcontrollers';
  readonly kind: string;
  readonly reportTerminating: boolean;
}

export const REPLICA_SET: ReplicatedKind = {
  controller: 'replicaset-controller',
  resource: 'replicasets',
  kind: 'ReplicaSet',
  reportTerminating: true,
};

export const REPLICATION_CONTROLLER: ReplicatedKind = {
  controller: 'replicationcontroller-controller',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  reportTerminating: false,
};

const selectors = new WeakMap<object, LabelSelector>();

/** A ReplicationController's selector is a plain map; the same object each time, so that it can be compared by identity. */
export function selectorOf(owner: Replicated): LabelSelector {
  if (owner.kind === 'ReplicaSet') return owner.spec.selector;
  const labels = owner.spec.selector ?? owner.spec.template?.metadata?.labels ?? NO_LABELS;
  let selector = selectors.get(labels);
  if (selector === undefined) selectors.set(labels, (selector = { matchLabels: labels }));
  return selector;
}

const NO_LABELS = {};

export const statusOf = (owner: Replicated): ReplicaSetStatus | undefined => owner.status;
