/** Rolling digest of all events: equal digests mean equal runs. */
import type { SimEvent } from './event.ts';
import type { Phase } from './phase.ts';
import type { SimTime } from './time.ts';

export class EventDigest {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  add(time: SimTime, phase: Phase, component: string, event: SimEvent): void {
    this.#mix(time % 4294967296);
    this.#mix(Math.floor(time / 4294967296) * 8 + phase);
    this.#text(component);
    this.#text(event.kind);
    this.#text(event.key);
    this.#mix(event.n ?? 0);
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return (this.#a >>> 0).toString(16).padStart(8, '0') + (this.#b >>> 0).toString(16).padStart(8, '0');
  }

  #mix(v: number): void {
    this.#a = Math.imul(this.#a ^ v, 0x01000193);
    this.#b = Math.imul((this.#b << 13) | (this.#b >>> 19), 5) + (v | 0) + 0x6b64e654;
  }

  #text(s: string): void {
    for (let i = 0; i < s.length; i++) this.#mix(s.charCodeAt(i));
  }
}
