/** Runs that do not come to their end: killed, interrupted, or with nowhere to write. Nothing must look complete. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RunDirectory } from '../../sim/experiment/run-directory.ts';
import { inFolder, kubedes, kubedesWithLittleRoom, startKubedes } from '../support/cli.ts';

/** Far too long for any machine to simulate in a test. */
const scenario = (duration: string) => `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: long }
duration: ${duration}
cluster: { nodes: [{ name: node, count: 50 }] }
workload:
  - name: batch
    arrival: { poisson: { perSecond: 5 } }
    runTime: { exponential: { mean: 5m } }
    pod: { requests: { cpu: 100m } }
`;

const folders = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts a long run in `folder` and ends it once it is under way. */
async function endedBy(signal: NodeJS.Signals, folder: string): Promise<Ending> {
  const file = join(folder, 'long.yaml');
  writeFileSync(file, scenario('10000h'));
  const child = startKubedes('run', file, '--out', join(folder, 'results'), '--quiet');
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  const underWay = () => folders(join(folder, 'results/long/seed-1.partial')).length > 0;
  while (!underWay() && child.exitCode === null) await setImmediate();
  child.kill(signal);
  await new Promise((resolve) => child.once('close', resolve));
  return { code: child.exitCode, signal: child.signalCode, stderr };
}

function expectIncomplete(results: string): void {
  expect(folders(join(results, 'long'))).toEqual(['seed-1.partial']);
  expect(readdirSync(join(results, 'long/seed-1.partial'))).not.toContain('manifest.json');
}

describe('a run that does not come to its end', () => {
  it('leaves nothing that looks complete when it is killed; verify says so', async () => {
    await inFolder(async (folder) => {
      expect((await endedBy('SIGKILL', folder)).signal).toBe('SIGKILL');
      expectIncomplete(join(folder, 'results'));
      const { status, stderr } = kubedes('verify', join(folder, 'results/long/seed-1.partial'));
      expect(stderr).toContain('the run was interrupted or failed; there is no complete result');
      expect(status).toBe(2);
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('says what is incomplete at %s, and ends with %i', async (signal, exitCode) => {
    await inFolder(async (folder) => {
      const { code, stderr } = await endedBy(signal, folder);
      expect(stderr).toMatch(
        /^interrupted: at [\d.]+ s of 36000000 s; the result in \S+long\/seed-1\.partial is incomplete\n$/,
      );
      expect(code).toBe(exitCode);
      expectIncomplete(join(folder, 'results'));
    });
  });

  it('ends with 1 when the disk is full', () => {
    inFolder((folder) => {
      const file = join(folder, 'long.yaml');
      writeFileSync(file, scenario('10m'));
      const results = join(folder, 'results');
      const { status, stdout, stderr } = kubedesWithLittleRoom(100, 'run', file, '--out', results);
      expect(stderr).toMatch(
        /^error: cannot write \S+\.partial\/\w+\.csv: .+; there is no complete result\n$/,
      );
      expect(stdout).toBe('');
      expect(status).toBe(1);
      expectIncomplete(results);
    });
  });

  it('ends with 1 when it may not write to --out', () => {
    inFolder((folder) => {
      const file = join(folder, 'long.yaml');
      writeFileSync(file, scenario('1m'));
      const { status, stderr } = kubedes('run', file, '--out', file);
      expect(stderr).toMatch(
        /^error: cannot write \S+\.partial: ENOTDIR: .+; there is no complete result\n$/,
      );
      expect(status).toBe(1);
    });
  });

  it.runIf(existsSync('/proc/self'))('is refused where the system lets nobody make folders', () => {
    expect(() => new RunDirectory('/proc/kubedes/long/seed-1')).toThrow(
      /^cannot write .*seed-1\.partial: ENOENT: .*; there is no complete result$/,
    );
  });
});
