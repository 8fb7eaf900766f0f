/**
 * Colours and dashes. Six colours with a contrast of at least 3 : 1 on white and on the dark background, as far apart as that
 * allows for normal sight, protanopia, deuteranopia and tritanopia (found by search; checked in test/report). No picture
 * depends on colour alone: lines differ in dashes, parts in their order or shape.
 */
export const SERIES_COLOURS = ['#4477aa', '#dd0077', '#22aa00', '#776600', '#aa77ff', '#8811ff'] as const;
/** Of text upon them. */
export const INKS = ['#ffffff', '#ffffff', '#000000', '#ffffff', '#000000', '#ffffff'] as const;
export const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '14 4', '4 2 1 2'] as const;
export const LIGHT_BACKGROUND = '#ffffff';
export const DARK_BACKGROUND = '#14171c';
export const LIGHT_TEXT = '#1f2328';
export const DARK_TEXT = '#e6e8eb';

export interface Look {
  readonly colour: string;
  readonly dash: string;
}

/** Of the series at this index: after six, colours come again with other dashes. */
export function lookOf(index: number): Look {
  const turn = Math.floor(index / SERIES_COLOURS.length);
  return {
    colour: SERIES_COLOURS[index % SERIES_COLOURS.length]!,
    dash: DASHES[(index + turn) % DASHES.length]!,
  };
}
