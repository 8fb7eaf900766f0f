/** Recordings of a real control plane: stepped ones, one case per file, and the API's tables, one case per row. */
import { type ApiCase, ApiCases, type ApiVerdict, playDefault } from '../../support/api-cases.ts';
import { NotPlayable, play } from '../controlplane/player.ts';
import type { Recording } from '../controlplane/recording.ts';
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';

const NO_RECORDING: ReadonlySet<string> = new Set(['index.json', 'perf.json']);

interface Table {
  readonly id: string;
  readonly group?: string;
  readonly cases: readonly unknown[];
}

type DefaultCase = Parameters<typeof playDefault>[0];

function* verdicts(file: GoldenFile): Iterable<CaseResult> {
  const content = file.read() as Recording & Table;
  const { id } = content;
  const category = content.group ?? id;
  if (id.startsWith('api-errors')) yield* rows(content, category, apiErrors(content));
  else if (id.startsWith('api-defaults'))
    yield* rows(content, category, (content.cases as readonly DefaultCase[]).map(playDefault));
  else yield { id, category, ...verdict(content) };
}

/** In the order sent: some requests depend on those before. */
function apiErrors({ cases }: Table): readonly ApiVerdict[] {
  const server = new ApiCases();
  return (cases as readonly ApiCase[]).map((wanted) => server.play(wanted));
}

function* rows({ id }: Table, category: string, found: readonly ApiVerdict[]): Iterable<CaseResult> {
  for (const row of found) yield { ...row, id: `${id}/${row.id}`, category };
}

function verdict(recording: Recording): Pick<CaseResult, 'passed' | 'difference'> {
  try {
    if (recording.steps === undefined) throw new NotPlayable('a table that is not read yet');
    const difference = play(recording);
    return difference === undefined ? { passed: true } : { passed: false, difference };
  } catch (error) {
    return { passed: false, difference: error instanceof NotPlayable ? error.message : String(error) };
  }
}

export const suite: ConformanceSuite = {
  name: 'controlplane',
  *run(files) {
    for (const file of files)
      if (file.path.endsWith('.json') && !NO_RECORDING.has(file.path)) yield* verdicts(file);
  },
};
