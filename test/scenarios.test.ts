/**
 * Every scenario opens with a question and the expected shape of its answer, is valid, runs, and gives that answer at a size
 * that takes seconds. Larger sizes sharpen the answers; none of the inequalities is close at these.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskFiles } from '../sim/experiment/disk-files.ts';
import { runScenario } from '../sim/experiment/run.ts';
import { loadRegistries } from '../sim/registries.ts';
import { loadScenario, type Settings } from '../sim/scenario/index.ts';
import { PROJECT } from './support/cli.ts';
import { SAMPLES_FOLDER, sampleTraces } from './support/sample-traces.ts';

/** A metric of the summary of one variant; NaN if it is absent. */
type Answer = (variant: string, metric: string) => number;

interface Trial {
  readonly name?: string;
  readonly set?: Settings;
  readonly variants?: readonly string[];
}

interface Case {
  /** Several where what the scenario compares is not its variants; their answers are asked for as `name/variant`. */
  readonly trials?: readonly Trial[];
  readonly expected: (of: Answer) => void;
}

/** Ascending by more than `factor` from each to the next. */
function ascends(values: readonly number[], factor = 1): void {
  for (const [i, value] of values.slice(1).entries()) expect(value).toBeGreaterThan(values[i]! * factor);
}

const CASES: Readonly<Record<string, Case>> = {
  'batch-log.yaml': {
    trials: [{ set: { 'workload.0.limit': 200 } }],
    expected: (of) => {
      ascends(
        ['backfill', 'fcfs'].map((policy) => of(policy, 'slowdown_mean')),
        3,
      );
      ascends(
        ['backfill', 'default'].map((policy) => of(policy, 'pending_time_p99_s')),
        1.2,
      );
    },
  },
  'data-locality.yaml': {
    trials: [{ set: { 'workload.0.limit': 400 }, variants: ['no-wait', 'wait-5s', 'wait-60s'] }],
    expected: (of) => {
      const patience = ['no-wait', 'wait-5s', 'wait-60s'];
      ascends(patience.map((wait) => of(wait, 'input_node_local_ratio')));
      ascends(patience.map((wait) => of(wait, 'pending_time_mean_s')));
      expect(of('no-wait', 'input_node_local_ratio')).toBeLessThan(0.75);
      expect(of('wait-60s', 'input_node_local_ratio')).toBeGreaterThan(0.9);
    },
  },
  'deadlines.yaml': {
    trials: [{ set: { 'workload.0.until': '90m', 'workload.1.until': '90m' } }],
    expected: (of) => {
      expect(of('default', 'deadline_missed_ratio')).toBeGreaterThan(0.01);
      expect(of('edf', 'deadline_missed_ratio')).toBeLessThan(of('default', 'deadline_missed_ratio') / 3);
    },
  },
  'gpu-packing.yaml': {
    expected: (of) => {
      const allocated = (policy: string): number => of(policy, 'gpu_requested_ratio_end');
      ascends([allocated('random'), allocated('best-fit'), allocated('fgd')], 1.01);
      for (const policy of ['dot-product', 'clustering', 'packing'])
        ascends([allocated('random'), allocated(policy), allocated('fgd')]);
    },
  },
  'node-failures.yaml': {
    trials: [{ set: { duration: '2h', 'cluster.nodes.0.count': 25 } }],
    expected: (of) => {
      ascends(['rare', 'hourly'].map((failures) => of(failures, 'pods_created')));
    },
  },
  'openb.yaml': {
    trials: [{ set: { 'workload.0.limit': 400 } }],
    expected: (of) => {
      const waits = (policy: string): number => of(policy, 'pending_time_mean_s');
      for (const spreading of ['default', 'least-allocated', 'round-robin'])
        ascends([waits('most-allocated'), waits(spreading)], 100);
      expect(waits('first-fit')).toBeLessThan(1);
    },
  },
  'outages.yaml': {
    trials: [{ set: { 'traffic.0.rate': 20 } }],
    expected: (of) => {
      // Clients on dead machines are not the service's fault.
      const lost = (where: string): number => of(where, 'request_errors') / of(where, 'requests');
      ascends([lost('spread'), lost('one-zone')], 5);
      expect(lost('spread')).toBeGreaterThan(0);
    },
  },
  'packing.yaml': {
    trials: ['default', 'most-allocated'].map((profile) => ({
      name: profile,
      set: {
        'scheduler.profile': profile,
        'cluster.nodes.0.count': 25,
        'workload.0.arrival.poisson.perSecond': 0.25,
        'workload.1.arrival.poisson.perSecond': 0.005,
      },
    })),
    expected: (of) => {
      const bigOnes = (profile: string): number => of(profile, 'pending_time_mean_s{tenant=big}');
      ascends([bigOnes('most-allocated'), bigOnes('default')], 10);
    },
  },
  'proxy-modes.yaml': {
    trials: [100, 2000].map((count) => ({
      name: String(count),
      set: { 'manifests.1.count': count, 'traffic.0.rate': 20 },
    })),
    expected: (of) => {
      const cost = (count: number, mode: string): number => of(`${count}/${mode}`, 'request_latency_p50_us');
      ascends([cost(100, 'iptables'), cost(2000, 'iptables')]);
      expect(cost(2000, 'ipvs')).toBe(cost(100, 'ipvs'));
      ascends([cost(100, 'iptables'), cost(100, 'userspace')], 1.1);
      for (const mode of ['userspace', 'iptables', 'ipvs'])
        ascends([of(`100/${mode}`, 'proxy_sync_mean_s'), of(`2000/${mode}`, 'proxy_sync_mean_s')]);
    },
  },
  'quick-start.yaml': {
    trials: [{ set: { 'cluster.nodes.0.count': 30, 'traffic.0.rate': 20 } }],
    expected: (of) => {
      for (const mode of ['userspace', 'iptables', 'ipvs']) {
        expect(of(mode, 'request_errors')).toBeGreaterThan(0);
        expect(of(mode, 'request_error_ratio')).toBeLessThan(0.1);
      }
    },
  },
  'rolling-update.yaml': {
    trials: [{ set: { 'traffic.0.rate': 500, duration: '3m' }, variants: ['recreate', 'quarter', 'surge'] }],
    expected: (of) => {
      const lost = (strategy: string): number => of(strategy, 'request_error_ratio');
      for (const rolling of ['quarter', 'surge']) {
        ascends([lost(rolling), lost('recreate')], 4);
        expect(of(rolling, 'requests_no_endpoints')).toBe(0);
      }
      expect(of('recreate', 'requests_no_endpoints')).toBeGreaterThan(0);
    },
  },
  'scale-5000.yaml': {
    trials: [
      {
        set: {
          'cluster.nodes.0.count': 20,
          'manifests.0.count': 3,
          'timeline.0.repeat.count': 2,
          duration: '12m',
        },
      },
    ],
    expected: (of) => expect(of('', 'pods_created')).toBe(500),
  },
  'tenants.yaml': {
    expected: (of) => {
      const waits = (policy: string, tenant: string): number =>
        of(policy, `pending_time_mean_s{tenant=${tenant}}`);
      expect(waits('drf', 'small')).toBeLessThan(waits('default', 'small') / 10);
      expect(waits('drf', 'big')).toBeLessThan(waits('default', 'big') * 1.25);
      expect(waits('default', 'small')).toBeGreaterThan(waits('default', 'big') / 2);
    },
  },
  'trace.yaml': {
    expected: (of) => {
      expect(of('', 'pods_finished')).toBe(of('', 'pods_created'));
      expect(of('', 'pending_time_p50_s')).toBeLessThan(1);
      expect(of('', 'pending_time_p99_s')).toBeGreaterThan(60);
    },
  },
};

const folder = join(PROJECT, 'scenarios');
const scenarios = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

/** Runs of all trials by `trial/variant`, without the part that there is only one of. */
function answerOf(file: string, trials: readonly Trial[]): Answer {
  const metrics = new Map<string, ReadonlyMap<string, number | undefined>>();
  for (const { name, set, variants } of trials) {
    const { runs, diagnostics } = loadScenario(join(folder, file), diskFiles, { settings: set, variants });
    expect(diagnostics).toEqual([]);
    for (const loaded of runs) {
      const { summary, manifest } = runScenario(loaded, loadRegistries(), { stateDigest: false });
      expect(manifest.events).toBeGreaterThan(0);
      const key = [name, loaded.variant].filter((part) => part !== undefined).join('/');
      metrics.set(key, new Map(summary.map(({ metric, value }) => [metric, value])));
    }
  }
  return (variant, metric) => {
    const run = metrics.get(variant);
    if (run === undefined) throw new Error(`no run ${variant} among ${[...metrics.keys()].join(', ')}`);
    return run.get(metric) ?? Number.NaN;
  };
}

describe('scenarios', () => {
  it.each(scenarios)('%s opens with its question and expectation', (file) => {
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^# Question: [^?]*\?\n(#.*\n)*# Expected: /);
  });

  it.each(scenarios)('%s gives the expected answer', (file) => {
    const { trials = [{}], expected } = CASES[file] ?? expect.fail(`no expectation for ${file}`);
    expected(answerOf(file, trials));
  });

  it.each([...sampleTraces()])(
    'traces/%s is what the script makes (npm run samples:update)',
    (name, text) => {
      expect(readFileSync(join(SAMPLES_FOLDER, name), 'utf8')).toBe(text);
    },
  );
});
