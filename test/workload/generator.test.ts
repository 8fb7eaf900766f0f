/** Arrival processes and sizes: closed forms within sampling error, keyed streams, determinism. */
import { describe, expect, it } from 'vitest';
import { distribution, exp, microseconds, RandomStreams, START, sin } from '../../sim/engine/index.ts';
import { type ArrivalProcess, arrivalTimes, GeneratedArrivals, Sizes } from '../../sim/workload/index.ts';

const PROCESSES: Record<string, ArrivalProcess> = {
  poisson: { poissonPerSecond: 2 },
  gamma: { every: distribution({ gamma: { shape: 0.5, scale: 1e6 } }) },
  bursty: {
    bursty: { quiet: { perSecond: 1, meanStayUs: 90e6 }, burst: { perSecond: 11, meanStayUs: 10e6 } },
  },
  sinusoidal: { sinusoidal: { perSecond: 2, amplitude: 0.8, periodUs: 3600e6, peakUs: 900e6 } },
  piecewise: {
    piecewise: {
      periodUs: 100e6,
      pieces: [
        { fromUs: 0, perSecond: 1 },
        { fromUs: 50e6, perSecond: 0 },
        { fromUs: 80e6, perSecond: 7.5 },
      ],
    },
  },
};

/** The first arrivals, in seconds. */
function arrivals(process: ArrivalProcess, count: number, seed = 'seed', from = 0): number[] {
  const next = arrivalTimes(process, 'generator', new RandomStreams(seed), from);
  const times: number[] = [];
  for (let time = from; times.length < count; ) times.push((time = next(time)) / 1e6);
  return times;
}

const countsIn = (times: readonly number[], window: number): number[] => {
  const counts = new Array<number>(Math.floor(times.at(-1)! / window)).fill(0);
  for (const time of times) {
    const at = Math.floor(time / window);
    if (at < counts.length) counts[at]!++;
  }
  return counts;
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const dispersion = (values: readonly number[]): number => {
  const m = mean(values);
  return mean(values.map((v) => (v - m) ** 2)) / m;
};

describe.each(Object.entries(PROCESSES))('%s arrivals', (_, process) => {
  it('keep their mean rate of 2 per second (piecewise: 2)', () => {
    expect(40_000 / arrivals(process, 40_000).at(-1)!).toBeCloseTo(2, 0);
    expect(Math.abs(40_000 / arrivals(process, 40_000).at(-1)! - 2)).toBeLessThan(0.12);
  });

  it('ascend, are the same for a seed, and others for another', () => {
    const times = arrivals(process, 500);
    for (let i = 1; i < times.length; i++) expect(times[i]!).toBeGreaterThan(times[i - 1]!);
    expect(arrivals(process, 500)).toEqual(times);
    expect(arrivals(process, 500, 'other')).not.toEqual(times);
  });

  it('start where they are told to', () => {
    expect(arrivals(process, 1, 'seed', 5000e6)[0]!).toBeGreaterThan(5000);
  });
});

describe('dispersion of counts', () => {
  it('is 1 for a Poisson process', () => {
    expect(dispersion(countsIn(arrivals(PROCESSES['poisson']!, 40_000), 10))).toBeCloseTo(1, 0);
  });

  it('of a bursty process is that of the modulated process', () => {
    // Fischer & Meier-Hellstern (1993): index of dispersion for counts of a two-state MMPP over t.
    const [quiet, burst, out, back] = [1, 11, 1 / 90, 1 / 10];
    const sum = out + back;
    const rate = (quiet * back + burst * out) / sum;
    const t = 30;
    const excess = (2 * (burst - quiet) ** 2 * out * back) / (sum ** 3 * rate);
    const expected = 1 + excess * (1 - (1 - exp(-sum * t)) / (sum * t));
    const found = dispersion(countsIn(arrivals(PROCESSES['bursty']!, 120_000), t));
    expect(found / expected).toBeGreaterThan(0.9);
    expect(found / expected).toBeLessThan(1.1);
  });
});

describe('rates that follow the clock', () => {
  it('piecewise: no arrivals where the rate is 0, the right share elsewhere', () => {
    const phases = arrivals(PROCESSES['piecewise']!, 20_000).map((time) => time % 100);
    expect(phases.filter((phase) => phase >= 50 && phase < 80)).toEqual([]);
    expect(phases.filter((phase) => phase >= 80).length / phases.length).toBeCloseTo(150 / 200, 1);
  });

  it('sinusoidal: highest at the peak, as the rate says in every tenth of the period', () => {
    const times = arrivals(PROCESSES['sinusoidal']!, 72_000);
    const tenths = new Array<number>(10).fill(0);
    for (const time of times) tenths[Math.floor(((time % 3600) / 3600) * 10)]!++;
    for (const [i, found] of tenths.entries()) {
      const turn = (i + 0.5) / 10 - 0.25;
      const expected = 7200 * (1 + 0.8 * 0.98363 * sin((turn + 0.25) * 2 * Math.PI));
      expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });
});

describe('sizes', () => {
  const shape = { image: 'pause' };
  const drawn = (of: ReturnType<typeof distribution>) => ({ of, step: 10, most: 4000 });
  const classes = [
    {
      weight: 3,
      requests: new Map([['cpu', '500m']]),
      limitsAsRequests: false,
      runTime: undefined,
      priorityClassName: undefined,
    },
    {
      weight: 1,
      requests: new Map([['cpu', drawn(distribution({ pareto: { shape: 1.2, scale: 100 } }))]]),
      limitsAsRequests: true,
      runTime: distribution({ deterministic: { value: 5 } }),
      priorityClassName: 'low',
    },
  ];
  const draw = (count: number) => {
    const sizes = new Sizes(shape, classes, new RandomStreams('s').stream('sizes', 'g'));
    return Array.from({ length: count }, () => sizes.next());
  };

  it('come by weight, in steps, not above the most, sharing specs', () => {
    const all = draw(4000);
    const fixed = all.filter(({ runTime }) => runTime === undefined);
    expect(Math.abs(fixed.length - 3000)).toBeLessThan(120);
    expect(new Set(fixed.map(({ spec }) => spec)).size).toBe(1);
    const tail = all.filter(({ runTime }) => runTime !== undefined);
    const amounts = tail.map(({ spec }) =>
      Number.parseInt(spec.containers[0]?.resources?.requests?.['cpu'] ?? '', 10),
    );
    expect(Math.min(...amounts)).toBe(110);
    expect(Math.max(...amounts)).toBe(4000);
    expect(amounts.every((amount) => amount % 10 === 0)).toBe(true);
    expect(new Set(tail.map(({ spec }) => spec)).size).toBe(new Set(amounts).size);
    expect(tail[0]?.spec.priorityClassName).toBe('low');
    expect(tail[0]?.spec.containers[0]?.resources?.limits).toEqual(
      tail[0]?.spec.containers[0]?.resources?.requests,
    );
  });

  it('are the same for a seed', () => {
    expect(draw(50).map(({ spec }) => spec)).toEqual(draw(50).map(({ spec }) => spec));
  });
});

describe('a generator', () => {
  const options = (name: string) => ({
    name,
    namespace: 'default',
    process: PROCESSES['bursty']!,
    count: 20,
    from: START,
    until: undefined,
    runTime: distribution({ exponential: { mean: 60e6 } }),
    shape: { image: 'pause', annotations: { a: 'b' } },
  });
  const all = (source: GeneratedArrivals) => {
    const found = [];
    for (let next = source.next(); next !== undefined; next = source.next()) found.push(next);
    return found;
  };

  it('draws arrivals and run times from streams of its own name', () => {
    const alone = all(new GeneratedArrivals(new RandomStreams('1'), options('a')));
    const random = new RandomStreams('1');
    const [other, beside] = [
      new GeneratedArrivals(random, options('b')),
      new GeneratedArrivals(random, options('a')),
    ];
    other.next();
    expect(all(beside)).toEqual(alone);
    expect(alone).toHaveLength(20);
    expect(alone[3]?.pod.metadata.name).toBe('a-3');
    expect(alone[3]?.pod.metadata.annotations).toMatchObject({
      a: 'b',
      'kubedes.io/run-time': expect.stringMatching(/^\d+us$/),
    });
  });

  it('ends at its time', () => {
    const source = new GeneratedArrivals(new RandomStreams('1'), {
      ...options('a'),
      process: { every: distribution({ deterministic: { value: 10e6 } }) },
      until: microseconds(35e6) as number as typeof START,
    });
    expect(all(source).map(({ at }) => at / 1e6)).toEqual([10, 20, 30]);
  });

  it('makes all pods of a batch at its instant', () => {
    const at = microseconds(7e6) as number as typeof START;
    const source = new GeneratedArrivals(new RandomStreams('1'), { ...options('a'), process: { at } });
    expect(new Set(all(source).map((arrival) => arrival.at))).toEqual(new Set([7e6]));
  });

  it('makes one pod at an instant if it is not told how many', () => {
    const process = { at: 7e6 };
    const source = new GeneratedArrivals(new RandomStreams('1'), {
      ...options('a'),
      process,
      count: undefined,
    });
    expect(source.next()?.at).toBe(7e6);
    expect(source.next()).toBeUndefined();
  });
});
