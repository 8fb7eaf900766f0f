/**
 * What a kind of picture is: a question, the file that answers it, and a drawing with the figures behind it. Apart from what the
 * library gives, whose users need not have the types of the drawing library.
 */
import type { PlotOptions } from '@observablehq/plot';
import type { CsvName } from '../metrics/index.ts';
import type { Section, Table } from './picture.ts';
import type { RunFiles } from './results.ts';

/** How a series or part is told in the legend. */
export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly shape: 'line' | 'box' | 'dot' | 'outline' | 'thin' | 'heat';
  readonly dash?: string | undefined;
  /** Of a dot; a circle by default. */
  readonly symbol?: 'circle' | 'square' | 'triangle' | 'diamond' | undefined;
  readonly opacity?: number | undefined;
}

export interface Drawing {
  /** Side by side, each as wide as its options say. */
  readonly plots: readonly PlotOptions[];
  readonly legend?: readonly LegendEntry[] | undefined;
  /** What is seen, in figures, for those who cannot see it; a line per run. */
  readonly description: readonly string[];
  /** By which rule something was thinned, sampled or left out. */
  readonly notes?: readonly string[] | undefined;
  readonly table: Table;
}

/** Why there is nothing to draw: a sentence that goes on from the name of the picture. */
export interface LeftOut {
  readonly because: string;
}

export interface PictureKind {
  /** Anchor and file name. */
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly section: Section;
  readonly file: CsvName;
  readonly columns: readonly string[];
  /** At most so many runs; the first ones are drawn. */
  readonly mostRuns: number;
  /** `runs` have the file with the columns and a row at least. */
  readonly draw: (runs: readonly RunFiles[]) => Drawing | LeftOut;
}
