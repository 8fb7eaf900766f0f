/** A recorder listens to observations and writes rows; it never talks back to the model (law 7). */
import type { SimTime } from '../engine/index.ts';
import type { Unit } from './schema.ts';

export interface SummaryRow {
  readonly metric: string;
  /** Undefined if there was no observation. */
  readonly value: number | undefined;
  readonly unit: Unit;
  readonly meaning: string;
}

export interface Recorder {
  /** Called at every sample instant and once at the end. */
  sample?(now: SimTime): void;
  /** Called once, after the last sample. */
  finish?(now: SimTime): void;
  summary?(now: SimTime): readonly SummaryRow[];
}

export const row = (metric: string, value: number | undefined, unit: Unit, meaning: string): SummaryRow => ({
  metric,
  value: value === undefined || Number.isNaN(value) ? undefined : value,
  unit,
  meaning,
});
