/**
 * `npm run bench -- [--only hold,store] [--json] [--quick] [--runs 7] [--workloads DIR] [--out results/bench]`: every file here
 * that exports `run` is a bench. Each runs in this process after the other; for figures to quote, run one at a time on a quiet
 * machine. `--out` writes NAME.json and NAME.md.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchReport, machine, tableOf } from './report.ts';
import type { BenchOptions, BenchResult } from './row.ts';

interface BenchModule {
  readonly run: (options: BenchOptions) => BenchResult;
  /** How to read the figures. */
  readonly note?: string;
}

const LOOP_PARTS = ['own-process.ts', 'bare-nodes.ts', 'bare-scan.ts', 'floor-run.ts', 'floor-pods.ts'];
const PARTS = new Set(['main.ts', 'row.ts', 'report.ts', 'built.ts', ...LOOP_PARTS]);
const folder = fileURLToPath(new URL('./', import.meta.url));
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !PARTS.has(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    runs: { type: 'string' },
    workloads: { type: 'string' },
    out: { type: 'string' },
  },
});
const wanted = values.only?.split(',') ?? all;
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no bench ${unknown.join(', ')}; there are ${all.join(', ')}\n`);
  process.exit(2);
}

const options: BenchOptions = {
  ...(values.quick ? { quick: true } : {}),
  ...(values.runs === undefined ? {} : { runs: Number(values.runs) }),
  ...(values.workloads === undefined ? {} : { workloads: values.workloads }),
};
const results: Record<string, unknown> = {};
for (const name of wanted) {
  const { run, note }: BenchModule = await import(`./${name}.ts`);
  const rows = run(options);
  results[name] = rows;
  if (!values.json) process.stdout.write(`\n${name}\n${tableOf(rows)}\n`);
  if (values.out !== undefined) writeReport(values.out, name, rows, note);
}
if (values.json) process.stdout.write(`${JSON.stringify({ machine: machine(), results }, null, 2)}\n`);

function writeReport(out: string, name: string, rows: BenchResult, note: string | undefined): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, `${name}.json`),
    `${JSON.stringify({ machine: machine(), note, rows }, null, 2)}\n`,
  );
  writeFileSync(join(out, `${name}.md`), benchReport(name, rows, note));
}
