/**
 * Which rules were in force when. All nodes of a mode go through the same versions; a node lags behind the
 * timeline by a constant, so what it has is a look-up, and a change costs one entry, not one per node.
 */
import { NEVER, type SimTime } from '../engine/index.ts';
import type { PortRules } from './port-rules.ts';
import type { PortDataPlane } from './proxy.ts';

/** Versions of one service port by the instant from which they hold on the earliest node. */
export class PortHistory {
  /** ServicePort.key. */
  readonly key: string;
  readonly plane: PortDataPlane;
  /** True while the API has changes of this port's endpoints that no version has yet. */
  behind = false;
  readonly #from: SimTime[] = [];
  /** Undefined: the port was withdrawn. */
  readonly #versions: (PortRules | undefined)[] = [];

  constructor(key: string, plane: PortDataPlane) {
    this.key = key;
    this.plane = plane;
  }

  /** What a node has whose proxier is where the earliest one was at `time`; undefined: no such port. O(1) as a rule. */
  at(time: number): PortRules | undefined {
    let i = this.#from.length - 1;
    while (i >= 0 && this.#from[i]! > time) i--;
    return i < 0 ? undefined : this.#versions[i];
  }

  /** The version that no other follows yet, in force or about to be. */
  get newest(): PortRules | undefined {
    return this.#versions[this.#versions.length - 1];
  }

  /** `from` must not be before the newest version's. Versions that nobody can have at `oldest` or later are dropped. */
  append(from: SimTime, version: PortRules | undefined, oldest: number): void {
    this.#from.push(from);
    this.#versions.push(version);
    let dead = 0;
    while (dead + 1 < this.#from.length && this.#from[dead + 1]! <= oldest) dead++;
    if (dead === 0) return;
    this.#from.splice(0, dead);
    this.#versions.splice(0, dead);
  }

  /** When the newest version counts from; NEVER if there is none. */
  get newestFrom(): SimTime {
    return this.#from[this.#from.length - 1] ?? NEVER;
  }

  get length(): number {
    return this.#from.length;
  }
}

/** Numbers of the syncs, by the instant from which they hold on the earliest node. */
export class RevisionTimeline {
  #first = 1;
  readonly #from: SimTime[] = [];

  /** Returns the new revision, counted from 1. */
  append(from: SimTime, oldest: number): number {
    this.#from.push(from);
    let dead = 0;
    while (dead + 1 < this.#from.length && this.#from[dead + 1]! <= oldest) dead++;
    if (dead > 0) this.#from.splice(0, dead);
    this.#first += dead;
    return this.latest;
  }

  get latest(): number {
    return this.#first + this.#from.length - 1;
  }

  /** 0: none yet. Exact for instants that some node may still be at. O(log n). */
  at(time: number): number {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#from[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? (this.#first === 1 ? 0 : this.#first) : this.#first + low - 1;
  }
}
