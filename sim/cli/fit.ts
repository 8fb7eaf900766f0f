/** `kubedes fit`: a generator fitted to a trace, as YAML for the workload of a scenario. */
import { basename } from 'node:path';
import type { CommandModule } from 'yargs';
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';
import { diskFiles, noSuchFile } from '../experiment/disk-files.ts';
import { InputError, UsageError } from '../experiment/errors.ts';
import {
  FAMILY_NAMES,
  type Family,
  fitTrace,
  GAP_FAMILIES,
  generatorSpec,
  generatorYaml,
} from '../experiment/fit/index.ts';
import {
  formatMeant,
  readTrace,
  TRACE_FORMAT_NAMES,
  TRACE_FORMATS,
  type Trace,
  type TraceFormatName,
} from '../workload/index.ts';

interface FitArguments {
  trace: string;
  format: TraceFormatName;
  name: string;
  limit?: number | undefined;
  gaps?: Family | undefined;
  'run-time'?: Family | undefined;
  strict: boolean;
  json: boolean;
}

export const fitCommand: CommandModule<object, FitArguments> = {
  command: 'fit <trace>',
  describe: 'Fit a workload generator to a trace and print it as YAML',
  builder: (yargs) =>
    yargs
      .positional('trace', { type: 'string', demandOption: true, describe: 'Trace file; may be gzipped' })
      .option('format', { choices: TRACE_FORMAT_NAMES, default: 'csv' as const, describe: formatHelp() })
      .option('name', { type: 'string', default: 'fitted', describe: 'Name of the generator' })
      .option('limit', { type: 'number', describe: 'Only the first so many pods' })
      .option('gaps', {
        choices: GAP_FAMILIES,
        describe: 'Independent gaps of this family, even where arrivals are bursty or diurnal',
      })
      .option('run-time', { choices: FAMILY_NAMES, describe: 'Family of the run times' })
      .option('strict', { type: 'boolean', default: false, describe: 'A broken row is an error' })
      .option('json', { type: 'boolean', default: false, describe: 'Print generator and fits as JSON' })
      .example('$0 fit trace.csv', 'a CSV trace with columns id, arrival_s, cpu_m, mem_mib, duration_s')
      .example('$0 fit log.swf.gz --format swf > workload.yaml', 'a log of the Parallel Workloads Archive'),
  handler: ({ trace: file, format, name, limit, gaps, 'run-time': runTime, strict, json }) => {
    const text = diskFiles.read(file);
    if (text === undefined) throw noSuchFile(file);
    const trace = readTrace(format, [text], { limit });
    const meant = formatMeant(file, format, trace);
    if (meant !== undefined)
      throw new UsageError(`${file}: not a ${format} trace; by its name: --format ${meant}`);
    reportProblems(file, trace, strict);
    if (trace.count < 3) throw new UsageError(`${file}: ${trace.count} pods are too few to fit`);
    const fit = fitTrace(trace, { gaps, runTime });
    const spec = generatorSpec(name, fit);
    if (json) console.log(JSON.stringify({ generator: spec, fit }, undefined, 2));
    else
      process.stdout.write(generatorYaml(`${basename(file)} (${TRACE_FORMATS[format].meaning})`, spec, fit));
  },
};

const formatHelp = (): string =>
  Object.values(TRACE_FORMATS)
    .map(({ name, meaning }) => `${name}: ${meaning}`)
    .join('; ');

function reportProblems(file: string, { problems, broken, unreadable, notes }: Trace, strict: boolean): void {
  const severity = unreadable || strict ? 'error' : 'warning';
  const at = (line: number, message: string): Diagnostic => ({ severity, file, line, column: 1, message });
  const diagnostics: Diagnostic[] = problems.map(({ line, column, found, expected }) => ({
    ...at(line, unreadable ? `${column}: missing` : `${column}: row left out`),
    found,
    expected,
  }));
  if (broken > problems.length)
    diagnostics.push(at(1, `${broken} rows left out in all; the first ${problems.length} are listed`));
  if (diagnostics.length > 0 && severity === 'error') throw new InputError(diagnostics);
  for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic));
  for (const [what, rows] of notes) console.error(`${file}: ${rows} rows: ${what}`);
}
