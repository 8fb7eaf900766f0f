/** The summaries of the runs side by side, and where their files lie. */
import { formatValue } from '../experiment/figures.ts';
import type { RunResult } from '../experiment/run.ts';
import { waitingNotes } from '../experiment/waiting-notes.ts';
import type { SummaryRow } from '../metrics/index.ts';
import { onStderr, onStdout } from './colours.ts';
import { formatTable } from './table.ts';

/** A metric that is zero or absent in every run says nothing and is left to summary.csv. */
export function printSummaries(results: readonly RunResult[]): void {
  for (const scenario of new Set(results.map((result) => result.manifest.scenario)))
    printSummary(
      scenario,
      results.filter((result) => result.manifest.scenario === scenario),
    );
}

function printSummary(scenario: string, runs: readonly RunResult[]): void {
  const first = runs[0];
  if (first === undefined) return;
  const rows = first.summary
    .map(({ metric, unit }) => ({ metric, unit, values: runs.map((run) => metricOf(run, metric)) }))
    .filter(({ values }) => values.some((value) => value !== undefined && value !== 0));
  const head = ['', ...runs.map((run) => run.manifest.variant ?? `seed ${run.manifest.seed}`)];
  console.log(onStdout.bold(`${scenario}: ${runs.length === 1 ? '1 run' : `${runs.length} runs`}`));
  console.log(
    formatTable(
      head,
      rows.map(({ metric, unit, values }) => [metric, ...values.map((value) => formatValue(value, unit))]),
      ['left', ...runs.map(() => 'right' as const)],
    ),
  );
  for (const note of waitingNotes(runs.map(({ summary }) => ({ metrics: summary }))))
    console.log(onStdout.yellow(note));
  const leftOut = [...new Set(runs.flatMap(({ withoutMetrics }) => withoutMetrics))].join(', ');
  if (leftOut !== '') console.log(onStdout.dim(`Left out by record.files, with their metrics: ${leftOut}`));
  for (const { manifest, directory } of runs) {
    const { simulatedSeconds, events, eventDigest, wall } = manifest;
    const speed = `${simulatedSeconds} s simulated in ${wall.seconds.toFixed(1)} s, ${events} events, digest ${eventDigest}`;
    console.log(`${directory ?? manifest.scenario}/  ${onStdout.dim(speed)}`);
  }
  for (const run of runs) {
    for (const { time, action, message } of run.cluster.refusedActions)
      console.error(`${onStderr.yellow('warning')}: at ${time / 1e6} s ${action} was refused: ${message}`);
  }
}

const metricOf = (run: RunResult, metric: string): number | undefined =>
  run.summary.find((row: SummaryRow) => row.metric === metric)?.value;
