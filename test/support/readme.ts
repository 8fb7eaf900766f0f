/** The parts of README.md that are made from code and results: `npm run docs:update` writes them, a test holds them to it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { annotations } from '../../sim/api/index.ts';
import { loadCommands } from '../../sim/cli/commands.ts';
import { policyTemplate } from '../../sim/cli/new.ts';
import type { SuiteCounts } from '../conformance/counts.ts';
import { goldenFiles } from '../conformance/golden.ts';
import type { Tally } from '../conformance/verdict.ts';
import { PROJECT } from './cli.ts';
import { deviations } from './deviations.ts';
import { agreementTable } from './scheduler/agreement.ts';

export const README = join(PROJECT, 'README.md');
export const readReadme = (): string => readFileSync(README, 'utf8');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

const COMMANDS = await loadCommands(undefined);

/** What the cases of a suite were recorded from. */
const RECORDED_FROM: Readonly<Record<string, string>> = {
  scheduler: 'kube-scheduler: filters, scores, volumes, preemption, binding sequences, queue, quantities',
  proxy: 'iptables and ipvs proxiers, userspace balancer: rules, calls, choices',
  etcd: 'etcd: sequences of requests, watches and leases; scenarios of several members',
  controlplane: 'API server and controllers, step by step',
  node: 'kubelet: phases, restarts, probes, eviction, resource managers; cells of kubectl',
  analytic: 'closed forms of queueing theory and reliability, within family-wise 99 %',
  fgd: 'placements of GPU-sharing policies, pod by pod, and published curves',
};

/** What rules answer that no run uses yet (`test/layout.test.ts` names their files): agreements of their own. */
const USED_BY_NO_RUN = {
  suite: 'node',
  categories: ['cgroup_values/convert', 'cgroup_values/podConfig', 'node_shutdown', 'qos_oom_score'],
  recordedFrom:
    'kubelet: CPU shares and quotas, OOM scores, order of shutdown; **no run uses these rules yet**',
} as const;

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
const GENERATED: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'what it does'],
      COMMANDS.map(({ command, describe }) => [`\`kubedes ${command}\``, String(describe)]),
    ),
  policy: () => `\`\`\`ts\n${policyTemplate('fewest-pods')}\`\`\``,
  annotations: () =>
    table(
      ['annotation', 'value', 'meaning'],
      Object.values(annotations).map(({ name, format, meaning }) => [`\`${name}\``, format, meaning]),
    ),
  conformance: () =>
    table(
      ['suite', 'recorded from', 'agreement'],
      counts()
        .filter(({ passed, failed }) => passed + failed > 0)
        .flatMap(agreementsOf),
    ),
  controlplane: () =>
    table(
      ['kind of sequence', 'agreement'],
      (counts().find(({ name }) => name === 'controlplane')?.categories ?? []).map((category) => [
        category.name,
        agreement(category),
      ]),
    ),
  agreement: () => agreementTable(goldenFiles(join(PROJECT, 'test/golden'), 'scheduler')),
  deviations: () =>
    table(
      ['where', 'difference'],
      deviations().map(({ file, text }) => [`[${file}](${file})`, text]),
    ),
};

/** Figures of the machine that was measured last: nothing to hold README to. */
interface SchedulerReport {
  readonly rows: readonly { readonly name: string; readonly extra: Readonly<Record<string, number>> }[];
}

const MEASURED: Readonly<Record<string, () => string>> = { speed: speedTable, scheduling: schedulingTable };

const CONFORMANCE = 'results/reference/conformance.json';
/** Of the last run of `npm run conformance -- --counts results/reference/conformance.json`. */
const counts = (): SuiteCounts[] => JSON.parse(read(CONFORMANCE)) as SuiteCounts[];

const agreement = ({ passed, failed }: Tally): string => `${count(passed)} of ${count(passed + failed)}`;

/** The rows of a suite: one, or one for what runs use and one for the rest. */
function agreementsOf({ name, categories, notApplicable, ...all }: SuiteCounts): string[][] {
  const row = (recordedFrom: string, tally: Tally): string[] => [
    `\`${name}\``,
    recordedFrom,
    `${agreement(tally)}${notApplicable > 0 ? ' that apply' : ''}`,
  ];
  const recordedFrom = RECORDED_FROM[name] ?? '';
  if (name !== USED_BY_NO_RUN.suite) return [row(recordedFrom, all)];
  const apart = USED_BY_NO_RUN.categories.map((wanted) => {
    const found = categories.find((category) => category.name === wanted);
    if (found === undefined) throw new Error(`${name} has no category ${wanted}`);
    return found;
  });
  const sum = (of: keyof Tally): number => apart.reduce((total, tally) => total + tally[of], 0);
  const unused = { passed: sum('passed'), failed: sum('failed') };
  const used = { passed: all.passed - unused.passed, failed: all.failed - unused.failed };
  return [row(recordedFrom, used), row(USED_BY_NO_RUN.recordedFrom, unused)];
}

interface BenchReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** The scheduling cycle beside the real scheduler's, where that was recorded (`golden/scheduler`, a machine of its own). */
function schedulingTable(): string {
  const { rows } = JSON.parse(read('results/bench/scheduler.json')) as SchedulerReport;
  const recorded = rows.filter(({ extra }) => extra['real'] !== undefined);
  const rate = (value: number | undefined): string => count(Math.round(value ?? 0));
  return table(
    ['workload', 'pods per CPU s', 'kube-scheduler', 'ratio'],
    recorded.map(({ name, extra }) => [
      name,
      rate(extra['podsPerCpuSecond']),
      rate(extra['real']),
      `${(extra['timesReal'] ?? 0).toFixed(0)}x`,
    ]),
  );
}

/** Whole runs, from the reports that `npm run bench -- --out results/bench` left. */
function speedTable(): string {
  const reports = ['peers', 'scale']
    .map((name) => `results/bench/${name}.json`)
    .filter((path) => existsSync(join(PROJECT, path)))
    .map((path) => JSON.parse(read(path)) as BenchReport);
  if (reports.length === 0) return 'No report has been kept yet.';
  const rows = reports.flatMap((report) => report.rows).filter((row) => row['cpuS'] !== undefined);
  const floors = new Map(floorRows().map((row) => [row['workload'], row['bareLoopMultiple']]));
  const { cpu, cpus, node, commit } = reports[0]!.machine;
  const figure = (value: string | number | undefined, digits: number): string =>
    typeof value === 'number' ? value.toFixed(digits) : '';
  const body = table(
    ['workload', 'events', 'CPU s', 'peak MB', 'bare loops', 'floor'],
    rows.map((row) => [
      String(row['workload']),
      count(Number(row['events'] ?? 0)),
      figure(row['cpuS'], 2),
      figure(row['rssMb'], 0),
      figure(row['bareLoopMultiple'], 1),
      figure(floors.get(row['workload']), 1),
    ]),
  );
  return `${body}\n\nOn ${cpu}, ${cpus} CPUs, Node ${node}, at ${commit}; medians.`;
}

/** What the same workloads cost before any Kubernetes is in them (test/bench/floor.ts). */
function floorRows(): BenchReport['rows'] {
  const { rows } = JSON.parse(read('results/bench/floor.json')) as BenchReport;
  return rows;
}

const count = (value: number): string => value.toLocaleString('en-US');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** What the code says today in its place; measured figures only with `measured`. */
export function withGenerated(readme: string, measured = false): string {
  let text = readme;
  for (const [name, make] of Object.entries({ ...GENERATED, ...(measured ? MEASURED : {}) })) {
    const block = new RegExp(`<!-- ${name} -->(.|\\n)*<!-- /${name} -->`);
    if (!block.test(text)) throw new Error(`README.md has no block ${name}`);
    text = text.replace(block, () => `<!-- ${name} -->\n${make()}\n<!-- /${name} -->`);
  }
  return text;
}

/** How README starts the command line. */
export const KUBEDES = 'npx kubedes ';

/** The commands of README's shell blocks, one per line. */
export const readmeCommands = (readme: string): string[] =>
  [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => (block ?? '').trim().split('\n'));
