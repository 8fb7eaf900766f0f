import { describe, expect, it } from 'vitest';
import type { ReplicaSetStatus } from '../../../sim/api/index.ts';
import { replicaSetStatus } from '../../../sim/controllers/replicaset/replicaset-status.ts';

const counts = { active: 2, fullyLabeled: 2, ready: 1, available: 1, terminating: 0 };
const now = '2026-01-01T00:00:09Z';
const input = {
  previous: undefined,
  generation: 3,
  counts,
  failure: undefined,
  now,
  reportTerminating: true,
};
const settled: ReplicaSetStatus = {
  replicas: 2,
  fullyLabeledReplicas: 2,
  readyReplicas: 1,
  availableReplicas: 1,
  terminatingReplicas: 0,
  observedGeneration: 3,
};
const failure = { reason: 'FailedCreate', message: 'exceeded quota' } as const;
const failing = {
  ...settled,
  conditions: [{ type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, ...failure }],
} as const;

describe('the status of a ReplicaSet', () => {
  it('counts', () => {
    expect(replicaSetStatus(input)).toEqual(settled);
  });

  it('is not written again if nothing changed', () => {
    expect(replicaSetStatus({ ...input, previous: settled })).toBeUndefined();
    expect(replicaSetStatus({ ...input, previous: failing, failure })).toBeUndefined();
  });

  it('follows the generation', () => {
    expect(replicaSetStatus({ ...input, previous: settled, generation: 4 })).toEqual({
      ...settled,
      observedGeneration: 4,
    });
  });

  it('tells of a failure until it is over', () => {
    expect(replicaSetStatus({ ...input, previous: settled, failure })).toEqual(failing);
    expect(replicaSetStatus({ ...input, previous: failing })).toEqual(settled);
  });

  it('of a ReplicationController says nothing of terminating pods', () => {
    const { terminatingReplicas: _, ...without } = settled;
    expect(replicaSetStatus({ ...input, reportTerminating: false })).toEqual(without);
  });
});
