/** The pictures of a report: one table of questions, each answered from a CSV file of the runs, and one picture per metric. */
import type { MissingPicture, Picture } from './picture.ts';
import type { Drawing, PictureKind } from './picture-kind.ts';
import { intervalDrawing } from './pictures/intervals.ts';
import { PICTURES } from './pictures/kinds.ts';
import type { RunFiles } from './results.ts';
import type { ComparedMetric, Study } from './study.ts';
import { svgText } from './svg.ts';

export interface Pictures {
  readonly drawn: readonly Picture[];
  readonly missing: readonly MissingPicture[];
}

export function drawPictures(study: Study): Pictures {
  const results = [
    ...study.telling.map((metric) => drawMetric(metric, study)),
    ...PICTURES.map((kind) => drawKind(kind, study)),
  ];
  return {
    drawn: results.filter((result) => 'svg' in result),
    missing: results.filter((result) => 'because' in result),
  };
}

function drawKind(kind: PictureKind, { runs, runsNote }: Study): Picture | MissingPicture {
  const { title, file, columns, mostRuns } = kind;
  if (runs.length === 0) return { title, because: runsNote ?? 'there is no run' };
  const usable = runs.filter((run) => whyNot(run, kind) === undefined);
  if (usable.length === 0) return { title, because: whyNot(runs[0]!, kind)! };
  const drawing = kind.draw(usable.slice(0, mostRuns));
  if ('because' in drawing) return { title, because: drawing.because };
  const notes = [...(drawing.notes ?? []), ...fewerRuns(runs, usable, mostRuns, file)];
  return pictureOf(kind, { ...drawing, notes }, `${file}.csv (${columns.join(', ')})`);
}

/** Why a picture cannot be drawn from a run; undefined if it can. */
function whyNot(run: RunFiles, { file, columns }: PictureKind): string | undefined {
  const found = run.columns(file);
  if (found === undefined) return `${file}.csv is not in the result`;
  const absent = columns.filter((column) => !found.includes(column));
  if (absent.length > 0) return `${file}.csv has no column ${absent.join(', ')}`;
  return run.rows(file, []).next().done === true ? `${file}.csv has no rows` : undefined;
}

function fewerRuns(
  runs: readonly RunFiles[],
  usable: readonly RunFiles[],
  mostRuns: number,
  file: string,
): string[] {
  const without = runs.filter((run) => !usable.includes(run)).map(({ label }) => label);
  return [
    ...(without.length > 0 ? [`Without figures in ${file}.csv: ${without.join(', ')}.`] : []),
    ...(usable.length > mostRuns ? [`The first ${mostRuns} of ${usable.length} runs.`] : []),
  ];
}

type Subject = Pick<PictureKind, 'id' | 'title' | 'question' | 'section'>;

function pictureOf(
  subject: Subject,
  { plots, legend, description, notes, table }: Drawing,
  source: string,
): Picture {
  const { id, title, question, section } = subject;
  const svg = svgText({ id, title, description, plots, legend });
  return { id, title, question, section, svg, description, notes: notes ?? [], table, source };
}

function drawMetric(metric: ComparedMetric, { format, source }: Study): Picture | MissingPicture {
  const title = metric.metric;
  const drawing = intervalDrawing(metric, format);
  if ('because' in drawing) return { title, because: drawing.because };
  // Names of tenants are in it, and it names a file.
  const id = `metric-${title}`
    .replace(/[^a-z0-9]+/gi, '-')
    .replace(/-$/, '')
    .toLowerCase();
  return pictureOf({ id, title, question: metric.meaning, section: 'Metrics' }, drawing, source);
}
