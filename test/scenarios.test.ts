import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, kubedes, PROJECT } from './support/cli.ts';

/** Each scenario at a size that takes seconds: what to set for it. A scenario without a row runs as it is. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  'quick-start.yaml': ['cluster.nodes.0.count=30', 'traffic.0.rate=20'],
  'node-failures.yaml': ['duration=30m', 'cluster.nodes.0.count=10'],
  'packing.yaml': ['workload.0.until=5m', 'workload.1.until=5m', 'duration=20m'],
  'scale-5000.yaml': [
    'cluster.nodes.0.count=20',
    'manifests.0.count=3',
    'timeline.0.repeat.count=2',
    'duration=12m',
  ],
};

const scenarios = readdirSync(join(PROJECT, 'scenarios')).filter((file) => file.endsWith('.yaml'));

describe('scenarios', () => {
  it.each(scenarios)('%s opens with its question and expectation, and runs', (file) => {
    inFolder((out) => {
      expect(readFileSync(join(PROJECT, 'scenarios', file), 'utf8')).toMatch(
        /^# Question: [^?]*\?\n(#.*\n)*# Expected: /,
      );
      const settings = (SMALL[file] ?? []).flatMap((setting) => ['--set', setting]);
      const { status, stdout, stderr } = kubedes(
        'run',
        `scenarios/${file}`,
        ...settings,
        '--out',
        out,
        '--json',
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      for (const { manifest } of JSON.parse(stdout)) expect(manifest.events).toBeGreaterThan(0);
    });
  });
});
