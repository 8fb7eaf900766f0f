/** The recorded tables that the rules in `sim/node` follow, row by row; the runner shows the others. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { GoldenFile } from '../conformance/suite.ts';
import { suite } from '../conformance/suites/node.ts';

const directory = new URL('../golden/node/', import.meta.url);

function golden(name: string): GoldenFile {
  const text = (): string => gunzipSync(readFileSync(new URL(name, directory))).toString();
  const rows = (): unknown =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { path: name.slice(0, -'.gz'.length), read: rows, text };
}

const TABLES = [
  'backoff_sequences',
  'cgroup_values',
  'kubelet_admission',
  'node_shutdown',
  'pod_actions',
  'pod_phase_conditions',
  'printer_deployments',
  'printer_jobs',
  'printer_nodes',
  'printer_pods',
  'qos_oom_score',
];

it.each(TABLES)('%s', (table) => {
  const name = readdirSync(directory).find((file) => file === `${table}.jsonl.gz`);
  expect(name).toBeDefined();
  const results = [...suite.run([golden(name!)])];
  expect(results.length).toBeGreaterThan(20);
  expect(results.filter((result) => !result.passed)).toEqual([]);
});
