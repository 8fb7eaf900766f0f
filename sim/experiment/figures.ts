/** How figures with a unit are written for people. */

/** Four significant digits, thousands separated; counts whole. */
export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined) return '-';
  if (unit === 'ratio') return `${(value * 100).toPrecision(3)} %`;
  const suffix = unit === 's' ? ' s' : unit === 'us' ? ' µs' : '';
  const digits = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  return `${digits.toLocaleString('en-US', { maximumFractionDigits: 6 })}${suffix}`;
}

/** A value in its unit; differences of ratios are in percentage points. */
export function formatFigure(value: number, unit: string, difference = false): string {
  if (Number.isNaN(value)) return '-';
  if (unit === 'ratio' && difference) return `${Number((value * 100).toPrecision(3))} pp`;
  return formatValue(value, unit);
}
