/**
 * GPU sharing as in Weng et al., "Beware of Fragmentation", USENIX ATC'23 (golden/fgd/fgd.md): unit states, placements pod by pod,
 * published curves. Needs `traces/openb` beside the golden directory for the nodes; says so where it is not there.
 */
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';
import { experimentCases, PROFILES, type RecordedSet, readCurves, readSet } from './fgd/experiments.ts';
import { type OpenbPod, OpenbTraces, originalPods, readPods } from './fgd/openb.ts';
import { randomCases } from './fgd/random-mean.ts';
import { unitCases } from './fgd/units.ts';

export const suite = {
  name: 'fgd',
  slow: true,
  *run(files) {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const traces = new OpenbTraces(files);
    const units = files.filter(({ path }) => /^fgd_units[^/]*\.json$/.test(path));
    for (const file of units)
      yield* unitCases(file, (workload) => traces.pods(workload) ?? recordedPods(files, workload));
    yield* placementCases(files, byPath, traces);
  },
} satisfies ConformanceSuite;

/** The list of a workload, from a recorded sequence of it. */
function recordedPods(files: readonly GoldenFile[], workload: string): readonly OpenbPod[] | undefined {
  const file = files.find(({ path }) => new RegExp(`(^|/)${workload}_s[^/]+_pods\\.csv$`).test(path));
  return file === undefined ? undefined : originalPods(readPods(file.text()));
}

function* placementCases(
  files: readonly GoldenFile[],
  byPath: ReadonlyMap<string, GoldenFile>,
  traces: OpenbTraces,
): Iterable<CaseResult> {
  const curves = readCurves(byPath.get('fgd_expected.csv')?.text() ?? '');
  const sets: RecordedSet[] = [];
  for (const file of files) {
    if (!file.path.endsWith('_pods.csv')) continue;
    const stem = file.path.slice(0, -'_pods.csv'.length);
    const set = readSet(file, byPath, traces);
    if (typeof set !== 'string') sets.push(set);
    for (const policy of PROFILES.keys()) {
      const recorded = byPath.get(`${stem}_${policy}.csv`);
      if (recorded === undefined) continue;
      const summary = byPath.get(`${stem.slice(0, stem.lastIndexOf('/') + 1)}summary.csv`);
      if (typeof set !== 'string') yield* experimentCases(set, policy, recorded, summary, curves);
      else
        yield {
          id: `placements/${stem}/${policy}`,
          category: 'placements',
          passed: false,
          notApplicable: set,
        };
    }
  }
  yield* randomCases(sets, curves);
}
