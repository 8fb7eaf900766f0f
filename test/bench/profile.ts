/** Where the time of whole runs goes, by room of the house: `kubedes run --profile` on the quick start and the large scenario. */
import { join } from 'node:path';
import { freshRun } from '../../sim/cli/fresh-run.ts';
import { PROJECT } from '../support/cli.ts';
import { builtCommand } from './built.ts';
import type { BenchOptions, RunRow } from './row.ts';

/** Scenario and what is set for it: a size that takes less than a minute. */
const RUNS = [
  { scenario: 'quick-start', settings: [] },
  {
    scenario: 'scale-5000',
    settings: [
      'cluster.nodes.0.count=1000',
      'manifests.0.count=300',
      'timeline.0.repeat.count=150',
      'timeline.0.repeat.every=20s',
    ],
  },
] as const;

export function run({ quick = false }: BenchOptions = {}): RunRow[] {
  return RUNS.slice(0, quick ? 1 : undefined).flatMap(({ scenario, settings }) => {
    const options = ['--profile', ...settings.flatMap((each) => ['--set', each])];
    const { results } = freshRun(builtCommand(), join(PROJECT, `scenarios/${scenario}.yaml`), options);
    return (results[0]?.profile ?? [])
      .filter(({ percent }) => percent >= 0.5)
      .map(({ room, percent, hottest, hottestPercent }) => ({
        workload: scenario,
        room,
        percent,
        hottest,
        hottestPercent,
      }));
  });
}
