/** The trace formats by name, and reading a trace in any of them. */
import { csvFormat } from './csv-trace.ts';
import { openbFormat } from './openb-trace.ts';
import { swfFormat } from './swf-trace.ts';
import { swimFormat } from './swim-trace.ts';
import { type Trace, type TraceFormat, type TraceOptions, TraceWriter } from './trace.ts';
import { eachLine } from './trace-lines.ts';

export const TRACE_FORMATS = {
  csv: csvFormat,
  openb: openbFormat,
  swf: swfFormat,
  swim: swimFormat,
} as const satisfies Record<string, TraceFormat>;

export type TraceFormatName = keyof typeof TRACE_FORMATS;
export const TRACE_FORMAT_NAMES = Object.keys(TRACE_FORMATS) as [TraceFormatName, ...TraceFormatName[]];

/** Of a trace that cannot be read in `format`: another one that the file's name ends in, gzipped or not. */
export function formatMeant(
  file: string,
  format: TraceFormatName,
  { unreadable }: Pick<Trace, 'unreadable'>,
): TraceFormatName | undefined {
  const plain = file.toLowerCase().replace(/\.gz$/, '');
  const named = TRACE_FORMAT_NAMES.find((name) => plain.endsWith(`.${name}`));
  return unreadable && named !== format ? named : undefined;
}

/** Reads a trace from the pieces of its text, in order. Broken rows are left out and reported; nothing is thrown for them. */
export function readTrace(
  format: TraceFormatName,
  pieces: Iterable<string>,
  options: TraceOptions = {},
): Trace {
  const writer = new TraceWriter(options.limit);
  eachLine(pieces, TRACE_FORMATS[format].reader(writer, options), () => writer.full);
  return writer.finish();
}
