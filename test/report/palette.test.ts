/** Colours are told apart by everybody and stand out from both backgrounds. */
import { describe, expect, it } from 'vitest';
import {
  DARK_BACKGROUND,
  DARK_TEXT,
  INKS,
  LIGHT_BACKGROUND,
  LIGHT_TEXT,
  lookOf,
  SERIES_COLOURS,
} from '../../sim/report/palette.ts';

type Triple = readonly [number, number, number];

/** Linear light, from #rrggbb (IEC 61966-2-1). */
const linear = (hex: string): Triple => {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return [r!, g!, b!];
};

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [dark, light] = [one, other]
    .map((hex) => {
      const [r, g, b] = linear(hex);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear light. */
const SIGHT: Readonly<Record<string, readonly Triple[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Oklab (Ottosson 2020): distances in it are about as large as they look. */
function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function seen(hex: string, rows: readonly Triple[]): Triple {
  const light = linear(hex);
  const [r, g, b] = rows.map((row) =>
    Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2])),
  );
  return oklab([r!, g!, b!]);
}

const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe('the palette', () => {
  it.each(SERIES_COLOURS)('%s has a contrast of 3 : 1 on both backgrounds', (colour) => {
    expect(contrast(colour, LIGHT_BACKGROUND)).toBeGreaterThan(3);
    expect(contrast(colour, DARK_BACKGROUND)).toBeGreaterThan(3);
  });

  it.each(SERIES_COLOURS.map((colour, i) => [INKS[i]!, colour] as const))(
    'has text %s on %s of 4.5 : 1',
    (ink, colour) => {
      expect(contrast(ink, colour)).toBeGreaterThan(4.5);
    },
  );

  it('has text of 7 : 1', () => {
    expect(contrast(LIGHT_TEXT, LIGHT_BACKGROUND)).toBeGreaterThan(7);
    expect(contrast(DARK_TEXT, DARK_BACKGROUND)).toBeGreaterThan(7);
  });

  it.each(Object.entries(SIGHT))('keeps its colours apart for %s', (_, rows) => {
    const colours = SERIES_COLOURS.map((colour) => seen(colour, rows));
    const least = Math.min(...colours.flatMap((a, i) => colours.slice(i + 1).map((b) => distance(a, b))));
    // Blue and orange of the Okabe–Ito palette are 0.3 apart; below 0.05 neighbours look alike.
    expect(least).toBeGreaterThan(0.08);
  });

  it('tells 36 lines apart by colour and dash', () => {
    const looks = Array.from({ length: 36 }, (_, i) => JSON.stringify(lookOf(i)));
    expect(new Set(looks).size).toBe(36);
  });
});
