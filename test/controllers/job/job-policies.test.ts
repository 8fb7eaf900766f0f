import { describe, expect, it } from 'vitest';
import type { Job, Pod } from '../../../sim/api/index.ts';
import { IndexSet } from '../../../sim/controllers/job/index-set.ts';
import { matchFailurePolicy } from '../../../sim/controllers/job/pod-failure-policy.ts';
import { successPolicyMet } from '../../../sim/controllers/job/success-policy.ts';

const job = (spec: object): Job =>
  ({ metadata: { name: 'j' }, spec: { completions: 5, template: { spec: {} }, ...spec } }) as unknown as Job;

const failed = (exitCode: number, condition?: string): Pod =>
  ({
    metadata: { name: 'j-1', namespace: 'ns' },
    status: {
      phase: 'Failed',
      containerStatuses: [{ name: 'main', state: { terminated: { exitCode } } }],
      conditions: condition === undefined ? [] : [{ type: condition, status: 'True' }],
    },
  }) as unknown as Pod;

const rules = [
  { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'FailIndex', onExitCodes: { operator: 'In', values: [7] } },
  { action: 'Count', onExitCodes: { operator: 'NotIn', values: [1, 7] } },
];

describe('podFailurePolicy', () => {
  it.each([
    [42, undefined, 'FailJob', true],
    [42, 'DisruptionTarget', 'FailJob', true],
    [137, 'DisruptionTarget', 'Ignore', false],
    [2, undefined, 'Count', true],
    [1, undefined, undefined, true],
    [7, undefined, undefined, true],
  ])('exit code %d, condition %s: %s', (exitCode, condition, action, counts) => {
    const match = matchFailurePolicy(job({ podFailurePolicy: { rules } }), failed(exitCode, condition));
    expect([match.action, match.counts]).toEqual([action, counts]);
  });

  it('fails an index only if there is a limit per index', () => {
    expect(
      matchFailurePolicy(job({ backoffLimitPerIndex: 1, podFailurePolicy: { rules } }), failed(7)).action,
    ).toBe('FailIndex');
  });

  it('says why the Job fails', () => {
    expect(matchFailurePolicy(job({ podFailurePolicy: { rules } }), failed(42)).message).toBe(
      'Container main for pod ns/j-1 failed with exit code 42 matching FailJob rule at index 0',
    );
  });
});

describe('successPolicy', () => {
  it.each([
    [{ succeededIndexes: '0,2' }, [0, 2], true],
    [{ succeededIndexes: '0,2' }, [0, 1], false],
    [{ succeededIndexes: '0-3', succeededCount: 2 }, [1, 3], true],
    [{ succeededIndexes: '0-3', succeededCount: 2 }, [3, 4], false],
    [{ succeededCount: 3 }, [0, 1, 4], true],
  ])('%j with %j', (rule, indexes, met) => {
    const message = successPolicyMet(
      job({ successPolicy: { rules: [{ succeededCount: 5 }, rule] } }),
      IndexSet.of(indexes),
    );
    expect(message).toBe(met ? 'Matched rules at index 1' : undefined);
  });
});
