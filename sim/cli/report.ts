/** `kubedes report`: one self-contained HTML file, its pictures, and a timeline, from finished results. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../experiment/errors.ts';
import { writeWhole } from '../experiment/whole-file.ts';
import { readStudy } from '../library/study.ts';
import { drawPictures, htmlReport, type Study, traceEvents } from '../report/index.ts';

interface ReportArguments {
  results: string[];
  out: string;
  svg?: string | undefined;
  'trace-events'?: string | undefined;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <results..>',
  describe: 'Write an HTML report of a comparison, or of one or more runs',
  builder: (yargs) =>
    yargs
      .positional('results', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders of runs, a folder of such folders, or one of a comparison',
      })
      .option('out', { type: 'string', default: 'report.html', describe: 'The HTML file' })
      .option('svg', { type: 'string', describe: 'Folder for the pictures as SVG files' })
      .option('trace-events', {
        type: 'string',
        describe: 'JSON file for a timeline in the Trace Event Format (Perfetto, chrome://tracing)',
      })
      .example('$0 report results/quick-start', 'the runs of a scenario side by side')
      .example(
        '$0 report results/packing/comparison --svg pictures',
        'a comparison, with its pictures for a paper',
      )
      .example('$0 report results/trace/seed-1 --trace-events timeline.json', 'a timeline besides'),
  handler: ({ results, out, svg, 'trace-events': timeline }) => {
    const study = readable(results);
    if (timeline !== undefined && study.runs.length === 0)
      throw new UsageError(`--trace-events: ${study.runsNote ?? 'there are no runs'}`);
    const pictures = drawPictures(study);
    writeWhole(out, [htmlReport(study, pictures)]);
    if (svg !== undefined)
      for (const picture of pictures.drawn) writeWhole(join(svg, `${picture.id}.svg`), [`${picture.svg}\n`]);
    if (timeline !== undefined) writeWhole(timeline, timelineText(study));
    const left =
      pictures.missing.length > 0 ? `, ${pictures.missing.length} left out (the report says why)` : '';
    console.log(`${out}: ${pictures.drawn.length} pictures${left}`);
    if (timeline !== undefined)
      console.log(`${timeline}: open it at https://ui.perfetto.dev or chrome://tracing`);
  },
};

function readable(results: readonly string[]): Study {
  try {
    return readStudy(results);
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Event by event, as a timeline may be larger than a string can be. */
function* timelineText({ runs, title, version }: Study): Generator<string> {
  const about = { scenario: title, kubedes: version, clock: 'simulated time' };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let separator = '';
  for (const event of traceEvents(runs)) {
    yield separator + JSON.stringify(event);
    separator = ',\n';
  }
  yield '\n]}\n';
}
