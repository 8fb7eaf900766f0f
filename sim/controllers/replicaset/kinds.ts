/** ReplicaSet and ReplicationController differ in a few fields; one controller serves both, as upstream's does. */
import type { LabelSelector, ReplicaSet, ReplicationController } from '../../api/index.ts';
import { selectorOfLabels } from '../selector-index.ts';

export type Replicated = ReplicaSet | ReplicationController;

export interface ReplicatedKind {
  readonly controller: string;
  readonly resource: 'replicasets' | 'replicationcontrollers';
  readonly kind: string;
  readonly reportTerminating: boolean;
  /** It waits until it can read its own writes. */
  readonly readsOwnWrites: boolean;
}

export const REPLICA_SET: ReplicatedKind = {
  controller: 'replicaset-controller',
  resource: 'replicasets',
  kind: 'ReplicaSet',
  reportTerminating: true,
  readsOwnWrites: true,
};

export const REPLICATION_CONTROLLER: ReplicatedKind = {
  controller: 'replicationcontroller-controller',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  reportTerminating: false,
  readsOwnWrites: false,
};

const NO_LABELS = {};

/** The same object for the same spec. */
export function selectorOf(owner: Replicated): LabelSelector {
  if (owner.kind === 'ReplicaSet') return owner.spec.selector;
  return selectorOfLabels(owner.spec.selector ?? owner.spec.template?.metadata?.labels ?? NO_LABELS);
}
