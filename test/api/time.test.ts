import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSecond, parseDuration, parseTimestamp, WallClock } from '../../sim/api/index.ts';
import { instant } from '../../sim/engine/index.ts';

describe('durations', () => {
  test.each([
    ['1h30m', 5_400_000_000],
    ['1.5s', 1_500_000],
    ['300ms', 300_000],
    ['0', 0],
    ['90s', 90_000_000],
    ['2d', 172_800_000_000],
    ['1500ns', 2],
    ['12us', 12],
    ['.5s', 500_000],
    ['+1m', 60_000_000],
    ['485427000us', 485_427_000],
    ['0000000000000000002s', 2_000_000],
  ])('%s is %d µs', (text, us) => {
    expect(parseDuration(text)).toBe(us);
  });

  test.each(['', '1', '1x', 's', '-1s', '1s ', '1h 30m', '+', '1constructor', '1s2', '9007199254740993us'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('API times', () => {
  const clock = new WallClock('2026-01-01T00:00:00Z');

  test('are whole seconds after the epoch, micro times six decimals', () => {
    expect(clock.timestamp(instant(1_999_999))).toBe('2026-01-01T00:00:01Z');
    expect(clock.microTimestamp(instant(1_999_999))).toBe('2026-01-01T00:00:01.999999Z');
    expect(clock.timestampAfter(instant(1_999_999), 30)).toBe('2026-01-01T00:00:31Z');
    expect(clock.timestampMoved('2026-03-01T00:00:00Z', -1)).toBe('2026-02-28T23:59:59Z');
  });

  test('an epoch between seconds shifts the second boundary', () => {
    const shifted = new WallClock('2026-01-01T00:00:00.750000Z');
    expect(shifted.timestamp(instant(249_999))).toBe('2026-01-01T00:00:00Z');
    expect(shifted.timestamp(instant(250_000))).toBe('2026-01-01T00:00:01Z');
    expect(shifted.microTimestamp(instant(250_001))).toBe('2026-01-01T00:00:01.000001Z');
  });

  test('instants survive the way through a micro time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 15 }), (us) => {
        expect(clock.instantOf(clock.microTimestamp(instant(us)))).toBe(us);
      }),
      { seed: 5 },
    );
  });

  test('times before the run are its start', () => {
    expect(clock.instantOf('2025-12-31T23:59:59Z')).toBe(0);
    expect(clock.microsecondsOf('2025-12-31T23:59:59Z')).toBe(-1_000_000);
  });

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:0xZ',
    'now',
    '',
  ])('%j is no timestamp', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
    expect(() => new WallClock(text)).toThrow(RangeError);
  });

  test('every second reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 * 10 ** 9 }), (second) => {
        expect(parseTimestamp(formatSecond(second))).toBe(second * 1e6);
        const us = (second - Date.UTC(2026) / 1000) * 1e6;
        if (us >= 0) expect(clock.timestamp(instant(us))).toBe(formatSecond(second));
      }),
      { seed: 6 },
    );
  });

  test('an offset is subtracted', () => {
    expect(parseTimestamp('2026-01-01T01:30:00+01:30')).toBe(parseTimestamp('2026-01-01T00:00:00Z'));
  });
});
