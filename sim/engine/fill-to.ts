/**
 * Makes room for an element at `length` in a column by slot: missing ones before it get `filler`. JavaScript engines read an array
 * that ever had a hole more slowly from then on. O(1) amortised.
 */
export function fillTo<T>(column: T[], length: number, filler: T): void {
  while (column.length < length) column.push(filler);
}
