/** How figures with a unit are written for people. */

/** Four significant digits, thousands separated; counts whole. */
export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined) return '-';
  if (unit === 'ratio') return `${(value * 100).toPrecision(3)} %`;
  const suffix = unit === 's' ? ' s' : unit === 'us' ? ' µs' : '';
  return `${written(Number.isInteger(value) ? value : Number(value.toPrecision(4)))}${suffix}`;
}

/** A value in its unit; differences of ratios are in percentage points. */
export function formatFigure(value: number, unit: string, difference = false): string {
  if (Number.isNaN(value)) return '-';
  if (unit === 'ratio' && difference) return `${written(Number((value * 100).toPrecision(3)))} pp`;
  return formatValue(value, unit);
}

/** To the millionth; what is less (mean differences, their intervals) to the billionth, lest it look like 0. No -0. */
const written = (digits: number): string =>
  digits.toLocaleString('en-US', {
    maximumFractionDigits: Math.abs(digits) < 1e-6 ? 9 : 6,
    signDisplay: 'negative',
  });
