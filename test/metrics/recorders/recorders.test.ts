/** What the recorders of scheduling, services, proxies and events write, on happenings that are counted by hand. */
import { describe, expect, it } from 'vitest';
import type { ObservationMap } from '../../../sim/api/index.ts';
import { LogHistogram, seconds } from '../../../sim/engine/index.ts';
import { podOf, podSeen, recorded, seen } from '../../support/metrics/recorded.ts';

/** Quantiles come from a histogram: within its relative error. */
function expectClose(cell: string | undefined, value: number): void {
  expect(Math.abs(Number(cell) / value - 1)).toBeLessThanOrEqual(LogHistogram.RELATIVE_ERROR);
}

describe('scheduling.csv', () => {
  const attempt = (
    at: number,
    result: ObservationMap['scheduling-attempt']['result'],
    waited: number,
    nodes: readonly [evaluated: number, feasible: number],
    profile = 'default-scheduler',
  ) =>
    podSeen(at, 'scheduling-attempt', {
      pod: podOf(),
      attempt: 1,
      profile,
      result,
      node: '',
      evaluatedNodes: nodes[0],
      feasibleNodes: nodes[1],
      sinceQueued: seconds(waited),
      message: '',
    });
  const told = [
    attempt(1, 'scheduled', 2, [4, 3]),
    attempt(2, 'unschedulable', 9, [4, 0]),
    attempt(3, 'scheduled', 4, [1, 1]),
    attempt(4, 'error', 9, [3, 0], 'other'),
    attempt(25, 'scheduled', 1, [5, 5]),
  ];

  it('has a row per profile and interval with attempts', () => {
    const { rows, metric } = recorded(told, [10, 20, 30]);
    expect(
      rows('scheduling', 'time_s', 'profile', 'attempts', 'scheduled', 'unschedulable', 'errors'),
    ).toEqual([
      ['10', 'default-scheduler', '3', '2', '1', '0'],
      ['10', 'other', '1', '0', '0', '1'],
      ['30', 'default-scheduler', '1', '1', '0', '0'],
    ]);
    expect(rows('scheduling', 'evaluated_nodes_mean', 'feasible_nodes_mean')).toEqual([
      ['3', String(4 / 3)],
      ['3', '0'],
      ['5', '5'],
    ]);
    expect([metric('scheduling_attempts'), metric('scheduling_unschedulable')]).toEqual([5, 1]);
  });

  it('has queue times of pods that were given a node', () => {
    const [first, second] = recorded(told, [10]).rows(
      'scheduling',
      'queue_time_p50_s',
      'queue_time_p99_s',
      'queue_time_max_s',
    );
    expectClose(first?.[0], 2);
    expect(first?.slice(1)).toEqual(['4', '4']);
    expect(second).toEqual(['', '', '']);
  });
});

describe('services.csv', () => {
  const request = (
    at: number,
    outcome: ObservationMap['service-request']['outcome'],
    latencyUs: number,
    { service = 'default/web', stale = false } = {},
  ) => seen(at, 'service-request', { service, mode: 'ipvs', outcome, stale, latencyUs, endpoint: '' });
  const told = [
    request(1, 'ok', 100),
    request(2, 'ok', 300),
    request(3, 'connection-refused', 50, { stale: true }),
    request(4, 'no-endpoints', 5, { service: 'default/db' }),
    request(12, 'connect-timeout', 1e6, { stale: true }),
    request(13, 'connection-reset', 10),
    request(14, 'client-down', 10),
  ];
  const outcomes = [
    'requests',
    'ok',
    'no_endpoints',
    'connection_refused',
    'connect_timeout',
    'connection_reset',
    'client_down',
    'stale',
  ];

  it('has a row per Service and interval with requests, by outcome', () => {
    expect(recorded(told, [10, 20, 30]).rows('services', 'time_s', 'service', ...outcomes)).toEqual([
      ['10', 'default/web', '3', '2', '0', '1', '0', '0', '0', '1'],
      ['10', 'default/db', '1', '0', '1', '0', '0', '0', '0', '0'],
      ['20', 'default/web', '3', '0', '0', '0', '1', '1', '1', '1'],
    ]);
  });

  it('has latencies of answered requests only', () => {
    const quantiles = [
      'latency_p50_us',
      'latency_p90_us',
      'latency_p99_us',
      'latency_p999_us',
      'latency_max_us',
    ];
    const [web, db] = recorded(told, [10]).rows('services', ...quantiles);
    expectClose(web?.[0], 100);
    expect(web?.slice(1)).toEqual(['300', '300', '300', '300']);
    expect(db).toEqual(['', '', '', '', '']);
  });

  it('is summed up without requests whose client went down', () => {
    const { metric } = recorded(told, [30]);
    expect(['requests', 'request_errors', 'requests_stale', 'requests_client_down'].map(metric)).toEqual([
      6, 4, 2, 1,
    ]);
    expect(metric('request_error_ratio')).toBe(4 / 6);
    expect(metric('requests_connect_timeout')).toBe(1);
    expect(metric('request_latency_p99_us')).toBe(300);
  });

  it('has nothing to sum up without requests', () => {
    expect(recorded([], [30]).metric('requests')).toBeUndefined();
  });
});

describe('proxy.csv', () => {
  const sync = (at: number, full: boolean, took: number, latency: number | undefined) =>
    seen(at, 'proxy-synced', {
      mode: 'iptables',
      nodes: 7,
      full,
      services: 2,
      endpoints: 5,
      rulesTotal: 60,
      rulesWritten: full ? 60 : 4,
      took: seconds(took),
      programmingLatency: latency === undefined ? undefined : seconds(latency),
    });

  it('has a row per sync', () => {
    const { rows, metric } = recorded([sync(1, true, 0.5, undefined), sync(3, false, 0.1, 1.25)], [10]);
    expect(rows('proxy', 'time_s', 'mode', 'nodes', 'full', 'services', 'endpoints')).toEqual([
      ['1', 'iptables', '7', '1', '2', '5'],
      ['3', 'iptables', '7', '0', '2', '5'],
    ]);
    expect(rows('proxy', 'rules_total', 'rules_written', 'took_s', 'programming_latency_s')).toEqual([
      ['60', '60', '0.5', ''],
      ['60', '4', '0.1', '1.25'],
    ]);
    expect(metric('proxy_syncs')).toBe(2);
    expect(metric('proxy_sync_mean_s')).toBeCloseTo(0.3, 12);
    expect(metric('programming_latency_p99_s')).toBe(1.25);
  });

  it('has no latency where no endpoint changed', () => {
    expect(
      recorded([sync(1, true, 0.5, undefined)], [10]).metric('programming_latency_p50_s'),
    ).toBeUndefined();
  });
});

describe('events.csv', () => {
  it('has the Events as they were told', () => {
    const told = seen(2.5, 'event-recorded', {
      type: 'Warning',
      reason: 'FailedScheduling',
      object: 'Pod/default/p',
      source: 'default-scheduler',
      message: '0/3 nodes are available: 3 Insufficient cpu, "full".',
    });
    expect(
      recorded([told], [10]).rows('events', 'time_s', 'type', 'reason', 'object', 'source', 'message'),
    ).toEqual([
      [
        '2.5',
        'Warning',
        'FailedScheduling',
        'Pod/default/p',
        'default-scheduler',
        '0/3 nodes are available: 3 Insufficient cpu, "full".',
      ],
    ]);
  });
});
