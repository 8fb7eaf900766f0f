/** Figures as people read them: no 0 that is none, no -0, no noise of the last bits. */
import { describe, expect, it } from 'vitest';
import { formatFigure } from '../../sim/experiment/figures.ts';

describe('figures', () => {
  it.each([
    [12345.678, 's', false, '12,350 s'],
    [12345, 'count', false, '12,345'],
    [0.004388, 's', true, '0.004388 s'],
    [-0.004388, 's', true, '-0.004388 s'],
    [-1.5e-8, 's', true, '-0.000000015 s'],
    [-1e-17, 's', true, '0 s'],
    [-0, 's', true, '0 s'],
    [-0.0123, 'ratio', true, '-1.23 pp'],
    [-1e-17, 'ratio', true, '0 pp'],
    [0.1, 'ratio', false, '10.0 %'],
    [Number.NaN, 's', false, '-'],
  ])('%f %s (difference: %s)', (value, unit, difference, text) =>
    expect(formatFigure(value, unit, difference)).toBe(text),
  );
});
