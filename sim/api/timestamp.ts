/** API times: the calendar is `epoch + SimTime`; `metav1.Time` has whole seconds, `metav1.MicroTime` microseconds. */
import type { SimTime } from '../engine/index.ts';
import { instant } from '../engine/index.ts';
import type { Time } from './types/meta.ts';

const MICROS_PER_SECOND = 1_000_000;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339 as µs since 1970-01-01T00:00:00Z, finer digits dropped. Undefined if it is not one. */
export const parseTimestamp = (text: string): number | undefined => wholeSecond(text) ?? anyTimestamp(text);

/** `2026-01-28T23:59:59Z`, as the API writes nearly all of its times; undefined: it has to be looked at closely. */
function wholeSecond(text: string): number | undefined {
  if (text.length !== 20 || text[19] !== 'Z') return undefined;
  const year = numberBefore('-', text, 4, 4);
  const month = numberBefore('-', text, 7, 2);
  const day = numberBefore('T', text, 10, 2);
  const hour = numberBefore(':', text, 13, 2);
  const minute = numberBefore(':', text, 16, 2);
  const second = numberBefore('Z', text, 19, 2);
  const plain = month >= 1 && month <= 12 && day >= 1 && day <= 28;
  if (!plain || !(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000;
}

/** The number of `digits` digits that end at `end`, where `mark` stands; NaN if they do not. */
function numberBefore(mark: string, text: string, end: number, digits: number): number {
  if (text[end] !== mark) return Number.NaN;
  let value = 0;
  for (let i = end - digits; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function anyTimestamp(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const realDay = month >= 1 && month <= 12 && new Date(utc).getUTCDate() === day;
  if (!realDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  return (utc / 1000 - offsetSeconds(match[8] ?? 'Z')) * MICROS_PER_SECOND + micros;
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** `metav1.Time` of whole seconds since 1970. */
export const formatSecond = (second: number): Time =>
  `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;

/** `00Z` to `59Z`. */
const SECONDS: readonly string[] = Array.from({ length: 60 }, (_, i) => `${String(i).padStart(2, '0')}Z`);

/** A power of two. */
const RECENT = 64;

/** Turns simulated instants into API times and back, for one epoch. */
export class WallClock {
  /** µs since 1970 of simulated time 0. */
  readonly epochUs: number;
  #second = Number.NaN;
  #text: Time = '';
  /** Texts of seconds asked for of late, by their last six bits: deadlines lie ahead of the instant and are moved back to it. */
  readonly #seconds = new Array<number>(RECENT).fill(Number.NaN);
  readonly #texts = new Array<Time>(RECENT).fill('');
  /** Instants come in order: the minute that the last one was in, and its text. */
  #minute = Number.NaN;
  #minuteText = '';

  /** `epoch` is RFC 3339; throws RangeError if it is not. */
  constructor(epoch: string) {
    this.epochUs = micros(epoch);
  }

  /** `metav1.Time`, rounded down to the second as the API does. O(1): one string per second. */
  timestamp(now: SimTime): Time {
    const second = this.#secondOf(now);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = this.#recent(second);
    }
    return this.#text;
  }

  #recent(second: number): Time {
    const at = second & (RECENT - 1);
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second;
      this.#texts[at] = this.#format(second);
    }
    return this.#texts[at]!;
  }

  #format(second: number): Time {
    const minute = Math.floor(second / 60);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#minuteText = formatSecond(minute * 60).slice(0, 17);
    }
    return this.#minuteText + SECONDS[second - minute * 60]!;
  }

  /** `metav1.Time` a whole number of seconds after `now`. */
  timestampAfter(now: SimTime, seconds: number): Time {
    return this.#recent(this.#secondOf(now) + seconds);
  }

  /** `metav1.Time` a whole, possibly negative, number of seconds after `timestamp`. */
  timestampMoved(timestamp: Time, seconds: number): Time {
    return this.#recent(Math.floor(micros(timestamp) / MICROS_PER_SECOND) + seconds);
  }

  /** `metav1.MicroTime`. */
  microTimestamp(now: SimTime): Time {
    const second = this.#secondOf(now);
    const fraction = this.epochUs + now - second * MICROS_PER_SECOND;
    return `${this.timestamp(now).slice(0, -1)}.${String(fraction).padStart(6, '0')}Z`;
  }

  /** The instant of an API time; the start of the run for earlier ones. Throws RangeError on malformed text. */
  instantOf(timestamp: Time): SimTime {
    return instant(Math.max(0, this.microsecondsOf(timestamp)));
  }

  /** µs from the start of the run to `timestamp`, negative if it lies before. Throws RangeError on malformed text. */
  microsecondsOf(timestamp: Time): number {
    return micros(timestamp) - this.epochUs;
  }

  #secondOf(now: SimTime): number {
    return Math.floor((this.epochUs + now) / MICROS_PER_SECOND);
  }
}

function micros(text: Time): number {
  const read = parseTimestamp(text);
  if (read === undefined) throw new RangeError(`not a timestamp: ${JSON.stringify(text)}`);
  return read;
}
