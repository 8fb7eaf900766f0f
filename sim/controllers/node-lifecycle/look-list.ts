/** Which nodes are to be looked at, and from when: looks happen at multiples of a period, and only if a node is due. */
import { type Duration, microseconds, type SimTime } from '../../engine/index.ts';

export class LookList {
  readonly #period: Duration;
  /** Node → µs instant from which it is due. */
  readonly #due = new Map<string, number>();

  constructor(period: Duration) {
    this.#period = period;
  }

  /** The first look at or after an instant. */
  tick(at: number): number {
    return Math.ceil(at / this.#period) * this.#period;
  }

  /** False if the node is to be looked at by then anyway. */
  add(node: string, at: number): boolean {
    const known = this.#due.get(node);
    if (known !== undefined && known <= at) return false;
    this.#due.set(node, at);
    return true;
  }

  delete(node: string): void {
    this.#due.delete(node);
  }

  /** Takes out the nodes that were due for the last look at or before `now`: a look may be late. O(nodes in the list). */
  take(now: SimTime): readonly string[] {
    const look = Math.floor(now / this.#period) * this.#period;
    const names = [...this.#due].filter(([, at]) => at <= look).map(([name]) => name);
    for (const name of names) this.#due.delete(name);
    return names;
  }

  /** How long until the next look that somebody is due for; undefined if nobody is. */
  wait(now: SimTime): Duration | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (const at of this.#due.values()) first = Math.min(first, at);
    return first === Number.POSITIVE_INFINITY ? undefined : microseconds(Math.max(0, this.tick(first) - now));
  }
}
