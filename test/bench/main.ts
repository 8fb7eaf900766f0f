/**
 * `npm run bench -- [--only hold,store] [--json] [--quick] [--runs 7]`: every file here that exports `run` is a bench.
 * Each runs in this process after the other; for figures to quote, run one at a time on a quiet machine.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchOptions, BenchRow } from './row.ts';

interface BenchModule {
  readonly run: (options: BenchOptions) => readonly BenchRow[] | object;
}

const PARTS = new Set(['main.ts', 'row.ts']);
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
};
const results: Record<string, unknown> = {};
for (const name of wanted) {
  const { run }: BenchModule = await import(`./${name}.ts`);
  const result = run(options);
  results[name] = result;
  if (!values.json) print(name, result);
}
if (values.json) process.stdout.write(`${JSON.stringify({ node: process.version, results }, null, 2)}\n`);

function print(name: string, result: readonly BenchRow[] | object): void {
  process.stdout.write(`\n${name}\n`);
  if (!Array.isArray(result)) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  for (const row of result as readonly BenchRow[]) {
    const extra = Object.entries(row.extra ?? {}).map(
      ([key, value]) => `${key} ${Number.isInteger(value) ? value : Number(value.toPrecision(4))}`,
    );
    const range = `(${row.minNs.toFixed(1)}–${row.maxNs.toFixed(1)}, ${row.runs} runs)`;
    process.stdout.write(
      `  ${row.name.padEnd(34)} ${row.variant.padEnd(12)} ${row.medianNs.toFixed(1).padStart(9)} ns ${range.padEnd(32)} ${extra.join(', ')}\n`,
    );
  }
}
