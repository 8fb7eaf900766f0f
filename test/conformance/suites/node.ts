/** Suite `node`: tables of the kubelet, its managers and kubectl's printers, Kubernetes v1.36.3 (`golden/node`). */
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';
import { answers } from './node/answers.ts';
import { firstDifference, withoutNulls } from './node/compare.ts';

interface Row {
  readonly id: string;
  readonly kind?: string;
  readonly in: unknown;
  readonly out: unknown;
}

const NOT_MODELLED = 'not modelled yet';

function runRow(table: string, row: Row): CaseResult {
  const category = row.kind === undefined ? table : `${table}/${row.kind}`;
  const answer = answers.get(category);
  if (answer === undefined) return { id: row.id, category, passed: false, difference: NOT_MODELLED };
  let difference: string | undefined;
  try {
    difference = firstDifference(withoutNulls(row.out), withoutNulls(answer(withoutNulls(row.in))), '');
  } catch (error) {
    difference = `threw ${error instanceof Error ? error.message : String(error)}`;
  }
  return difference === undefined
    ? { id: row.id, category, passed: true }
    : { id: row.id, category, passed: false, difference };
}

function* runFile(file: GoldenFile): Iterable<CaseResult> {
  const table = file.path.slice(0, -'.jsonl'.length);
  for (const row of file.read() as readonly Row[]) yield runRow(table, row);
}

export const suite = {
  name: 'node',
  *run(files) {
    for (const file of files) if (file.path.endsWith('.jsonl')) yield* runFile(file);
  },
} satisfies ConformanceSuite;
