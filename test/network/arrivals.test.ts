/** Poisson arrivals by time change: counts per step, the shape of gaps, nothing outside. */
import { describe, expect, it } from 'vitest';
import { drawAt, exp, instant, NEVER, RandomStreams, type SimTime, Tally } from '../../sim/engine/index.ts';
import { PoissonArrivals, type RateStep } from '../../sim/network/arrivals.ts';

const key = new RandomStreams('arrivals').keyOf('test', 'arrivals');

function arrivals(steps: readonly RateStep[], until: SimTime, first = 0): number[] {
  const process = new PoissonArrivals(steps, until);
  const times: number[] = [];
  for (let n = first; ; n++) {
    const time = process.next(drawAt(key, n));
    if (time === NEVER) return times;
    times.push(time);
  }
}

const at = (s: number): SimTime => instant(s * 1e6);
const between = (times: readonly number[], from: number, to: number): number =>
  times.filter((time) => time >= from * 1e6 && time < to * 1e6).length;

describe('a constant rate', () => {
  const times = arrivals([{ from: at(10), perSecond: 100 }], at(1010));

  it('has exponential gaps of the right mean and no arrival outside', () => {
    expect(times[0]).toBeGreaterThanOrEqual(10e6);
    expect(times.at(-1)).toBeLessThan(1010e6);
    const gaps = new Tally();
    for (let i = 1; i < times.length; i++) gaps.add((times[i]! - times[i - 1]!) / 1e6);
    // 100,000 arrivals: three standard errors.
    expect(Math.abs(times.length - 100_000)).toBeLessThan(3 * Math.sqrt(100_000));
    expect(gaps.standardDeviation / gaps.mean).toBeCloseTo(1, 1);
  });
});

describe('steps', () => {
  const steps = [
    { from: at(0), perSecond: 50 },
    { from: at(100), perSecond: 0 },
    { from: at(200), perSecond: 400 },
    { from: at(300), perSecond: 100 },
  ];
  const times = arrivals(steps, at(400), 500_000);

  it.each([
    [0, 100, 5000],
    [100, 200, 0],
    [200, 300, 40_000],
    [300, 400, 10_000],
  ])('from %i s to %i s', (from, to, expected) => {
    expect(Math.abs(between(times, from, to) - expected)).toBeLessThanOrEqual(3 * Math.sqrt(expected));
  });

  it('one exponential is used up over several of them', () => {
    const rates = [
      { from: at(1), perSecond: 0.25 },
      { from: at(2), perSecond: 0 },
      { from: at(5), perSecond: 0.5 },
    ];
    const process = new PoissonArrivals(rates, at(100));
    // A unit exponential of exactly 1: a quarter in [1 s, 2 s), the rest from 5 s on at half the pace.
    expect(process.next(1 - exp(-1)) / 1e6).toBeCloseTo(5 + 0.75 / 0.5, 5);
    expect(process.next(1 - exp(-1)) / 1e6).toBeCloseTo(6.5 + 2, 5);
  });

  it('a change of rate leaves earlier arrivals where they are', () => {
    const other = arrivals([steps[0]!, { from: at(100), perSecond: 7 }], at(400), 500_000);
    const early = (list: readonly number[]): number[] => list.filter((time) => time < 100e6);
    expect(early(other)).toEqual(early(times));
  });
});
