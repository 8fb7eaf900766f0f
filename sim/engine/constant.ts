/** Constants of the model: what each is worth, and on whose word. A room keeps its own in one table. */
import { type Duration, microseconds } from './time.ts';

/** A length of time in µs. */
export interface TimeConstant {
  readonly valueUs: number;
  readonly standing: 'measured' | 'documented' | 'assumed';
  /** Where the value is from, or why it was assumed. */
  readonly origin: string;
}

/** The values of a table, under the same names. Throws RangeError for one that is no duration. */
export function durationsOf<K extends string>(
  table: Readonly<Record<K, TimeConstant>>,
): Readonly<Record<K, Duration>> {
  const rows: readonly [string, TimeConstant][] = Object.entries(table);
  const values = rows.map(([name, { valueUs }]) => [name, microseconds(valueUs)]);
  return Object.fromEntries(values) as Record<K, Duration>;
}
