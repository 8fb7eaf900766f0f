/** Reading traces, per row: each format from text to columns and on to pods; the cells alone against papaparse. */
import Papa from 'papaparse';
import { START } from '../../sim/engine/index.ts';
import {
  readTrace,
  TRACE_FORMAT_NAMES,
  TraceArrivals,
  type TraceFormatName,
} from '../../sim/workload/index.ts';
import { eachLine, splitCells } from '../../sim/workload/trace-lines.ts';
import { csvSample, openbSample, swfSample, swimSample } from '../workload/samples.ts';
import { type BenchOptions, type BenchRow, measure, withRatio } from './row.ts';

const SAMPLES = {
  csv: csvSample,
  openb: openbSample,
  swf: swfSample,
  swim: swimSample,
} as const satisfies Record<TraceFormatName, (rows: number) => string>;

export function run({ runs = 7, quick = false }: BenchOptions = {}): readonly BenchRow[] {
  const rows = quick ? 10_000 : 100_000;
  const csv = csvSample(rows);
  const cells = measure(
    `cells of ${rows} CSV rows`,
    rows,
    [
      { name: 'ours', prepare: () => () => eachLine([csv], (line) => void splitCells(line)) },
      {
        name: 'papaparse',
        prepare: () => () => void Papa.parse(csv, { delimiter: ',', skipEmptyLines: true }),
      },
    ],
    runs,
  );
  return [
    ...withRatio(cells, 'ours'),
    ...TRACE_FORMAT_NAMES.flatMap((format) => reading(format, rows, runs)),
  ];
}

function reading(format: TraceFormatName, rows: number, runs: number): BenchRow[] {
  const text = SAMPLES[format](rows);
  const options = {
    name: 't',
    namespace: 'default',
    from: START,
    timeScale: 1,
    runTimes: true,
    sharedGpus: false,
  };
  const trace = readTrace(format, [text]);
  const pods = () => {
    const source = new TraceArrivals(trace, options);
    while (source.next() !== undefined);
  };
  return measure(
    `${format} trace of ${rows} rows`,
    rows,
    [
      { name: 'to columns', prepare: () => () => void readTrace(format, [text]) },
      { name: 'columns to pods', prepare: () => pods },
    ],
    runs,
  );
}
