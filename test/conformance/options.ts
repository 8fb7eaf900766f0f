/** The command line of the conformance runner. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Undefined: the project's own golden directory. */
  readonly golden: string | undefined;
  /** Empty: all suites. */
  readonly suites: readonly string[];
  readonly strict: boolean;
  readonly json: boolean;
  /** File for the counts of each suite and category. */
  readonly counts: string | undefined;
  readonly fast: boolean;
  readonly help: boolean;
}

/** A mistake on the command line: message for the user, exit code 2. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run conformance -- [options]

Runs the recorded ground truth found in a golden directory (a folder per suite) against the model.

  --golden DIR   directory with the recordings (default: test/golden)
  --suite NAME   run only this suite; may be repeated or hold a comma-separated list
  --fast         leave out suites marked slow
  --strict       fail on any failing case, known or not
  --json         print one JSON document instead of text
  --counts FILE  write the counts of each suite and category as JSON (results/reference/conformance.json)
  --help         print this

Exit code 0: as expected; 1: a case failed that is not listed in known-failures.yaml, or a listed one passed
(with --strict: any case failed); 2: mistake on the command line.
`;

export function parseOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        golden: { type: 'string' },
        suite: { type: 'string', multiple: true, default: [] },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        counts: { type: 'string' },
        fast: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { golden, suite, counts, ...flags } = values;
    const suites = suite.flatMap((names) => names.split(',')).filter((name) => name !== '');
    return { golden, counts, suites: [...new Set(suites)], ...flags };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The wanted suites among those there are, in the latter's order. Throws UsageError for an unknown name. */
export function selectSuites(wanted: readonly string[], available: readonly string[]): string[] {
  for (const name of wanted) {
    if (available.includes(name)) continue;
    const closest = closestName(name, available);
    const hint = closest === undefined ? '' : ` Did you mean '${closest}'?`;
    throw new UsageError(`unknown suite '${name}'.${hint} Suites: ${available.join(', ')}`);
  }
  return wanted.length === 0 ? [...available] : available.filter((name) => wanted.includes(name));
}

/** The name that takes fewest edits to reach, if that is not most of it. */
function closestName(name: string, available: readonly string[]): string | undefined {
  let closest: string | undefined;
  let fewest = Math.max(2, Math.ceil(name.length / 2)) + 1;
  for (const candidate of available) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [closest, fewest] = [candidate, edits];
  }
  return closest;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
