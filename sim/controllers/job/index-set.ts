/**
 * A set of completion indexes as the Job API writes it: `0,2-4,7`. Kubernetes v1.36.3, pkg/controller/job/indexed_job_utils.go
 * (orderedIntervals): two neighbours are written `0,1`, three or more `0-2`.
 */

/** First and last index, inclusive. */
type Interval = readonly [number, number];

export class IndexSet {
  static readonly EMPTY = new IndexSet([]);
  /** Ascending, neither overlapping nor touching. */
  readonly #intervals: readonly Interval[];
  readonly total: number;

  private constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
    this.total = intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** Reads the API's text; indexes of `completions` or more are dropped, malformed text is empty. */
  static parse(text: string | undefined, completions: number): IndexSet {
    if (text === undefined || text === '') return IndexSet.EMPTY;
    const indexes: Interval[] = [];
    for (const part of text.split(',')) {
      const [first, last = first] = part.split('-').map(Number);
      if (first === undefined || last === undefined || !Number.isInteger(first) || !Number.isInteger(last))
        continue;
      if (first < completions) indexes.push([first, Math.min(last, completions - 1)]);
    }
    return new IndexSet(merge(indexes));
  }

  static of(indexes: Iterable<number>): IndexSet {
    return new IndexSet(merge(Array.from(indexes, (index): Interval => [index, index])));
  }

  has(index: number): boolean {
    let low = 0;
    let high = this.#intervals.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.#intervals[middle]!;
      if (index < first) high = middle - 1;
      else if (index > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  with(indexes: Iterable<number>): IndexSet {
    const added = Array.from(indexes, (index): Interval => [index, index]);
    return added.length === 0 ? this : new IndexSet(merge([...this.#intervals, ...added]));
  }

  *values(): Iterable<number> {
    for (const [first, last] of this.#intervals) for (let index = first; index <= last; index++) yield index;
  }

  /** How many of this set are in `other`. */
  countIn(other: IndexSet): number {
    let count = 0;
    for (const index of this.values()) if (other.has(index)) count++;
    return count;
  }

  toString(): string {
    return this.#intervals
      .map(([first, last]) => {
        if (first === last) return String(first);
        return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
      })
      .join();
  }
}

function merge(intervals: readonly Interval[]): readonly Interval[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...intervals].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
