/** A picture as a page has it; its kind, and how it is drawn, are in `picture-kind.ts`. */

export interface Table {
  readonly head: readonly string[];
  /** The first cell names the row. Numbers are shown with four digits. */
  readonly rows: readonly (readonly (string | number)[])[];
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
