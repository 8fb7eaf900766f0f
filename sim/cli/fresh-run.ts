/** Runs of the command line, each in a fresh process, with what it cost: all threads, from start to exit. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../experiment/errors.ts';
import type { RunManifest } from '../experiment/manifest.ts';
import { EXIT, Interrupted } from './exit.ts';
import type { RoomShare } from './profile.ts';

export interface FreshRun {
  /** One for each variant of the scenario. */
  readonly results: readonly FreshResult[];
  /** User and system time of the whole process, s. */
  readonly cpuS: number;
  /** Peak resident set, MiB. */
  readonly rssMb: number;
  readonly wallS: number;
}

export interface FreshResult {
  readonly manifest: RunManifest;
  readonly summary: Readonly<Record<string, number | null>>;
  /** With `--profile`: of all variants together. */
  readonly profile?: readonly RoomShare[] | undefined;
}

/** Loaded into the process before anything else: writes the operating system's own figures at exit. */
const PROBE = `data:text/javascript,${encodeURIComponent(
  "import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(process.env.KUBEDES_BENCH_USAGE,JSON.stringify(process.resourceUsage())))",
)}`;

/**
 * `program`: what Node is started with to be the command line. The figures are of all variants together.
 * Throws UsageError if the scenario is wrong, Interrupted after a signal, Error if the run fails.
 */
export function freshRun(
  program: readonly string[],
  scenario: string,
  options: readonly string[] = [],
): FreshRun {
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-bench-'));
  try {
    const usage = join(folder, 'usage.json');
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', PROBE, ...program, 'run', scenario, '--quiet', '--json', '--out', folder, ...options],
      { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, KUBEDES_BENCH_USAGE: usage } },
    );
    const wallS = (performance.now() - started) / 1e3;
    if (status === EXIT.interrupted || status === EXIT.terminated) throw new Interrupted(scenario, status);
    if (status === EXIT.usage) throw new UsageError(stderr.trim());
    if (status !== EXIT.ok) throw new Error(`run of ${scenario} failed: ${stderr}`);
    const results = JSON.parse(stdout) as FreshResult[];
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(
      readFileSync(usage, 'utf8'),
    ) as NodeJS.ResourceUsage;
    return { results, cpuS: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024, wallS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
