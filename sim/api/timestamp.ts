/** API times: the calendar is `epoch + SimTime`; `metav1.Time` has whole seconds, `metav1.MicroTime` microseconds. */
import type { SimTime } from '../engine/index.ts';
import { instant } from '../engine/index.ts';
import type { Time } from './types/meta.ts';

const MICROS_PER_SECOND = 1_000_000;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339 as µs since 1970-01-01T00:00:00Z, finer digits dropped. Undefined if it is not one. */
export function parseTimestamp(text: string): number | undefined {
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

/** Turns simulated instants into API times and back, for one epoch. */
export class WallClock {
  /** µs since 1970 of simulated time 0. */
  readonly epochUs: number;
  #second = Number.NaN;
  #text: Time = '';

  /** `epoch` is RFC 3339; throws RangeError if it is not. */
  constructor(epoch: string) {
    this.epochUs = micros(epoch);
  }

  /** `metav1.Time`, rounded down to the second as the API does. O(1): one string per second. */
  timestamp(now: SimTime): Time {
    const second = this.#secondOf(now);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatSecond(second);
    }
    return this.#text;
  }

  /** `metav1.Time` a whole number of seconds after `now`. */
  timestampAfter(now: SimTime, seconds: number): Time {
    return formatSecond(this.#secondOf(now) + seconds);
  }

  /** `metav1.Time` a whole, possibly negative, number of seconds after `timestamp`. */
  timestampMoved(timestamp: Time, seconds: number): Time {
    return formatSecond(Math.floor(micros(timestamp) / MICROS_PER_SECOND) + seconds);
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
