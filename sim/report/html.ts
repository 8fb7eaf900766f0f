/** One self-contained HTML file: no script, no network; the pictures inline, the figures as a table, light and dark. */
import { escapeXml, type Picture } from './pictures.ts';
import type { Row, RunFiles } from './results.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 2rem 0; }
figcaption { color: GrayText; }
svg { max-width: 100%; --plot-background: Canvas; }
`;

export function htmlReport(runs: readonly RunFiles[], pictures: readonly Picture[]): string {
  const scenario = runs[0]?.scenario ?? '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>KubeDES: ${escapeXml(scenario)}</title><style>${STYLE}</style></head>
<body>
<h1>${escapeXml(scenario)}</h1>
${summaryTable(runs)}
${pictures.map(figure).join('\n')}
<h2>How to make this again</h2>
<ul>
${runs.map((run) => `<li>${escapeXml(run.label)}: seed ${escapeXml(run.seed)}, KubeDES ${escapeXml(run.version)}, event digest <code>${run.eventDigest}</code></li>`).join('\n')}
</ul>
</body>
</html>
`;
}

const figure = ({ id, title, caption, svg }: Picture): string =>
  `<figure id="${id}"><h2>${escapeXml(title)}</h2>${svg.replace('<svg ', `<svg role="img" aria-label="${escapeXml(title)}" `)}<figcaption>${escapeXml(caption)}</figcaption></figure>`;

function summaryTable(runs: readonly RunFiles[]): string {
  const tables = runs.map((run) => new Map(run.rows('summary').map((row) => [String(row['metric']), row])));
  const metrics = [...(tables[0]?.values() ?? [])].filter((row) =>
    tables.some((table) => nonZero(table.get(String(row['metric'])))),
  );
  const head = `<tr><th>metric</th>${runs.map((run) => `<th>${escapeXml(run.label)}</th>`).join('')}<th>unit</th></tr>`;
  const body = metrics.map((row) => {
    const name = String(row['metric']);
    const cells = tables.map((table) => `<td>${formatNumber(table.get(name)?.['value'])}</td>`).join('');
    return `<tr><td title="${escapeXml(String(row['meaning'] ?? ''))}">${escapeXml(name)}</td>${cells}<td>${row['unit'] ?? ''}</td></tr>`;
  });
  return `<table><thead>${head}</thead><tbody>${body.join('\n')}</tbody></table>`;
}

/** Four significant digits; counts whole. */
function formatNumber(value: Row[string]): string {
  if (typeof value !== 'number') return value ?? '';
  return (Number.isInteger(value) ? value : Number(value.toPrecision(4))).toLocaleString('en-US', {
    maximumFractionDigits: 8,
  });
}

const nonZero = (row: Row | undefined): boolean => row?.['value'] !== undefined && row['value'] !== 0;
