import { describe, expect, it } from 'vitest';
import type { ObservationMap } from '../../../sim/api/index.ts';
import { seconds } from '../../../sim/engine/index.ts';
import { podHistory, podOf, podSeen, recorded, together } from '../../support/metrics/recorded.ts';

type Step = ObservationMap['pod-lifecycle']['step'];

const step = (at: number, name: Step, pod = 'p') =>
  podSeen(at, 'pod-lifecycle', { pod: podOf({ name: pod, node: 'n' }), node: 'n', step: name });
const attempt = (at: number, result: 'scheduled' | 'unschedulable') =>
  podSeen(at, 'scheduling-attempt', {
    pod: podOf(),
    attempt: 1,
    profile: 'default-scheduler',
    result,
    node: result === 'scheduled' ? 'n' : '',
    evaluatedNodes: 1,
    feasibleNodes: 1,
    sinceQueued: seconds(0),
    message: '',
  });
const restart = (at: number) =>
  podSeen(at, 'container-restarted', {
    pod: podOf(),
    node: 'n',
    container: 'c',
    exitCode: 1,
    reason: 'Error',
    restartCount: 1,
  });

const LIFE = together(
  podHistory([1, {}], [3, { node: 'n' }], [20, { node: 'n', phase: 'Succeeded' }]),
  [attempt(2, 'unschedulable'), attempt(2.5, 'scheduled')],
  [step(4, 'admitted'), step(5, 'sandbox-ready'), step(6, 'images-pulled'), step(7, 'initialized')],
  [step(8, 'started'), step(9, 'ready'), restart(10), step(12, 'started'), restart(11)],
  [step(19.5, 'finished')],
);

describe('pods.csv', () => {
  it('has every instant of a life, the first time each', () => {
    const instants = [
      'created_s',
      'first_attempt_s',
      'bound_s',
      'admitted_s',
      'sandbox_ready_s',
      'images_pulled_s',
      'initialized_s',
      'started_s',
      'ready_s',
      'finished_s',
      'deleting_s',
      'deleted_s',
    ];
    const { rows } = recorded(LIFE, [30]);
    expect(rows('pods', ...instants)).toEqual([
      ['1', '2', '3', '4', '5', '6', '7', '8', '9', '19.5', '', ''],
    ]);
    expect(rows('pods', 'node', 'attempts', 'restarts', 'phase', 'reason', 'cpu_request_milli')).toEqual([
      ['n', '2', '2', 'Succeeded', '', '1000'],
    ]);
  });

  it('has one row per pod, the deleted ones first', () => {
    const { rows } = recorded(
      together(
        podHistory([1, { name: 'stays' }]),
        podHistory([2, { name: 'goes' }], [5, { name: 'goes', deleting: true }], [7, undefined]),
        podHistory([3, { name: 'dies' }], [4, undefined]),
      ),
      [30],
    );
    expect(rows('pods', 'name', 'created_s', 'deleting_s', 'deleted_s')).toEqual([
      ['dies', '3', '', '4'],
      ['goes', '2', '5', '7'],
      ['stays', '1', '', ''],
    ]);
  });

  it('takes a name again for another pod', () => {
    const { rows } = recorded(
      together(podHistory([1, {}], [2, undefined]), podHistory([3, {}], [4, { node: 'm' }])),
      [30],
    );
    expect(rows('pods', 'name', 'created_s', 'bound_s')).toEqual([
      ['p', '1', ''],
      ['p', '3', '4'],
    ]);
  });

  it.each([
    [
      'the last reason of the status',
      podHistory([1, {}], [2, { phase: 'Failed', reason: 'Evicted' }]),
      'Evicted',
    ],
    ['why it was never bound', podHistory([1, {}], [2, { unscheduled: '0/3 nodes' }]), '0/3 nodes'],
    [
      'nothing of attempts that failed before it was bound',
      podHistory([1, { unscheduled: '0/3 nodes' }], [2, { unscheduled: '0/3 nodes', node: 'n' }]),
      '',
    ],
    ['nothing if all went well', LIFE, ''],
  ])('says %s', (_, told, reason) => {
    expect(recorded(told, [30]).rows('pods', 'reason')).toEqual([[reason]]);
  });

  it.each([
    ['an owner', { owner: 'web' }, ['ReplicaSet/web', 'default']],
    ['a tenant', { annotations: { 'kubedes.io/tenant': 'blue' } }, ['', 'blue']],
    ['neither', {}, ['', 'default']],
  ])('knows %s', (_, state, cells) => {
    expect(recorded(podHistory([1, state]), [2]).rows('pods', 'owner', 'tenant')).toEqual([cells]);
  });

  it('counts an admission refused as the answer of the kubelet', () => {
    const { rows } = recorded(together(podHistory([1, { node: 'n' }]), [step(2, 'rejected')]), [3]);
    expect(rows('pods', 'bound_s', 'admitted_s', 'started_s')).toEqual([['1', '2', '']]);
  });

  it('is summed up', () => {
    const { metric } = recorded(
      together(
        LIFE,
        podHistory(
          [5, { name: 'q' }],
          [6, { name: 'q', node: 'n' }],
          [8, { name: 'q', phase: 'Failed', node: 'n' }],
        ),
      ),
      [30],
    );
    expect(
      [
        'pods_created',
        'pods_bound',
        'pods_finished',
        'pods_succeeded',
        'pods_failed',
        'container_restarts',
      ].map(metric),
    ).toEqual([2, 2, 1, 1, 1, 2]);
    // Created at 1 and 5, bound at 3 and 6; only the first started, at 8.
    expect(metric('pending_time_mean_s')).toBe(1.5);
    expect(metric('startup_time_mean_s')).toBe(7);
    expect(metric('startup_time_p99_s')).toBe(7);
  });

  it('knows of no wait of a pod that was created with a node', () => {
    const { rows, metric } = recorded(
      together(
        podHistory([1, {}], [4, { node: 'n' }]),
        podHistory([1, { name: 'placed', node: 'n' }], [2, { name: 'placed', node: 'n', phase: 'Running' }]),
      ),
      [5],
    );
    expect(rows('pods', 'name', 'bound_s')).toEqual([
      ['p', '4'],
      ['placed', '1'],
    ]);
    expect(['pods_bound', 'pending_time_mean_s'].map(metric)).toEqual([1, 3]);
  });

  it('has no times where nothing was bound', () => {
    const { metric } = recorded(podHistory([1, {}]), [2]);
    expect([metric('pods_bound'), metric('pending_time_mean_s'), metric('startup_time_p50_s')]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });
});
