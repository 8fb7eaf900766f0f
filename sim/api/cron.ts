/** Cron schedules as CronJobs write them: the standard parser of robfig/cron v3, which Kubernetes v1.36 uses. */
import { parseDuration } from './duration.ts';

/** Values at which a field fires, and whether it was written `*`. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  readonly star: boolean;
}

/** Fires in every minute whose fields all match; if neither day field is a star, one of the two is enough. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  /** 1 to 12. */
  readonly month: CronField;
  /** 0 (Sunday) to 6. */
  readonly dayOfWeek: CronField;
}

export type CronSchedule =
  | { readonly kind: 'fields'; readonly fields: CronFields }
  /** `@every`: that long after the time asked about. */
  | { readonly kind: 'every'; readonly seconds: number };

export interface CronError {
  readonly error: string;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const descriptors = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

class Malformed extends Error {}

/** Reads a schedule; the error is in the words of the parser. A time zone prefix is skipped. */
export function parseCron(text: string): CronSchedule | CronError {
  try {
    return parse(text);
  } catch (problem) {
    if (problem instanceof Malformed) return { error: problem.message };
    throw problem;
  }
}

function parse(text: string): CronSchedule {
  if (text === '') throw new Malformed('empty spec string');
  const zoned = /^(?:CRON_)?TZ=\S* (.*)$/.exec(text);
  const spec = zoned === null ? text : (zoned[1] ?? '').trim();
  if (spec.startsWith('@every '))
    return { kind: 'every', seconds: everySeconds(spec.slice('@every '.length)) };
  if (spec.startsWith('@') && !descriptors.has(spec)) throw new Malformed(`unrecognized descriptor: ${spec}`);
  const parts = (descriptors.get(spec) ?? spec).split(/\s+/).filter((part) => part !== '');
  if (parts.length !== 5)
    throw new Malformed(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts.map((part, i) =>
    parseField(part, bounds[i] as Bounds),
  );
  return { kind: 'fields', fields: { minute, hour, dayOfMonth, month, dayOfWeek } as CronFields };
}

function everySeconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new Malformed(`failed to parse duration @every ${text}: time: invalid duration "${text}"`);
  return Math.max(1, Math.floor(duration / 1e6));
}

function parseField(text: string, limits: Bounds): CronField {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(',').filter((range) => range !== '')) {
    star = addRange(values, part, limits) || star;
  }
  return { values, star };
}

/** Adds one `a-b/step` and tells whether it was a plain star. */
function addRange(values: Set<number>, text: string, { min, max, names }: Bounds): boolean {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [lowText = '', highText, ...moreHyphens] = range.split('-');
  const star = lowText === '*' || lowText === '?';
  const low = star ? min : numberOrName(lowText, names);
  if (!star && moreHyphens.length > 0) throw new Malformed(`too many hyphens: ${text}`);
  let high = star ? max : highText === undefined ? low : numberOrName(highText, names);
  if (moreSteps.length > 0) throw new Malformed(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (stepText !== undefined && highText === undefined) high = max;
  if (low < min) throw new Malformed(`beginning of range (${low}) below minimum (${min}): ${text}`);
  if (high > max) throw new Malformed(`end of range (${high}) above maximum (${max}): ${text}`);
  if (low > high) throw new Malformed(`beginning of range (${low}) beyond end of range (${high}): ${text}`);
  if (step === 0) throw new Malformed(`step of range should be a positive number: ${text}`);
  for (let value = low; value <= high; value += step) values.add(value);
  return star && step === 1;
}

function numberOrName(text: string, names: readonly string[] | undefined): number {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  return named >= 0 ? named : wholeNumber(text);
}

function wholeNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    const reason = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new Malformed(`failed to parse int from ${text}: ${reason}`);
  }
  const value = Number(text);
  if (value < 0) throw new Malformed(`negative number (${value}) not allowed: ${text}`);
  return value;
}
