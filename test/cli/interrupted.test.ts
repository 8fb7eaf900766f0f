import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, kubedes, startKubedes } from '../support/cli.ts';

/** Long enough to be killed in the middle: more pods than any machine simulates in a second. */
const LONG = `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: long }
duration: 1000h
cluster: { nodes: [{ name: node, count: 50 }] }
workload:
  - name: batch
    arrival: { poisson: { perSecond: 5 } }
    runTime: { exponential: { mean: 5m } }
    pod: { requests: { cpu: 100m } }
`;

const folders = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

describe('a run that is killed', () => {
  it('leaves nothing that looks complete', async () => {
    await inFolder(async (out) => {
      const file = join(out, 'long.yaml');
      writeFileSync(file, LONG);
      const child = startKubedes('run', file, '--out', join(out, 'results'), '--quiet');
      await until(() => folders(join(out, 'results/long')).length > 0 || child.exitCode !== null);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      expect(child.signalCode).toBe('SIGKILL');
      expect(folders(join(out, 'results/long'))).toEqual(['seed-1.partial']);
      expect(readdirSync(join(out, 'results/long/seed-1.partial'))).not.toContain('manifest.json');
      expect(kubedes('verify', join(out, 'results/long/seed-1.partial')).status).toBe(2);
    });
  });
});

/** Looks again whenever the event loop is free. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
