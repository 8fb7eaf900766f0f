/** One self-contained HTML file: no script, no network; verdict first, the pictures inline, the figures behind each. */
import { type MissingPicture, type Picture, SECTIONS } from './picture.ts';
import { INTERVALS_NOTE } from './pictures/intervals.ts';
import type { Pictures } from './pictures.ts';
import type { Study } from './study.ts';
import { PAGE_STYLE } from './style.ts';
import { tableHtml } from './table.ts';
import { escapeXml } from './text.ts';

export function htmlReport(study: Study, { drawn, missing }: Pictures): string {
  const title = escapeXml(study.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="KubeDES ${escapeXml(study.version)}">
<link rel="icon" href="data:,">
<title>${title} – KubeDES</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#verdict">Skip to the verdict</a>
<header>
<p class="muted">KubeDES ${escapeXml(study.version)}</p>
<h1>${title}</h1>
${purpose(study)}
</header>
<main>
${verdict(study)}
${contents(drawn)}
${SECTIONS.map((section) => sectionHtml(section, drawn)).join('\n')}
${allMetrics(study)}
${leftOut(missing)}
${again(study)}
</main>
</body>
</html>
`;
}

/** A number stays with its unit. */
const prose = (text: string): string =>
  escapeXml(text).replace(/(\d) (?=(?:%|pp|s|ms|µs)(?![\w]))/g, '$1\u00a0');

const paragraph = (text: string, name = ''): string => `<p${name && ` class="${name}"`}>${prose(text)}</p>`;

const purpose = ({ question, expect }: Study): string =>
  [
    ...(question === undefined ? [] : [`<p><strong>Question:</strong> ${escapeXml(question)}</p>`]),
    ...(expect === undefined ? [] : [`<p><strong>Expected:</strong> ${escapeXml(expect)}</p>`]),
  ].join('\n');

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;

const verdict = ({ verdict, notes, runs, runsNote }: Study): string =>
  `<section class="verdict" id="verdict" tabindex="-1" aria-labelledby="verdict-h"><h2 id="verdict-h">Verdict</h2>
${list(verdict.map(prose))}
${[...notes, ...(runs.length > 0 && runsNote !== undefined ? [runsNote] : [])].map((note) => paragraph(note, 'notes')).join('\n')}
</section>`;

const contents = (drawn: readonly Picture[]): string =>
  drawn.length === 0
    ? ''
    : `<nav aria-label="Pictures">${list(drawn.map(({ id, title }) => `<a href="#${id}">${escapeXml(title)}</a>`))}</nav>`;

function sectionHtml(section: string, drawn: readonly Picture[]): string {
  const own = drawn.filter((picture) => picture.section === section);
  if (own.length === 0) return '';
  const intro = section === 'Metrics' ? paragraph(INTERVALS_NOTE, 'notes') : '';
  return `<section><h2>${section}</h2>${intro}\n${own.map(figure).join('\n')}</section>`;
}

const figure = ({ id, title, question, svg, description, notes, table, source }: Picture): string =>
  `<figure id="${id}">
<h3>${escapeXml(title)}</h3>
${paragraph(question)}
<div class="scroll" role="region" tabindex="0" aria-label="${escapeXml(title)}: picture">${svg}</div>
<figcaption>${list(description.map(prose))}${notes.map((note) => paragraph(note)).join('')}</figcaption>
<details><summary>Table: ${escapeXml(title)}</summary>
${paragraph(`From ${source}.`, 'muted')}
${tableHtml(table, title, source)}
</details>
</figure>`;

function allMetrics({ metrics, format, source }: Study): string {
  const cells = metrics[0]?.cells ?? [];
  if (cells.length === 0) return '';
  const rows = metrics.map(({ metric, unit, meaning, cells }) => [
    metric,
    ...cells.map(({ estimate: { mean, halfWidth } }) =>
      halfWidth === undefined ? format(mean, unit) : `${format(mean, unit)} ± ${format(halfWidth, unit)}`,
    ),
    meaning,
  ]);
  const head = ['metric', ...cells.map(({ label }) => label), 'meaning'];
  return `<section id="figures"><h2>All figures</h2>
${paragraph('Metrics that are not zero everywhere; means with 95 % intervals where there are enough seeds.', 'muted')}
${tableHtml({ head, rows }, 'All figures', source)}
</section>`;
}

const leftOut = (missing: readonly MissingPicture[]): string =>
  missing.length === 0
    ? ''
    : `<section id="left-out"><h2>Pictures left out</h2>
${list(missing.map(({ title, because }) => `${escapeXml(title)}: ${escapeXml(because)}.`))}
</section>`;

const again = ({ replays }: Study): string =>
  `<section id="again"><h2>How to make this again</h2>
${replays
  .map(
    ({ what, command, eventDigest }) =>
      `<p>${escapeXml(what)}${eventDigest === undefined ? '' : `, event digest <code>${eventDigest}</code>`}</p>
<pre tabindex="0" role="region" aria-label="Command: ${escapeXml(what)}"><code>${escapeXml(command)}</code></pre>`,
  )
  .join('\n')}
</section>`;
