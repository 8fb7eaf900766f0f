/** When syncs run: the 1.36.3 runner and the 1.25 token bucket. */
import { describe, expect, it } from 'vitest';
import { instant, microseconds, minutes, NEVER, seconds } from '../../sim/engine/index.ts';
import { type RunnerTiming, SyncRunner } from '../../sim/network/sync-runner.ts';

const IPTABLES: RunnerTiming = {
  minSyncPeriod: seconds(1),
  syncPeriod: seconds(30),
  idleMaximum: minutes(60),
  burst: 1,
};
const at = (s: number) => instant(s * 1e6);

describe('runner of 1.36.3', () => {
  it('runs the first request at once, later ones after minSyncPeriod from the end of the last run', () => {
    const runner = new SyncRunner(IPTABLES);
    expect(runner.request(at(5))).toBe(at(5));
    runner.begin(at(5));
    expect(runner.end(at(5.2))).toBe(at(3605.2));
    expect(runner.request(at(5.5))).toBe(at(6.2));
    expect(runner.request(at(100))).toBe(at(100));
  });

  it('merges what comes during a run into one run after it', () => {
    const runner = new SyncRunner(IPTABLES);
    runner.request(at(0));
    runner.begin(at(0));
    expect(runner.request(at(0.1))).toBe(NEVER);
    expect(runner.request(at(0.2))).toBe(NEVER);
    expect(runner.end(at(3))).toBe(at(4));
    runner.begin(at(4));
    expect(runner.end(at(4.5))).toBe(at(3604.5));
  });

  it('tries a failed run again within syncPeriod', () => {
    const runner = new SyncRunner(IPTABLES);
    runner.begin(at(0));
    expect(runner.end(at(1), true)).toBe(at(31));
  });

  it('waits for nothing in ipvs, and looks again every syncPeriod', () => {
    const runner = new SyncRunner({
      ...IPTABLES,
      minSyncPeriod: microseconds(0),
      idleMaximum: seconds(30),
    });
    runner.begin(at(0));
    expect(runner.end(at(1))).toBe(at(31));
    expect(runner.request(at(1))).toBe(at(1));
  });
});

it('the token bucket of 1.25 lets two runs follow at once, then waits', () => {
  const runner = new SyncRunner({ ...IPTABLES, idleMaximum: seconds(30), burst: 2 });
  runner.begin(at(10));
  runner.end(at(10.1));
  expect(runner.request(at(10.1))).toBe(at(10.1));
  runner.begin(at(10.1));
  expect(runner.end(at(10.2))).toBe(at(40.2));
  expect(runner.request(at(10.3))).toBe(at(11.2));
  runner.begin(at(11.2));
  runner.end(at(11.2));
  // The bucket has filled again.
  expect(runner.request(at(20))).toBe(at(20));
});
