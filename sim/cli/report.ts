/** `kubedes report`: one self-contained HTML file and its pictures from finished results. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandModule } from 'yargs';
import { drawPictures, htmlReport, readRun } from '../report/index.ts';
import { UsageError } from './exit.ts';

interface ReportArguments {
  results: string[];
  out: string;
  svg?: string | undefined;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <results..>',
  describe: 'Write an HTML report of one or more results',
  builder: (yargs) =>
    yargs
      .positional('results', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders of results',
      })
      .option('out', { type: 'string', default: 'report.html', describe: 'The HTML file' })
      .option('svg', { type: 'string', describe: 'Folder for the pictures as SVG files' })
      .example('$0 report results/quick-start/*', 'the runs of a scenario side by side'),
  handler: ({ results, out, svg }) => {
    const runs = results.map(readComplete);
    const pictures = drawPictures(runs);
    write(out, htmlReport(runs, pictures));
    if (svg !== undefined) for (const picture of pictures) write(join(svg, `${picture.id}.svg`), picture.svg);
    console.log(`${out}: ${runs.length} run(s), ${pictures.length} pictures`);
  },
};

function readComplete(folder: string) {
  try {
    return readRun(folder);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Written under a temporary name, then renamed. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
