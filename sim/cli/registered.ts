/** Lists of what is registered under a name: policies, proxy modes. */
import { formatTable } from './table.ts';

interface Registered {
  readonly name: string;
  /** One sentence: the rule. */
  readonly meaning: string;
  readonly source: string;
}

/** On stdout; `heading` is the first column's. */
export function printRegistered(heading: string, entries: Iterable<Registered>, json: boolean): void {
  const rows = Array.from(entries, ({ name, meaning, source }) => ({ name, meaning, source }));
  const table = () => formatTable([heading, 'RULE', 'SOURCE'], rows.map(Object.values<string>));
  console.log(json ? JSON.stringify(rows, undefined, 2) : table());
}
