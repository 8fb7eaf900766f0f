/** Comparisons on worker threads: any number of them, and workers that die. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextCheck } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILT, PROJECT, startKubedes } from '../../support/cli.ts';
import { compareTiny, filesOf, fixture } from './compare-tiny.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-compare-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (folder: string): string => join(root, folder);
const MARKER = 'KUBEDES_TEST_MARKER';

describe('Ctrl-C on the command line', () => {
  it('keeps finished runs, says how to go on, and ends with 130', async () => {
    const child = startKubedes(
      ...['compare', fixture('tiny.yaml'), '--policies', 'default,most-allocated', '--seeds', '1..5000'],
      ...['--workers', '2', '--out', at('ctrl-c')],
    );
    let messages = '';
    child.stderr.on('data', (text: Buffer) => (messages += text));
    const ended = once(child, 'close');
    const runs = join(at('ctrl-c'), 'runs');
    const finished = (): number => (existsSync(runs) ? readdirSync(runs).length : 0);
    while (finished() === 0 && child.exitCode === null) await nextCheck(200);
    child.kill('SIGINT');
    const [code] = await ended;
    expect(code).toBe(130);
    expect(messages).toMatch(/interrupted.*\d+ of 10000 runs.*--resume/);
    expect(finished()).toBeGreaterThan(0);
    expect(readdirSync(at('ctrl-c'))).not.toContain('comparison.csv');
  });
});

describe('a comparison whose workers cannot start', () => {
  it('ends with 1 and says so', () => {
    const built = process.env[BUILT] ?? PROJECT;
    cpSync(join(built, 'dist'), at('without-worker/dist'), { recursive: true });
    cpSync(join(built, 'package.json'), at('without-worker/package.json'));
    symlinkSync(join(PROJECT, 'node_modules'), at('without-worker/node_modules'));
    rmSync(at('without-worker/dist/sim/experiment/worker.js'));
    const main = at('without-worker/dist/sim/cli/main.js');
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, 'compare', fixture('tiny.yaml'), '--seeds', '1..4', '--workers', '2', '--out', at('none')],
      { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
    );
    expect(stderr).toMatch(/^error: a worker thread cannot start: .*worker\.js/);
    expect(status).toBe(1);
    expect(readdirSync(at('none'))).not.toContain('comparison.csv');
  });
});

describe('a comparison on threads', () => {
  it('has the same bytes with 1, 2 and 4 workers', async () => {
    const axes = { seeds: ['1', '2', '3'] };
    await compareTiny(at('1'), axes, { workers: 1 });
    for (const workers of [2, 4]) {
      await compareTiny(at(String(workers)), axes, { workers });
      expect(filesOf(at(String(workers)))).toEqual(filesOf(at('1')));
    }
  });

  it('is interrupted at once, and keeps what is finished', async () => {
    const controller = new AbortController();
    const onProgress = (done: number) => void (done === 2 && controller.abort());
    const { records, interrupted } = await compareTiny(
      at('stopped'),
      {},
      { workers: 2, signal: controller.signal, onProgress },
    );
    expect(interrupted).toBe(true);
    expect(records.size).toBe(2);
  });

  it('repeats the run of a worker that died, once, and names it if that one dies too', async () => {
    const axes = { policies: ['default', fixture('dies.ts')], seeds: ['1', '2'] };
    process.env[MARKER] = join(root, 'once');
    const once = await compareTiny(at('once-dead'), axes, { workers: 1 });
    expect(once.failed).toEqual([]);
    expect(once.records.size).toBe(4);
    process.env[MARKER] = join(root, 'dies-always');
    const always = await compareTiny(at('always-dead'), axes, { workers: 2 });
    delete process.env[MARKER];
    expect(always.records.size).toBe(2);
    const died = expect.stringMatching(/died 2 times/);
    expect(always.failed.map(({ message }) => message)).toEqual([died, died]);
    expect(readFileSync(join(at('always-dead'), 'comparison.csv'), 'utf8')).not.toContain('dies.ts');
  });
});
