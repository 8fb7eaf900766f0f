/** Cells that several tables share. Source: apimachinery `duration.HumanDuration`, printers of Kubernetes v1.36.3. */
import type { LabelSelector, LabelSelectorRequirement } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';

/** How kubectl shows a time span, `ms` long: 45s, 3m20s, 135m, 7h59m, 2d3h, 729d, 2y169d. */
export function humanDuration(ms: number): string {
  const s = Math.trunc(ms / 1000);
  if (s < -1) return '<invalid>';
  if (s < 0) return '0s';
  if (s < 120) return `${s}s`;
  const m = Math.floor(s / 60);
  if (m < 10) return withRest(m, 'm', s % 60, 's');
  if (m < 180) return `${m}m`;
  const h = Math.floor(s / 3600);
  if (h < 8) return withRest(h, 'h', m % 60, 'm');
  if (h < 48) return `${h}h`;
  const d = Math.floor(h / 24);
  if (d < 8) return withRest(d, 'd', h % 24, 'h');
  if (d < 730) return `${d}d`;
  const y = Math.floor(d / 365);
  return d < 8 * 365 ? withRest(y, 'y', d % 365, 'd') : `${y}y`;
}

const withRest = (n: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${n}${unit}` : `${n}${unit}${rest}${restUnit}`;

/** An AGE cell; `nowMs` is the calendar instant in ms. */
export const age = (timestamp: string | undefined, nowMs: number): string =>
  timestamp === undefined ? '<unknown>' : humanDuration(nowMs - Date.parse(timestamp));

export const orNone = (cell: string | undefined): string =>
  cell === undefined || cell === '' ? '<none>' : cell;
export const orUnknown = (cell: string | undefined): string =>
  cell === undefined || cell === '' ? '<unknown>' : cell;

/** A SELECTOR cell: requirements in order of their keys. */
export function selectorCell(selector: LabelSelector | undefined): string {
  const parts: { readonly key: string; readonly text: string }[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    parts.push({ key, text: `${key}=${value}` });
  }
  for (const requirement of selector?.matchExpressions ?? []) {
    parts.push({ key: requirement.key, text: requirementText(requirement) });
  }
  parts.sort((a, b) => compareTexts(a.key, b.key));
  return orNone(parts.map((part) => part.text).join(','));
}

function requirementText({ key, operator, values }: LabelSelectorRequirement): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'In':
    case 'NotIn': {
      const sorted = [...(values ?? [])].sort(compareTexts);
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${sorted.join(',')})`;
    }
  }
}
