/** Tables in HTML: within a region of their own that the keyboard reaches and that scrolls, not the page. */
import type { Table } from './picture.ts';
import { escapeXml, formatNumber } from './text.ts';

/** Longer tables show every k-th row. */
export const MOST_ROWS = 300;

/** `all`: where the rest of a long table is. */
export function tableHtml({ head, rows }: Table, title: string, all: string): string {
  const every = Math.ceil(rows.length / MOST_ROWS);
  const shown = every > 1 ? rows.filter((_, i) => i % every === 0) : rows;
  const caption = every > 1 ? `${title}: one of ${every} rows; all are in ${all}` : title;
  const numeric = head.map((_, i) => i > 0 && shown.every((row) => isNumeric(row[i] ?? '')));
  const heads = head.map((name, i) => cell('th', escapeXml(name), numeric[i]!, ' scope="col"'));
  const body = shown.map((row) => `<tr>${row.map((value, i) => rowCell(value, i, numeric)).join('')}</tr>`);
  return `<div class="rows" role="region" tabindex="0" aria-label="${escapeXml(title)}: table"><table><caption>${escapeXml(caption)}</caption>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

const isNumeric = (value: string | number): boolean =>
  typeof value === 'number' || value === '' || /^[-−]?\d/.test(value);

function rowCell(value: string | number, index: number, numeric: readonly boolean[]): string {
  const text = escapeXml(typeof value === 'number' ? formatNumber(value) : value);
  return index === 0 ? cell('th', text, false, ' scope="row"') : cell('td', text, numeric[index]!, '');
}

const cell = (tag: 'th' | 'td', text: string, numeric: boolean, attributes: string): string =>
  `<${tag}${attributes}${numeric ? ' class="number"' : ''}>${text}</${tag}>`;
