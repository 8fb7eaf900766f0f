/** Text for HTML and SVG. */

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Four significant digits, thousands separated; whole numbers whole; nothing for NaN. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 8 });
}

/** About the width of a line of the report's font, in pixels. */
export const textWidth = (text: string, fontSize = 12): number => text.length * fontSize * 0.56;
