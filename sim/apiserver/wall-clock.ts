/** Calendar time: `epoch + SimTime` as API timestamps (metav1.Time has whole seconds, metav1.MicroTime six decimals). */
import { instant, type SimTime } from '../engine/index.ts';

export class WallClock {
  /** Milliseconds since 1970 of simulated time 0. */
  readonly epochMs: number;
  #second = -1;
  #text = '';

  /** `epoch` is RFC 3339; throws RangeError if it is no date. */
  constructor(epoch: string) {
    this.epochMs = Date.parse(epoch);
    if (!Number.isFinite(this.epochMs)) throw new RangeError(`not a date: ${epoch}`);
  }

  /** metav1.Time of `now`, rounded down to whole seconds. O(1), one string per second. */
  timestamp(now: SimTime): string {
    const second = Math.floor(this.epochMs / 1e3 + now / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatSeconds(second);
    }
    return this.#text;
  }

  /** metav1.Time a whole number of seconds after `now`. */
  timestampAfter(now: SimTime, seconds: number): string {
    return formatSeconds(Math.floor(this.epochMs / 1e3 + now / 1e6) + seconds);
  }

  /** metav1.Time a whole, possibly negative, number of seconds after `timestamp`. */
  timestampMoved(timestamp: string, seconds: number): string {
    return formatSeconds(Math.floor(Date.parse(timestamp) / 1e3) + seconds);
  }

  /** metav1.MicroTime of `now`. */
  microTimestamp(now: SimTime): string {
    const us = Math.round(this.epochMs * 1e3) + now;
    const second = Math.floor(us / 1e6);
    const fraction = String(us - second * 1e6).padStart(6, '0');
    return `${formatSeconds(second).slice(0, -1)}.${fraction}Z`;
  }

  /** The instant of an API timestamp; START for anything before the run. Throws RangeError on malformed text. */
  instantOf(timestamp: string): SimTime {
    return instant(Math.max(0, this.microsecondsOf(timestamp)));
  }

  /** Microseconds from the start of the run to `timestamp`, negative if it lies before. Throws RangeError on malformed text. */
  microsecondsOf(timestamp: string): number {
    const ms = Date.parse(timestamp);
    if (!Number.isFinite(ms)) throw new RangeError(`not a timestamp: ${timestamp}`);
    const fraction = /\.\d{3}(\d{1,3})/.exec(timestamp)?.[1];
    return (
      Math.round((ms - this.epochMs) * 1e3) + (fraction === undefined ? 0 : Number(fraction.padEnd(3, '0')))
    );
  }
}

const formatSeconds = (second: number): string => `${new Date(second * 1e3).toISOString().slice(0, 19)}Z`;
