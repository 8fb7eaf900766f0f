/** `kubedes bench`: what runs cost on the user's own machine, each in a fresh process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, sum } from 'simple-statistics';
import type { CommandModule } from 'yargs';
import { UsageError } from '../experiment/errors.ts';
import { loadRuns } from '../library/load-runs.ts';
import { benchScenario } from './bench-scenario.ts';
import { EXIT } from './exit.ts';
import { freshRun } from './fresh-run.ts';
import { onInterrupt } from './interrupt.ts';
import { machine } from './machine.ts';
import { formatTable } from './table.ts';

interface BenchArguments {
  scenarios?: string[] | undefined;
  runs: number;
  nodes: number;
  pods: number;
  json: boolean;
}

/** Times and sizes: medians, with the extremes of CPU time. */
interface BenchRow {
  readonly scenario: string;
  readonly runs: number;
  readonly cpuS: number;
  readonly cpuMinS: number;
  readonly cpuMaxS: number;
  readonly wallS: number;
  readonly rssMb: number;
  readonly events: number;
  /** Of each variant. */
  readonly eventDigests: readonly string[];
  /** False: the runs gave different bytes, which must never be. */
  readonly same: boolean;
}

export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench [scenarios..]',
  describe: 'Measure runs on this machine: CPU time, memory, events per second',
  builder: (yargs) =>
    yargs
      .positional('scenarios', {
        type: 'string',
        array: true,
        describe: 'Scenario files; absent: a built-in batch workload',
      })
      .option('runs', { type: 'number', default: 3, describe: 'Runs of each, in fresh processes' })
      .option('nodes', { type: 'number', default: 1000, describe: 'Nodes of the built-in workload' })
      .option('pods', { type: 'number', default: 100_000, describe: 'Pods of the built-in workload' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 bench', '1,000 nodes of 16 cores at 60 % load, 100,000 pods')
      .example('$0 bench scenarios/quick-start.yaml --runs 5', 'a scenario of your own'),
  handler: bench,
};

function bench({ scenarios = [], runs, nodes, pods, json }: BenchArguments): void {
  for (const [name, value] of Object.entries({ runs, nodes, pods }))
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`--${name} ${value}: expected a whole number from 1 on`);
  for (const scenario of scenarios) loadRuns([scenario], {});
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-bench-'));
  // Ctrl-C ends the run under way, which says so; this process has only to live on. A SIGTERM may come to it alone, and ends it.
  const interrupt = onInterrupt(['SIGINT']);
  try {
    const builtIn = join(folder, 'batch.yaml');
    writeFileSync(builtIn, benchScenario(nodes, pods));
    const rows = (scenarios.length > 0 ? scenarios : [builtIn]).map((file) => measure(file, runs));
    if (json) console.log(JSON.stringify({ machine: machine(), rows }, undefined, 2));
    else print(rows);
    if (rows.some(({ same }) => !same)) process.exitCode = EXIT.failed;
  } finally {
    interrupt.done();
    rmSync(folder, { recursive: true });
  }
}

function measure(file: string, count: number): BenchRow {
  const program = [...process.execArgv, process.argv[1] ?? ''];
  const runs = Array.from({ length: count }, () => freshRun(program, file));
  const digests = runs.map(({ results }) => results.map(({ manifest }) => manifest.eventDigest));
  const cpu = runs.map(({ cpuS }) => cpuS);
  const first = runs[0]?.results ?? [];
  return {
    scenario: first[0]?.manifest.scenario ?? file,
    runs: count,
    cpuS: median(cpu),
    cpuMinS: Math.min(...cpu),
    cpuMaxS: Math.max(...cpu),
    wallS: median(runs.map(({ wallS }) => wallS)),
    rssMb: median(runs.map(({ rssMb }) => rssMb)),
    events: sum(first.map(({ manifest }) => manifest.events)),
    eventDigests: digests[0] ?? [],
    same: new Set(digests.map((list) => list.join())).size === 1,
  };
}

function print(rows: readonly BenchRow[]): void {
  const { cpu, cpus, memoryGb, node, kubedes } = machine();
  console.log(`${cpu}, ${cpus} CPUs, ${memoryGb} GB; Node ${node}; kubedes ${kubedes}\n`);
  console.log(
    formatTable(
      ['SCENARIO', 'RUNS', 'CPU', 'MIN', 'MAX', 'WALL', 'MEMORY', 'EVENTS', 'EVENTS/CPU s', 'BYTES'],
      rows.map(({ scenario, runs, cpuS, cpuMinS, cpuMaxS, wallS, rssMb, events, same }) => [
        scenario,
        String(runs),
        ...[cpuS, cpuMinS, cpuMaxS, wallS].map((value) => `${value.toFixed(2)} s`),
        `${Math.round(rssMb)} MB`,
        ...[events, Math.round(events / cpuS)].map((value) => value.toLocaleString('en-US')),
        same ? 'same' : 'DIFFERENT',
      ]),
      ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
    ),
  );
}
