/** Bench rows as Markdown tables, and the machine they were measured on. */
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { machine as thisMachine } from '../../sim/cli/machine.ts';
import type { BenchResult, BenchRow, RunRow } from './row.ts';

export const machine = () => ({
  ...thisMachine(),
  commit: commit(),
  /** Over the last five minutes; far above the number of CPUs means that figures are of a busy machine. */
  loadAverage: Number(loadavg()[1]!.toFixed(1)),
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

export function benchReport(name: string, rows: BenchResult, note = ''): string {
  const { cpu, cpus: count, memoryGb, node, v8, kubedes, commit: revision, loadAverage, date } = machine();
  const where = `${cpu}, ${count} CPUs, ${memoryGb} GB; Node ${node} (V8 ${v8}); kubedes ${kubedes} at ${revision}; load average ${loadAverage}; ${date}.`;
  const how = 'CPU time (user and system, all threads); medians, with minimum and maximum.';
  const parts = [`# Bench ${name}`, where, how, note, tableOf(rows)].filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

/** Columns of equal width, so that the text reads well as it is; a result that is no rows as JSON. */
export function tableOf(rows: BenchResult): string {
  if (!Array.isArray(rows)) return JSON.stringify(rows, null, 2);
  const flat = rows.map((row: BenchRow | RunRow) => flatten(row));
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...flat.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, i) => Math.max(3, ...lines.map((line) => line[i]!.length)));
  const text = lines.map((line) => `| ${line.map((value, i) => value.padEnd(widths[i]!)).join(' | ')} |`);
  return [text[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...text.slice(1)].join(
    '\n',
  );
}

function flatten(row: BenchRow | RunRow): Readonly<Record<string, string | number>> {
  if (!('medianNs' in row)) return row;
  const { extra, ...rest } = row as BenchRow;
  return { ...rest, ...extra };
}

const cell = (value: string | number | undefined): string => {
  if (typeof value !== 'number') return value ?? '';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
};
