/** The arrival process fitted to a trace: the project's own generators are recognised, with their parameters, and no others. */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim/engine/index.ts';
import { fitTrace, generatorSpec, generatorYaml } from '../../../sim/experiment/fit/index.ts';
import { loadScenario } from '../../../sim/scenario/index.ts';
import { type ArrivalProcess, arrivalTimes } from '../../../sim/workload/arrival-process.ts';
import { readTrace } from '../../../sim/workload/index.ts';

const HOUR = 3600e6;
const DAY = 24 * HOUR;

function arrivalsOf(process: ArrivalProcess, spanUs: number, seed: string): number[] {
  const next = arrivalTimes(process, 'sample', new RandomStreams(seed), 0);
  const instants: number[] = [];
  for (let at = next(0); at < spanUs; at = next(at)) instants.push(at);
  return instants;
}

function traceOf(instants: readonly number[]) {
  const rows = instants.map((at, i) => `p${i},${(at / 1e6).toFixed(6)},100,64,10\n`).join('');
  return readTrace('csv', [`id,arrival_s,cpu_m,mem_mib,duration_s\n${rows}`]);
}

const fitted = (process: ArrivalProcess, spanUs: number, seed: string) =>
  fitTrace(traceOf(arrivalsOf(process, spanUs, seed)));

const sinusoidal = (perSecond: number, amplitude: number, peakHour: number): ArrivalProcess => ({
  sinusoidal: { perSecond, amplitude, periodUs: DAY, peakUs: peakHour * HOUR },
});

type State = readonly [perSecond: number, staySeconds: number];
const bursty = (quiet: State, burst: State): ArrivalProcess => {
  const state = ([perSecond, stay]: State) => ({ perSecond, meanStayUs: stay * 1e6 });
  return { bursty: { quiet: state(quiet), burst: state(burst) } };
};

const SEEDS = ['one', 'two', 'three'];
const within = (found: number, wanted: number, tolerance: number, what: string) =>
  expect(Math.abs(found / wanted - 1), `${what}: ${found}, not ${wanted}`).toBeLessThan(tolerance);

describe('a daily cycle', () => {
  it.each([
    [0.05, 0.8, 14, 7],
    [0.05, 0.3, 2, 7.4],
    [0.2, 1, 23, 2.1],
    [0.02, 0.5, 9, 14],
  ])(
    'of %f per second, amplitude %f and peak at %i h is found in %f days',
    (perSecond, amplitude, peak, days) => {
      for (const seed of SEEDS) {
        const { process } = fitted(sinusoidal(perSecond, amplitude, peak), days * DAY, seed).arrivals.pattern;
        const daily = process !== undefined && 'diurnal' in process ? process.diurnal : undefined;
        expect(daily, seed).toBeDefined();
        within(daily!.perSecond, perSecond, 0.05, 'perSecond');
        expect(Math.abs(daily!.amplitude - amplitude)).toBeLessThan(0.05);
        const off = Math.abs(daily!.peakUs - peak * HOUR);
        expect(Math.min(off, DAY - off)).toBeLessThan(0.5 * HOUR);
      }
    },
  );

  it('keeps the clock of a trace that begins in mid-day', () => {
    const later = arrivalsOf(sinusoidal(0.05, 0.8, 14), 8 * DAY, 'late').filter((at) => at > 1.4 * DAY);
    const { process } = fitTrace(traceOf(later)).arrivals.pattern;
    expect(process).toMatchObject({ diurnal: {} });
    if (process !== undefined && 'diurnal' in process)
      within(process.diurnal.peakUs, 14 * HOUR, 0.03, 'peak');
  });

  it('cannot be told from less than two days', () => {
    const { process } = fitted(sinusoidal(0.1, 0.8, 14), 1.9 * DAY, 'short').arrivals.pattern;
    expect(process ?? {}).not.toHaveProperty('diurnal');
  });
});

describe('two Poisson states', () => {
  it.each([
    [[0.1, 600], [3, 120], 1],
    [[0.5, 300], [5, 60], 0.5],
    [[0.02, 3600], [0.4, 900], 6],
    [[1, 30], [20, 30], 0.1],
  ] satisfies [State, State, number][])(
    'quiet %j and burst %j are found in %f days',
    (quiet, burst, days) => {
      for (const seed of SEEDS) {
        const { process } = fitted(bursty(quiet, burst), days * DAY, seed).arrivals.pattern;
        const found = process !== undefined && 'bursty' in process ? process.bursty : undefined;
        expect(found, seed).toBeDefined();
        within(found!.quiet.perSecond, quiet[0], 0.15, 'quiet rate');
        within(found!.burst.perSecond, burst[0], 0.15, 'burst rate');
        within(found!.quiet.staySeconds, quiet[1], 0.35, 'quiet stay');
        within(found!.burst.staySeconds, burst[1], 0.35, 'burst stay');
      }
    },
  );
});

describe('no cycle is seen', () => {
  it('in rates that wander for eight hours each', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { process } = fitted(bursty([0.02, 8 * 3600], [0.2, 8 * 3600]), 2.1 * DAY, `wander-${seed}`)
        .arrivals.pattern;
      expect(process ?? {}, `seed ${seed}`).not.toHaveProperty('diurnal');
    }
  });

  it('in a trend, nor two states', () => {
    const poisson = arrivalsOf({ poissonPerSecond: 0.05 }, 3 * DAY, 'trend');
    const { pattern, dispersion } = fitTrace(
      traceOf(poisson.map((at) => Math.sqrt(at / DAY) * DAY)),
    ).arrivals;
    expect(dispersion).toBeGreaterThan(4);
    expect(pattern.process).toBeUndefined();
    expect(pattern.reasons).not.toEqual([]);
  });
});

it('a cycle that is the lesser part of unevenness is told, and left to the user', () => {
  const bursts = arrivalsOf(bursty([0.02, 3600], [0.4, 900]), 14 * DAY, 'both');
  const cycle = arrivalsOf(sinusoidal(0.06, 0.9, 14), 14 * DAY, 'both');
  const { process, reasons } = fitTrace(traceOf([...bursts, ...cycle].sort((a, b) => a - b))).arrivals
    .pattern;
  expect(process).toMatchObject({ bursty: {} });
  expect(reasons.length).toBeGreaterThan(2);
});

describe('independent gaps', () => {
  const independent = (process: ArrivalProcess, days: number) =>
    SEEDS.map((seed) => generatorSpec('g', fitted(process, days * DAY, seed)).arrival);

  it.each([0.5, 3, 10])('a Poisson trace of %f days stays Poisson', (days) => {
    for (const arrival of independent({ poissonPerSecond: 0.03 }, days))
      expect(arrival).toMatchObject({ poisson: {} });
  });

  it('a cycle too faint to matter is left out', () => {
    for (const arrival of independent(sinusoidal(0.03, 0.03, 14), 10))
      expect(arrival).toMatchObject({ poisson: {} });
  });

  it('their family can still be asked for', () => {
    const trace = traceOf(arrivalsOf(bursty([0.1, 600], [3, 120]), DAY / 2, 'named'));
    expect(generatorSpec('g', fitTrace(trace, { gaps: 'gamma' })).arrival).toMatchObject({
      every: { gamma: {} },
    });
  });
});

describe('the YAML', () => {
  it.each([
    ['diurnal', sinusoidal(0.02, 0.6, 9), 3],
    ['bursty', bursty([0.1, 600], [3, 120]), 1],
    ['poisson', { poissonPerSecond: 0.03 }, 1],
  ] satisfies [string, ArrivalProcess, number][])(
    'of a %s trace is a workload, and says what was chosen',
    (kind, process, days) => {
      const fit = fitted(process, days * DAY, 'yaml');
      const spec = generatorSpec('fitted', fit);
      expect(Object.keys(spec.arrival)).toEqual([kind]);
      const yaml = generatorYaml('sample', spec, fit);
      for (const reason of fit.arrivals.pattern.reasons) expect(yaml).toContain(`# ${reason}`);
      expect(fit.arrivals.pattern.reasons.length > 0).toBe(kind !== 'poisson');
      const { runs, diagnostics } = loadScenario('s.yaml', {
        read: () => `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: fitted }\n${yaml}`,
        resolve: (_, reference) => reference,
        show: (path) => path,
      });
      expect(diagnostics).toEqual([]);
      expect(runs).toHaveLength(1);
    },
  );
});
