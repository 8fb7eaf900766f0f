/** `kubedes compare` on the quick start: the bytes of a comparison, and the digests of its runs, whatever the number of workers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRuns } from '../../sim/library/load-runs.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { kubedes } from '../support/cli.ts';

const SCENARIO = 'scenarios/quick-start.yaml';
const SETTINGS = { 'cluster.nodes.0.count': 12, 'traffic.0.rate': 10 };
const SET = Object.entries(SETTINGS).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
const root = mkdtempSync(join(tmpdir(), 'kubedes-workers-'));
afterAll(() => rmSync(root, { recursive: true }));

interface ComparisonManifest {
  readonly runs: readonly { readonly seed: string; readonly eventDigest: string }[];
}

function compare(workers: number): { json: string; csv: string } {
  const out = join(root, String(workers));
  const which = ['--variant', 'ipvs', '--seeds', '1..3', '--workers', String(workers), '--out', out];
  const { status, stderr } = kubedes('compare', SCENARIO, ...SET, ...which);
  expect(status, stderr).toBe(0);
  const read = (file: string) => readFileSync(join(out, file), 'utf8');
  return { json: read('comparison.json'), csv: read('comparison.csv') };
}

describe('a comparison of the quick start', () => {
  const alone = compare(0);

  it.each([1, 2, 3])('has the same bytes with %d workers as with none', (workers) => {
    expect(compare(workers)).toEqual(alone);
  });

  it('has the digests that its runs have by themselves', () => {
    const { runs } = JSON.parse(alone.json) as ComparisonManifest;
    const digests = runs.map(({ seed }) => {
      const [loaded] = loadRuns([SCENARIO], { variants: ['ipvs'], settings: SETTINGS, seed });
      return runScenario(loaded!, loadRegistries()).manifest.eventDigest;
    });
    expect(runs.map(({ eventDigest }) => eventDigest)).toEqual(digests);
    expect(new Set(digests).size).toBe(3);
  });
});
