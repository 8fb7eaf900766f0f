/** A mistake in a user's file: where it is, what was found, what was expected, what to do. Manifests and scenarios share it. */

export interface Position {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly found?: string | undefined;
  readonly expected?: string | undefined;
  readonly hint?: string | undefined;
}

/** Characters of what was found that are shown: enough to know it again. */
const MOST_FOUND = 120;

/** `file:line:column: error: message` and, indented below, what else is known. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message } = diagnostic;
  const text = [`${file}:${line}:${column}: ${severity}: ${message}`];
  for (const part of ['found', 'expected', 'hint'] as const) {
    const value = diagnostic[part];
    if (value !== undefined) text.push(`    ${part}: ${part === 'found' ? shortened(value) : value}`);
  }
  return text.join('\n');
}

const shortened = (text: string): string =>
  text.length > MOST_FOUND ? `${text.slice(0, MOST_FOUND)}… (${text.length} characters)` : text;

/** By file, line and column; equal positions keep their order. */
export const sortDiagnostics = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  [...diagnostics].sort((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );

/** The known word a misspelt one was probably meant to be; undefined if none is close. */
export function closestWord(word: string, known: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The hint that names the word probably meant; undefined if none is close. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const meant = closestWord(word, known);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
