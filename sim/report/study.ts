/** What a report is about: what was compared, what can be said of it, and the runs whose files the pictures are drawn from. */
import type { Purpose, RunFiles } from './results.ts';

/** A mean over seeds. */
export interface Mean {
  readonly count: number;
  /** NaN if there is no value. */
  readonly mean: number;
  /** Half the width of the 95 % interval; undefined with too few seeds. */
  readonly halfWidth: number | undefined;
}

export interface ComparedCell {
  readonly label: string;
  /** One value per seed. */
  readonly values: readonly number[];
  readonly estimate: Mean;
  /** From the first cell, paired by seed; absent for the first itself. */
  readonly difference: (Mean & { readonly significant: boolean }) | undefined;
}

export interface ComparedMetric {
  readonly metric: string;
  /** A unit of summary.csv. */
  readonly unit: string;
  readonly meaning: string;
  readonly better: 'lower' | 'higher' | undefined;
  readonly cells: readonly ComparedCell[];
}

/** How a run, or a comparison, is made again. */
export interface Replay {
  readonly what: string;
  readonly command: string;
  readonly eventDigest?: string | undefined;
}

export interface Study extends Purpose {
  readonly title: string;
  /** Sentences, the most telling first. */
  readonly verdict: readonly string[];
  /** How sure that is, and what is missing. */
  readonly notes: readonly string[];
  /** Metrics that are good or bad and not the same everywhere: each gets a picture. */
  readonly telling: readonly ComparedMetric[];
  /** All that are not zero everywhere. */
  readonly metrics: readonly ComparedMetric[];
  /** One per cell, with files; labelled as the cells. */
  readonly runs: readonly RunFiles[];
  /** Why there are no runs with files, or fewer than were made; a sentence. */
  readonly runsNote: string | undefined;
  readonly replays: readonly Replay[];
  readonly version: string;
  /** The file that metrics come from. */
  readonly source: string;
  /** A value in its unit; differences of ratios in percentage points. */
  readonly format: (value: number, unit: string, difference?: boolean) => string;
}
