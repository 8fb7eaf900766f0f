/** Plans, analysis and verdicts of comparisons, from made-up records. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim/engine/index.ts';
import {
  type Axes,
  analyse,
  type Cell,
  COMPARISON_COLUMNS,
  cellLabels,
  combinations,
  comparisonCsv,
  type Plan,
  parseSeeds,
  planOf,
  type RunRecord,
  settingsText,
  verdicts,
} from '../../../sim/experiment/compare/index.ts';
import { OptionError } from '../../../sim/experiment/errors.ts';
import { waitingNotes } from '../../../sim/experiment/waiting-notes.ts';

const AXES: Axes = {
  policies: ['default', 'packing'],
  proxies: ['iptables'],
  bases: [{ policy: 'default', proxy: 'iptables', variant: undefined, settings: {} }],
  seeds: ['1', '2', '3', '4', '5', '6'],
};

/** A record with these metrics. */
const record = (cell: Cell, seed: string, values: Record<string, number | undefined>): RunRecord => ({
  format: 1,
  key: '',
  cell,
  seed,
  stopped: 'duration',
  simulatedSeconds: 1,
  events: 1,
  eventDigest: '',
  metrics: Object.entries(values).map(([metric, value]) => ({
    metric,
    ...(value !== undefined && { value }),
    unit: metric.endsWith('_us') ? 'us' : 's',
    meaning: `what ${metric} is`,
  })),
});

/** Records of a whole plan, by what a cell's run with a seed gives. */
const recordsOf = (plan: Plan, values: (cell: number, seed: number) => Record<string, number | undefined>) =>
  new Map(
    plan.runs.map(({ cell, seed, id }) => [id, record(plan.cells[cell]!, seed, values(cell, Number(seed)))]),
  );

const format = (value: number, unit: string): string => `${Number(value.toPrecision(3))} ${unit}`;

describe('seeds', () => {
  it.each([
    ['1..4', ['1', '2', '3', '4']],
    ['7', ['7']],
    ['1,3..5,x', ['1', '3', '4', '5', 'x']],
  ])('%s', (text, seeds) => expect(parseSeeds(text)).toEqual(seeds));

  it.each(['4..1', '-3..3', '1..x', '1...5', '9007199254740991..9007199254740993', ','])(
    '%s is refused',
    (text) => expect(() => parseSeeds(text)).toThrow(OptionError),
  );

  it('have names of runs that differ and that a file can have', () => {
    const long = 'x'.repeat(300);
    const seeds = ['1', 'a_b', 'a b', 'a/b', 'é', 'ü', long, `${long}y`];
    const ids = planOf({ ...AXES, policies: ['default'], seeds }).runs.map(({ id }) => id);
    expect(new Set(ids).size).toBe(seeds.length);
    expect(ids[0]).toMatch(/^default-iptables-[0-9a-f]{8}-seed-1$/);
    for (const id of ids) expect(id).toMatch(/^[\w.-]{1,120}$/);
  });

  it.each(['', '5..1', '0..99999999'])('refuse %j', (text) =>
    expect(() => parseSeeds(text)).toThrow(OptionError),
  );
});

describe('a plan', () => {
  const axes: Axes = {
    ...AXES,
    proxies: ['iptables', 'ipvs'],
    bases: combinations({ 'a.b': [1, 2], c: ['x', 'y', 'z'] }).map((settings) => ({
      ...AXES.bases[0]!,
      settings,
    })),
  };
  const plan = planOf(axes);

  it('is the whole grid, the first of everything first', () => {
    expect(plan.cells).toHaveLength(2 * 2 * 6);
    expect(plan.cells[0]).toEqual({
      policy: 'default',
      proxy: 'iptables',
      variant: undefined,
      settings: { 'a.b': 1, c: 'x' },
    });
    expect(plan.runs).toHaveLength(24 * 6);
    expect(plan.runs.slice(0, 24).every(({ seed }) => seed === '1')).toBe(true);
  });

  it('has ids that are file names, unique, and the same in a smaller grid', () => {
    const ids = plan.runs.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w.-]+$/);
    const smaller = planOf({ ...axes, policies: ['packing'], seeds: ['3'] }).runs.map(({ id }) => id);
    for (const id of smaller) expect(ids).toContain(id);
  });

  it.each([
    [{ policies: ['default', 'packing', 'default'] }, 'policies: default is named twice'],
    [{ proxies: ['ipvs', 'ipvs'] }, 'proxies: ipvs is named twice'],
    [{ variants: ['v', 'v'] }, 'variants: v is named twice'],
    [{ axes: { 'a.b': [1, 2], c: [3, 3] } }, 'axes: c=3 is named twice'],
    [{ axes: { c: [[1], [1]] } }, 'axes: c=[1] is named twice'],
    // The column `settings` would not tell them apart.
    [{ axes: { c: [3, '3'] } }, 'axes: c=3 is named twice'],
    [{ seeds: ['1', '2', '1'] }, 'seeds: 1 is named twice'],
  ])('refuses %j', (twice, message) => {
    const made = () => planOf({ ...axes, ...twice });
    expect(made).toThrow(OptionError);
    expect(made).toThrow(message);
  });

  it('labels cells by what differs between them', () => {
    expect(cellLabels(planOf(AXES).cells)).toEqual(['default', 'packing']);
    expect(cellLabels(plan.cells)[7]).toBe('default, ipvs, a.b=1, c=y');
    expect(cellLabels(planOf({ ...AXES, policies: ['./x/mine.ts'] }).cells)).toEqual(['mine.ts']);
    expect(settingsText({ policy: 'p', proxy: 'i', variant: 'v', settings: { n: 3, l: [1] } })).toBe(
      'variant=v;n=3;l=[1]',
    );
  });
});

describe('comparison.csv', () => {
  const plan = planOf({ ...AXES, seeds: ['1', '2'] });
  const records = recordsOf(plan, (cell, seed) => ({ a: cell + seed / 10, b: undefined }));

  it('has a row per run and metric, cell by cell', () => {
    expect(comparisonCsv('s', plan, records)).toBe(
      [
        COMPARISON_COLUMNS.map(({ name }) => name).join(','),
        's,default,iptables,,1,a,0.1,s',
        's,default,iptables,,1,b,,s',
        's,default,iptables,,2,a,0.2,s',
        's,default,iptables,,2,b,,s',
        's,packing,iptables,,1,a,1.1,s',
        's,packing,iptables,,1,b,,s',
        's,packing,iptables,,2,a,1.2,s',
        's,packing,iptables,,2,b,,s',
        '',
      ].join('\n'),
    );
  });

  it('does not depend on the order in which runs ended', () => {
    const reversed = new Map([...records].reverse());
    expect(comparisonCsv('s', plan, reversed)).toBe(comparisonCsv('s', plan, records));
    expect(analyse(plan, reversed, ['a'])).toEqual(analyse(plan, records, ['a']));
  });
});

describe('analysis', () => {
  const random = new RandomStreams('noise').stream('values', 'runs');
  const load = Array.from({ length: 8 }, () => 10 * random());
  const noise = Array.from({ length: 3 }, () => load.map(() => random() / 10));
  const plan = planOf({ ...AXES, policies: ['default', 'better', 'equal'] });
  const records = recordsOf(plan, (cell, seed) => ({
    pending_time_mean_s: load[seed]! + noise[cell]![seed]! - (cell === 1 ? 0.5 : 0),
    constant: 3,
    nowhere: undefined,
  }));

  it('tells by pairs what the means of so few runs could not', () => {
    const { metrics, comparisons } = analyse(plan, records);
    expect(metrics.map(({ metric }) => metric)).toEqual(['pending_time_mean_s']);
    expect(comparisons).toBe(2);
    const [first, better, equal] = metrics[0]!.cells;
    expect(first?.difference).toBeUndefined();
    expect(better?.difference?.mean).toBeCloseTo(-0.5, 0);
    expect(better?.difference?.significant).toBe(true);
    expect(better?.difference?.halfWidth).toBeLessThan(better!.estimate.halfWidth! / 10);
    expect(better?.difference?.varianceRatio).toBeLessThan(0.01);
    expect(equal?.difference?.significant).toBe(false);
  });

  it('gives the metrics wanted, also constant and empty ones', () => {
    const { metrics } = analyse(plan, records, ['constant', 'nowhere']);
    expect(metrics[0]!.cells[1]!.difference).toMatchObject({ mean: 0, p: 1, significant: false });
    expect(metrics[1]!.cells[0]!.estimate.count).toBe(0);
  });

  it('has no difference below half a microsecond, nor one in the last bits', () => {
    const nudged = recordsOf(plan, (cell, seed) => ({
      // 27 µs more in one of 590 pods, and sums in another order.
      pending_time_mean_s: 0.004388 + (cell === 1 && seed === 2 ? 4.6e-8 : cell * 1e-17 * seed),
      pods_pending: cell === 1 ? 0.1 + 0.2 : 0.3,
    }));
    expect(analyse(plan, nudged)).toMatchObject({ metrics: [], comparisons: 0 });
    for (const { cells } of analyse(plan, nudged, ['pending_time_mean_s', 'pods_pending']).metrics)
      expect(cells[1]!.difference).toMatchObject({ mean: 0, halfWidth: 0, p: 1, signedRankP: 1 });
  });

  it('keeps differences of a microsecond, and finer ones of what is in µs', () => {
    const latencies = recordsOf(plan, (cell) => ({ request_latency_p50_us: 900 + cell * 0.04 }));
    const times = recordsOf(plan, (cell) => ({ pending_time_p99_s: 3600 + cell * 1e-6 }));
    for (const records of [latencies, times]) expect(analyse(plan, records).comparisons).toBe(2);
  });

  it('pairs only the seeds that both have', () => {
    const gone = new Map(records);
    gone.delete(plan.runs.find(({ cell, seed }) => cell === 1 && seed === '2')!.id);
    const { metrics } = analyse(plan, gone);
    expect(metrics[0]!.cells.map(({ estimate }) => estimate.count)).toEqual([6, 5, 6]);
    expect(metrics[0]!.cells[1]!.difference?.count).toBe(5);
  });

  it('adjusts over all differences shown: p never falls with more of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
        (values) => {
          const made = recordsOf(planOf(AXES), (cell, seed) => ({
            a: values[cell * 6 + seed - 1],
            b: values[12 + cell * 6 + seed - 1],
          }));
          const one = analyse(planOf(AXES), made, ['a']).metrics[0]!.cells[1]!.difference!.p!;
          const both = analyse(planOf(AXES), made, ['a', 'b']).metrics[0]!.cells[1]!.difference!.p!;
          expect(both).toBeGreaterThanOrEqual(one);
        },
      ),
      { seed: 6, numRuns: 50 },
    );
  });

  it('gives neither interval nor test of two seeds', () => {
    const short = planOf({ ...AXES, seeds: ['1', '2'] });
    const analysis = analyse(
      short,
      recordsOf(short, (cell, seed) => ({ pending_time_mean_s: cell + seed })),
    );
    expect(analysis.tooFewSeeds).toBe(true);
    expect(analysis.comparisons).toBe(0);
    expect(analysis.metrics[0]!.cells[1]).toMatchObject({
      estimate: { halfWidth: undefined },
      difference: { p: undefined, halfWidth: undefined },
    });
    expect(verdicts(analysis, format)[0]).toMatch(/2 pairs of runs are too few/);
  });
});

describe('verdicts', () => {
  const verdictFor = (shifts: readonly number[], metric = 'pending_time_mean_s') => {
    const plan = planOf({ ...AXES, policies: shifts.map((_, i) => `p${i}`) });
    const jitter = [0.01, -0.02, 0.015, 0, -0.01, 0.02, -0.005];
    const analysis = analyse(
      plan,
      recordsOf(plan, (cell, seed) => ({
        [metric]: 2 + shifts[cell]! + (cell + 1) * jitter[(seed * (cell + 2)) % 7]!,
      })),
      [metric],
    );
    return verdicts(analysis, format).join(' ');
  };

  it('name the best, by how much, and who is not told apart', () => {
    const text = verdictFor([0, -1, 0.5, 0]);
    expect(text).toMatch(
      /^pending_time_mean_s: p1 is better than p0: .* below p0 \(95 %, Holm over 3, 6 pairs\); p2 is .* above p0; not told apart from p0: p3\.$/,
    );
    expect(text).toMatch(/1(\.\d+)? s ± 0\.\d+ s \((49|50|51) %\) below p0/);
  });

  it('do not call the first best, which others may be: they say that none is shown to be better', () =>
    expect(verdictFor([0, 1])).toMatch(
      /^pending_time_mean_s: none is shown to be better than p0 with .*; p1 is .* above p0\.$/,
    ));
  it('know that more may be better', () =>
    expect(verdictFor([0, 1], 'pods_succeeded')).toMatch(/^pods_succeeded: p1 is better/));
  it('call it higher where neither way is good', () =>
    expect(verdictFor([0, 1], 'events')).toMatch(/^events: p1 is higher than p0/));
  it('are told beside the pods whose waits are in no mean', () => {
    const run = (pending?: number) => ({ metrics: [{ metric: 'pods_pending', value: pending }] });
    expect(waitingNotes([run(0), run()])).toEqual([]);
    expect(waitingNotes([run(3), run(0), run(7)])).toMatchObject([expect.stringMatching(/2 of 3 .* 7\)/)]);
    expect(waitingNotes([run(3)])).toMatchObject([expect.stringMatching(/\(3\)/)]);
  });
  it('say when there is nothing to tell', () =>
    expect(verdictFor([0, 0])).toMatch(/no difference from p0 is shown by 6 pairs/));
});
