/** Runs the conformance suites: recorded ground truth against the model. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { countsOf } from './counts.ts';
import { goldenFiles, isDirectory } from './golden.ts';
import { parseKnownFailures } from './known-failures.ts';
import type { Options } from './options.ts';
import { parseOptions, selectSuites, USAGE, UsageError } from './options.ts';
import { textReport } from './report.ts';
import type { CaseResult, ConformanceSuite } from './suite.ts';
import type { SuiteResults, Verdict } from './verdict.ts';
import { judge } from './verdict.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SUITES = resolve(HERE, 'suites');
const DEFAULT_GOLDEN = resolve(HERE, '../golden');

/** Cases between two updates of the progress line. */
const PROGRESS_EVERY = 50;

function availableSuites(): string[] {
  return readdirSync(SUITES)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

async function load(name: string): Promise<ConformanceSuite> {
  const module: { readonly suite?: ConformanceSuite } = await import(
    pathToFileURL(resolve(SUITES, `${name}.ts`)).href
  );
  if (module.suite?.name !== name) throw new Error(`suites/${name}.ts exports no suite named '${name}'`);
  return module.suite;
}

/** Runs one suite; undefined if it is left out. A suite that breaks off counts as one more failed case. */
async function runSuite(name: string, golden: string, fast: boolean): Promise<SuiteResults | undefined> {
  const cases: CaseResult[] = [];
  try {
    const suite = await load(name);
    if (fast && suite.slow) return undefined;
    for await (const result of suite.run(goldenFiles(golden, name))) {
      cases.push(result);
      if (cases.length % PROGRESS_EVERY === 0) progress(`${name}: ${cases.length} cases`);
    }
  } catch (error) {
    const difference = `the suite broke off: ${error instanceof Error ? error.stack : String(error)}`;
    cases.push({ id: '(suite)', category: '(suite)', passed: false, difference });
  }
  progress('');
  return { name, cases };
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
}

async function run(options: Options): Promise<Verdict> {
  const golden = options.golden === undefined ? DEFAULT_GOLDEN : resolve(options.golden);
  if (!isDirectory(golden)) throw new UsageError(`no golden directory '${options.golden ?? golden}'`);
  const names = selectSuites(options.suites, availableSuites());
  const results: SuiteResults[] = [];
  for (const name of names) {
    const result = await runSuite(name, golden, options.fast);
    if (result !== undefined) results.push(result);
  }
  if (options.golden !== undefined && results.every(({ cases }) => cases.length === 0)) {
    throw new UsageError(`no recorded cases for ${names.join(', ')} in '${options.golden}'`);
  }
  const known = parseKnownFailures(readFileSync(resolve(HERE, 'known-failures.yaml'), 'utf8'));
  return judge(results, known, options.strict);
}

/** Where a run writes. */
export interface Output {
  write(text: string): unknown;
}

/** Runs the command line; returns the exit code. */
export async function conformance(args: readonly string[], stdout: Output, stderr: Output): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      stdout.write(USAGE);
      return 0;
    }
    const verdict = await run(options);
    if (options.counts !== undefined)
      writeFileSync(options.counts, `${JSON.stringify(countsOf(verdict), null, 2)}\n`);
    stdout.write(options.json ? `${JSON.stringify(verdict, null, 2)}\n` : textReport(verdict));
    return verdict.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`conformance: ${error.message}\n`);
    return 2;
  }
}
