import { describe, expect, it } from 'vitest';
import { instant } from '../../sim/engine/index.ts';
import { studentQuantile, twoSidedP } from '../../sim/experiment/statistics/student-t.ts';
import { textReport } from './report.ts';
import type { CaseResult, GoldenFile } from './suite.ts';
import { Durations, Fifo, Occupancy } from './suites/analytic/collectors.ts';
import { holmRejected } from './suites/analytic/experiment.ts';
import { targetOf } from './suites/analytic/rule.ts';
import { suite } from './suites/analytic.ts';
import { judge } from './verdict.ts';

describe('the suite of closed forms', () => {
  const file = (cases: readonly object[]): GoldenFile => ({
    path: 'x.json',
    read: () => ({ cases }),
    text: () => '',
  });
  const results = async (...files: readonly GoldenFile[]): Promise<readonly CaseResult[]> => {
    const found: CaseResult[] = [];
    for await (const result of suite.run(files)) found.push(result);
    return found;
  };
  const mm1 = { id: 'q', model: 'M/M/1 FCFS', params: { lam: 0.3, mu: 1 } };

  it('passes a right value and fails a wrong one', async () => {
    const [right] = await results(file([{ ...mm1, expected: { L: 0.3 / 0.7 } }]));
    expect(right).toEqual({ id: 'q', category: 'M/M/1 FCFS', passed: true });
    const [wrong] = await results(file([{ ...mm1, expected: { L: 0.3 / 0.7 + 0.02 } }]));
    expect(wrong?.passed).toBe(false);
    expect(wrong?.difference).toMatch(/^L: expected 0.448571\d*, got 0.42\d+ ± 0\.\d+ %, p = /);
  });

  it('reports what the rule leaves out, and does not count it', async () => {
    const cases = [
      { ...mm1, id: 'busy', params: { lam: 0.97, mu: 1 }, expected: { L: 32 } },
      { ...mm1, id: 'rare', expected: { P_N_ge_5: 1e-9 } },
      { id: 'formula', model: 'Liu-Layland RM bound', params: { n: 1 }, expected: { bound: 1 } },
    ];
    const left = await results(file(cases));
    expect(left.map((r) => r.notApplicable?.split('\n')[0])).toEqual([
      'load 0.970',
      'all metrics are too rare',
      'a formula, not a process',
    ]);
    const verdict = judge([{ name: 'analytic', cases: left }], [], true);
    expect([verdict.passed, verdict.failed, verdict.ok]).toEqual([0, 0, true]);
    expect(textReport(verdict)).toContain('not applicable, not counted (3)\n    load 0.970: busy');
  });

  it('ignores other files', async () => {
    const policies = {
      path: 'policy_cases.json',
      read: () => ({ cases: [{ id: 'x', input: {} }] }),
      text: () => '',
    };
    expect(await results(policies)).toEqual([]);
  });
});

describe('its rule', () => {
  it.each([
    ['L', 4, 0.8, { complement: false, exact: 4, precision: 0.01 }],
    ['L', 9, 0.9, { complement: false, exact: 9, precision: 0.03 }],
    ['P0', 0.2, 0.8, { complement: false, exact: 0.2, precision: 0.01 }],
    ['P0', 0.75, 0.8, { complement: true, exact: 0.25, precision: 0.01 }],
    ['P_block', 0.03, 0.8, { complement: false, exact: 0.03, precision: 0.03 }],
    ['T_p95', 12, 0.8, { complement: false, exact: 12, precision: 0.03 }],
    ['T_p50', 12, 0.8, { complement: false, exact: 12, precision: 0.01 }],
    ['N_variance', 2, 0.5, { complement: false, exact: 2, precision: 0.03 }],
  ])('judges %s = %d at load %d', (metric, value, load, target) => {
    expect(targetOf(metric, value, load)).toEqual(target);
  });

  it.each([
    ['P0', 1e-5],
    ['availability', 0.99999999],
    ['scv', 0],
  ])('leaves out %s = %d', (metric, value) => {
    expect(targetOf(metric, value, 0.5)).toBeUndefined();
  });

  it('judges waits by their share of the time in the system', () => {
    const precisionOf = (Wq: number, W: number) => targetOf('Wq', Wq, 0.5, { W, Wq })?.precision;
    expect([precisionOf(1, 2), precisionOf(0.01, 1), precisionOf(0.0009, 1)]).toEqual([
      0.01,
      0.03,
      undefined,
    ]);
  });
});

describe('its statistics', () => {
  it('has the quantiles of Student’s t', () => {
    for (const [p, degrees, t] of [
      [0.05, 1, 12.7062],
      [0.05, 10, 2.22814],
      [0.01, 30, 2.75],
      [0.001, 5, 6.86883],
    ] as const) {
      expect(studentQuantile(1 - p / 2, degrees)).toBeCloseTo(t, 4);
      expect(twoSidedP(t, degrees)).toBeCloseTo(p, 6);
    }
  });

  it('corrects as Holm does', () => {
    expect([...holmRejected([0.01, 0.04, 0.03, 0.005], 0.05)].sort()).toEqual([0, 3]);
    expect([...holmRejected([0.01, 0.02, 0.03, 0.005], 0.05)].sort()).toEqual([0, 1, 2, 3]);
    expect(holmRejected([0.02, 0.03], 0.01).size).toBe(0);
  });

  it('finds quantiles, shares and moments', () => {
    const durations = new Durations();
    for (let i = 0; i < 100_001; i++) durations.add((i * 7919) % 100_001);
    expect([0, 0.25, 0.5, 0.999, 1].map((q) => durations.quantile(q))).toEqual([
      0, 25_000, 50_000, 99_900, 100_000,
    ]);
    expect(durations.quantile(0.000005)).toBeCloseTo(0.5, 9);
    expect(durations.above(90_000)).toBeCloseTo(0.1, 4);
    expect(durations.moments(1000).first).toBeCloseTo(50, 9);
    const level = new Occupancy();
    level.set(instant(10), 200);
    level.restart(instant(20));
    level.set(instant(30), 4);
    expect(level.moments(instant(60))).toEqual({ first: (2000 + 120) / 40, second: (400_000 + 480) / 40 });
  });

  it('queues first in, first out', () => {
    const queue = new Fifo<number>();
    let next = 0;
    for (let i = 0; i < 10_000; i++) {
      queue.push(i);
      if (i % 3 > 0) expect(queue.shift()).toBe(next++);
    }
    expect(queue.size).toBe(10_000 - next);
  });
});
