/** Plots as SVG texts that stand alone: legend, title and description inside, light and dark, no script, no outside file. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { DARK_BACKGROUND, DARK_TEXT, LIGHT_BACKGROUND, LIGHT_TEXT } from './palette.ts';
import type { LegendEntry } from './picture-kind.ts';
import { escapeXml, textWidth } from './text.ts';

export const WIDTH = 720;
const FONT_SIZE = 12;
const LEGEND_LINE = 20;

/** Within HTML these rules count for every picture, and say the same. */
const STYLE = `
.picture { color: ${LIGHT_TEXT}; background: ${LIGHT_BACKGROUND}; --gap: ${LIGHT_BACKGROUND}; font: ${FONT_SIZE}px system-ui, sans-serif; }
.picture .heat { fill: #12355b; }
@media screen and (prefers-color-scheme: dark) {
  .picture { color: ${DARK_TEXT}; background: ${DARK_BACKGROUND}; --gap: ${DARK_BACKGROUND}; }
  .picture .heat { fill: #bcdcff; }
}`;

export interface SvgParts {
  /** Prefix of the ids inside. */
  readonly id: string;
  readonly title: string;
  readonly description: readonly string[];
  /** Side by side. */
  readonly plots: readonly Plot.PlotOptions[];
  readonly legend?: readonly LegendEntry[] | undefined;
}

export function svgText({ id, title, description, plots, legend = [] }: SvgParts): string {
  const drawn = plots.map(drawPlot);
  const lines = legendLines(legend);
  const top = lines.length * LEGEND_LINE;
  const height = top + Math.max(...drawn.map((plot) => plot.height));
  const width = drawn.reduce((sum, plot) => sum + plot.width, 0);
  let x = 0;
  const placed = drawn.map((plot) => {
    const text = `<g transform="translate(${x},${top})">${plot.inner}</g>`;
    x += plot.width;
    return text;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-labelledby="${id}-t ${id}-d"`,
    ` viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` fill="currentColor" font-family="system-ui, sans-serif" font-size="${FONT_SIZE}" text-anchor="middle">`,
    `<title id="${id}-t">${escapeXml(title)}</title><desc id="${id}-d">${escapeXml(description.join('. '))}.</desc>`,
    `<style>${STYLE}\n</style>`,
    ...lines.map((line, i) => legendLine(line, i)),
    ...placed,
    '</svg>',
  ].join('');
}

/** Room for ticks and labels in the report's font. */
export const MARGINS = { marginLeft: 50, marginRight: 26, marginTop: 24, marginBottom: 42 } as const;

interface DrawnPlot {
  readonly inner: string;
  readonly width: number;
  readonly height: number;
}

function drawPlot(options: Plot.PlotOptions): DrawnPlot {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const { width = WIDTH, height = 240 } = options;
  const svg = Plot.plot({ ...MARGINS, ...options, width, height, document });
  for (const style of svg.querySelectorAll('style')) style.remove();
  return { inner: withFewDigits(withoutLabels(svg.innerHTML)), width, height };
}

/** Plot labels groups, which have no role that could be labelled; the picture as a whole has a title and a description. */
const withoutLabels = (svg: string): string => svg.replace(/ aria-\w+="[^"]*"/g, '');

/** A hundredth of a pixel is enough. */
const withFewDigits = (svg: string): string =>
  svg.replace(/="[^"]*\.\d{3,}[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2)))),
  );

interface PlacedEntry {
  readonly entry: LegendEntry;
  readonly x: number;
}

const SWATCH = 26;
const LEGEND_LEFT = 8;
const LEGEND_GAP = 16;

/** Entries in lines no longer than the picture. */
function legendLines(legend: readonly LegendEntry[]): PlacedEntry[][] {
  const lines: PlacedEntry[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of legend) {
    const width = SWATCH + 6 + textWidth(entry.name) + LEGEND_GAP;
    if (x + width > WIDTH) {
      lines.push([]);
      x = LEGEND_LEFT;
    }
    lines.at(-1)!.push({ entry, x });
    x += width;
  }
  return lines;
}

const legendLine = (line: readonly PlacedEntry[], index: number): string =>
  line
    .map(({ entry, x }) => {
      const text = `<text x="${SWATCH + 6}" y="4" text-anchor="start">${escapeXml(entry.name)}</text>`;
      return `<g transform="translate(${Math.round(x)},${index * LEGEND_LINE + 12})">${swatch(entry)}${text}</g>`;
    })
    .join('');

/** As d3 draws them. */
const SYMBOLS = {
  circle: 'M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0z',
  square: 'M-4.5,-4.5h9v9h-9z',
  triangle: 'M0,-6l5.2,9h-10.4z',
  diamond: 'M0,-6.5l3.8,6.5l-3.8,6.5l-3.8,-6.5z',
} as const;

function swatch({ shape, colour, dash, symbol = 'circle', opacity = 1 }: LegendEntry): string {
  switch (shape) {
    case 'line':
      return `<line x2="${SWATCH}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash ?? 'none'}"/>`;
    case 'thin':
      return `<rect x="4" y="-1.5" width="18" height="3" fill="${colour}" fill-opacity="${opacity}"/>`;
    case 'box':
      return `<rect x="8" y="-6" width="12" height="12" fill="${colour}" fill-opacity="${opacity}"/>`;
    case 'heat':
      return `<rect class="heat" x="8" y="-6" width="12" height="12" fill-opacity="${opacity}"/>`;
    case 'outline':
      return `<rect x="6" y="-4" width="16" height="8" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
    case 'dot':
      return `<path transform="translate(13,0)" d="${SYMBOLS[symbol]}" fill="${colour}"/>`;
  }
}
