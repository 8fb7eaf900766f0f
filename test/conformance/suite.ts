/** The contract of a conformance suite: recorded ground truth in, one verdict per case out. */

/** A file of recorded truth; `.json`, `.jsonl`, either may be gzipped. */
export interface GoldenFile {
  /** Path relative to the suite's folder, without a `.gz` ending, with `/` separators. */
  readonly path: string;
  /** Where the file lies on disk, for suites that need something beside the golden directory. */
  readonly location?: string;
  /** Parsed content: the JSON value, or the array of a `.jsonl` file's lines. */
  readonly read: () => unknown;
  /** The text, unzipped, for formats other than JSON. */
  readonly text: () => string;
}

export interface CaseResult {
  /** Unique within the suite, stable between runs, e.g. `filter-score/fs-0012` or `roll-10-s2-u100p-b2`. */
  readonly id: string;
  /** What the counts are grouped by in the report. */
  readonly category: string;
  readonly passed: boolean;
  /** For a failure: the first difference, one line: what, expected, got. */
  readonly difference?: string;
  /** Not run and not counted, whatever `passed` says: why, and by which rule. */
  readonly notApplicable?: string;
}

export interface ConformanceSuite {
  /** Folder name under the golden directory. */
  readonly name: string;
  /** True if the suite takes more than about 20 s. */
  readonly slow?: boolean;
  /** Runs every case found in `files`; tolerates absent files; never throws for a failing case. */
  run(files: readonly GoldenFile[]): Iterable<CaseResult> | AsyncIterable<CaseResult>;
}
