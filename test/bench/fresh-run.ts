/** Runs of the built command line, each in a fresh process, with what it cost: all threads, from start to exit. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunManifest } from '../../sim/experiment/manifest.ts';

export interface FreshRun {
  readonly manifest: RunManifest;
  readonly summary: Readonly<Record<string, number | null>>;
  /** User and system time of the whole process. */
  readonly cpuS: number;
  /** Peak resident set. */
  readonly rssMb: number;
  readonly wallS: number;
}

const MAIN = fileURLToPath(new URL('../../dist/sim/cli/main.js', import.meta.url));
/** Loaded into the process before anything else: writes the operating system's own figures at exit. */
const PROBE = `data:text/javascript,${encodeURIComponent(
  "import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(process.env.KUBEDES_BENCH_USAGE,JSON.stringify(process.resourceUsage())))",
)}`;

/** `files`: written into the folder of the run; the first one named is run. Throws if the run fails. */
export function freshRun(scenario: string, options: readonly string[] = []): FreshRun {
  if (!existsSync(MAIN)) throw new Error('the benches of whole runs use dist: run `npm run build` first');
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-bench-'));
  try {
    const usage = join(folder, 'usage.json');
    const started = performance.now();
    const child = spawnSync(
      process.execPath,
      ['--import', PROBE, MAIN, 'run', scenario, '--quiet', '--json', '--out', folder, ...options],
      { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, KUBEDES_BENCH_USAGE: usage } },
    );
    const wallS = (performance.now() - started) / 1e3;
    if (child.status !== 0) throw new Error(`run of ${scenario} failed: ${child.stderr}`);
    const [{ manifest, summary }] = JSON.parse(child.stdout) as [Pick<FreshRun, 'manifest' | 'summary'>];
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(
      readFileSync(usage, 'utf8'),
    ) as NodeJS.ResourceUsage;
    return { manifest, summary, cpuS: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024, wallS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
