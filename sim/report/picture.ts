/** What a picture is: a question, the file that answers it, and a drawing with the figures behind it. */
import type { PlotOptions } from '@observablehq/plot';
import type { CsvName } from '../metrics/index.ts';
import type { RunFiles } from './results.ts';

export interface Table {
  readonly head: readonly string[];
  /** The first cell names the row. Numbers are shown with four digits. */
  readonly rows: readonly (readonly (string | number)[])[];
}

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

export const SECTIONS = ['Metrics', 'Services', 'Over time', 'Pods', 'Nodes'] as const;
export type Section = (typeof SECTIONS)[number];

/** Ready for the page. */
export interface Picture {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly section: Section;
  readonly svg: string;
  readonly description: readonly string[];
  readonly notes: readonly string[];
  readonly table: Table;
  /** Where the figures come from. */
  readonly source: string;
}

export interface MissingPicture {
  readonly title: string;
  readonly because: string;
}
