/** The verdict of a conformance run as text. */
import type { JudgedFailure, SuiteVerdict, Verdict } from './verdict.ts';

const MAX_DIFFERENCE = 300;

/** Ends with the line `N passed, M failed`. */
export function textReport(verdict: Verdict): string {
  const suites = verdict.suites.map(suiteReport);
  return `${[...suites, `${verdict.passed} passed, ${verdict.failed} failed`].join('\n')}\n`;
}

function suiteReport(suite: SuiteVerdict): string {
  const rows = suite.categories.map(({ name, passed, failed }) => [name, `${passed}`, `${failed}`]);
  const total = ['total', `${suite.passed}`, `${suite.failed}`];
  const unlisted = suite.failures.filter(({ cause }) => cause === null);
  return [
    suite.name,
    ...(rows.length === 0 ? ['  no recorded cases'] : table([['', 'passed', 'failed'], ...rows, total])),
    ...notApplicableReport(suite),
    ...knownReport(suite.failures),
    ...section('NOT LISTED AS KNOWN FAILURES', unlisted.map(failureLine)),
    ...section(
      'LISTED AS KNOWN FAILURES BUT PASSED (remove them from the list)',
      suite.unexpectedPasses.map(({ id, cause }) => `${id} (${cause})`),
    ),
    '',
  ].join('\n');
}

/** Grouped by reason; its first line says why for these cases, further lines state the rule, once. */
function notApplicableReport({ notApplicable = [] }: SuiteVerdict): string[] {
  const reasons = [...new Set(notApplicable.map(({ why }) => why.split('\n', 1)[0]!))];
  const rules = [...new Set(notApplicable.flatMap(({ why }) => why.split('\n').slice(1)))];
  const lines = reasons.map((reason) => {
    const ids = notApplicable.filter(({ why }) => why.split('\n', 1)[0] === reason).map(({ id }) => id);
    return `${reason}: ${ids.join(', ')}`;
  });
  return section(`not applicable, not counted (${notApplicable.length})`, [...lines, ...rules]);
}

function knownReport(failures: readonly JudgedFailure[]): string[] {
  const causes = [...new Set(failures.map(({ cause }) => cause))];
  return causes.flatMap((cause) => {
    if (cause === null) return [];
    const known = failures.filter((failure) => failure.cause === cause);
    return section(`known: ${cause} (${known.length})`, known.map(failureLine));
  });
}

function failureLine({ id, difference }: JudgedFailure): string {
  const line = difference.replaceAll(/\s+/g, ' ');
  return `${id}: ${line.length > MAX_DIFFERENCE ? `${line.slice(0, MAX_DIFFERENCE)}…` : line}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${cells.join('  ')}`;
  });
}
