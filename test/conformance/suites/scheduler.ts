/** kube-scheduler of Kubernetes v1.36.3: every recorded verdict, score, victim, binding sequence and table. */
import type { Pod } from '../../../sim/api/index.ts';
import {
  type GoldenObjects,
  type GoldenProfile,
  loadCluster,
} from '../../support/scheduler/golden-cluster.ts';
import { sequenceDifference } from '../../support/scheduler/golden-sequence.ts';
import { tableCases } from '../../support/scheduler/golden-tables.ts';
import { evaluationView, preemptionView } from '../../support/scheduler/golden-view.ts';
import { firstDifference } from '../difference.ts';
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';

type Json = Readonly<Record<string, unknown>>;

interface GoldenCase {
  readonly id: string;
  readonly profile: GoldenProfile;
  readonly cluster: GoldenObjects;
  readonly pod: Pod;
  readonly expected: Json & { readonly preemption?: Json };
}

/** File name without ending → the difference of one of its lines, if any. */
const CASES: ReadonlyMap<string, (line: unknown) => string | undefined> = new Map([
  ['filter-score', (line) => caseDifference(line as GoldenCase)],
  ['profiles', (line) => caseDifference(line as GoldenCase)],
  ['volumes', (line) => caseDifference(line as GoldenCase)],
  ['preemption', (line) => caseDifference(line as GoldenCase)],
  ['sequences', sequenceDifference],
]);

export const suite: ConformanceSuite = {
  name: 'scheduler',
  *run(files) {
    for (const file of files) {
      const name = file.path.replace(/\.jsonl?$/, '');
      if (file.path.endsWith('.jsonl')) yield* lineCases(name, file);
      else yield* tableCases(name, file.read());
    }
  },
};

function* lineCases(category: string, file: GoldenFile): Iterable<CaseResult> {
  const differenceOf = CASES.get(category);
  if (differenceOf === undefined) return;
  for (const line of file.read() as readonly { readonly id: string }[])
    yield verdict(`${category}/${line.id}`, category, () => differenceOf(line));
}

function verdict(id: string, category: string, differenceOf: () => string | undefined): CaseResult {
  let difference: string | undefined;
  try {
    difference = differenceOf();
  } catch (error) {
    difference = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  return difference === undefined
    ? { id, category, passed: true }
    : { id, category, passed: false, difference };
}

function caseDifference({ cluster, profile, pod, expected }: GoldenCase): string | undefined {
  const { framework } = loadCluster(cluster, profile);
  const { view, evaluation } = evaluationView(framework, pod);
  const { preemption, ...rest } = expected;
  const difference = firstDifference(comparable(rest), view);
  if (difference !== undefined || preemption === undefined) return difference;
  return preemptionDifference(preemption, preemptionView(framework, evaluation));
}

/** Reasons are sets; so are `skipFilter`, `skipScore` and names. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return [...value].sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, key === 'victims' ? field : comparable(field)]),
  );
}

function preemptionDifference(expected: Json, got: Json): string | undefined {
  const { postFilter: wanted, ...rest } = expected as { postFilter: Json };
  const { postFilter: found, ...view } = got as { postFilter: Json };
  const { nominatedNodeName: recorded, ...wantedStatus } = wanted as { nominatedNodeName?: string };
  const { nominatedNodeName: nominated, ...foundStatus } = found as { nominatedNodeName?: string };
  const difference =
    firstDifference(comparable(rest), view, 'preemption') ??
    firstDifference(comparable(wantedStatus), foundStatus, 'preemption.postFilter');
  if (difference !== undefined) return difference;
  const selected = (expected as { selected?: readonly string[] }).selected ?? [];
  const allowed = recorded === undefined || recorded === '' ? [recorded] : selected;
  return nominated === recorded || allowed.some((node) => node === nominated)
    ? undefined
    : `preemption.postFilter.nominatedNodeName: expected one of ${JSON.stringify(allowed)}, got ${nominated}`;
}
