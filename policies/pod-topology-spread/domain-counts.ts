/** What PreFilter knows of a constraint, and what-ifs change: `preFilterState` of `filtering.go`. */
import type { LabelColumn } from '../../sim/scheduler/contract.ts';
import type { Constraint } from './constraints.ts';
import type { DomainSum } from './domains.ts';

/** How many matching pods each domain of one constraint has, and which domains have the fewest. */
export class DomainCounts {
  readonly constraint: Constraint;
  readonly column: LabelColumn;
  /** Value id → pods. Shared until changed. */
  #counts: Int32Array;
  #owned: boolean;
  /** Domains that take part. */
  domains: number;
  /** Two domains with the fewest pods, fewest first. */
  #fewestId = 0;
  #fewest = Number.POSITIVE_INFINITY;
  #nextId = 0;
  #next = Number.POSITIVE_INFINITY;

  constructor(constraint: Constraint, column: LabelColumn, { counts, shared, takesPart }: DomainSum) {
    this.constraint = constraint;
    this.column = column;
    this.#counts = counts;
    this.#owned = !shared;
    this.domains = 0;
    for (let id = 1; id < takesPart.length; id++)
      if (takesPart[id]! > 0) {
        this.domains++;
        this.#track(id, counts[id] ?? 0);
      }
  }

  /** Value id → pods; shorter than the ids if the rest have none. */
  get counts(): Int32Array {
    return this.#counts;
  }

  get fewest(): number {
    return this.domains < this.constraint.minDomains ? 0 : this.#fewest;
  }

  fork(): DomainCounts {
    const copy = new DomainCounts(this.constraint, this.column, {
      counts: this.#counts,
      shared: true,
      takesPart: [],
    });
    copy.domains = this.domains;
    copy.#fewestId = this.#fewestId;
    copy.#fewest = this.#fewest;
    copy.#nextId = this.#nextId;
    copy.#next = this.#next;
    return copy;
  }

  add(id: number, delta: number): void {
    if (!this.#owned || id >= this.#counts.length) {
      const counts = new Int32Array(Math.max(this.#counts.length, id + 1));
      counts.set(this.#counts);
      this.#counts = counts;
      this.#owned = true;
    }
    this.#counts[id]! += delta;
    this.#track(id, this.#counts[id]!);
  }

  /** Enough as long as what-ifs change one domain at a time, as upstream's criticalPaths. */
  #track(id: number, count: number): void {
    if (id === this.#fewestId) this.#fewest = count;
    else if (id === this.#nextId) this.#next = count;
    else if (count < this.#fewest) {
      this.#nextId = this.#fewestId;
      this.#next = this.#fewest;
      this.#fewestId = id;
      this.#fewest = count;
    } else if (count < this.#next) {
      this.#nextId = id;
      this.#next = count;
    }
    if (this.#fewest <= this.#next) return;
    [this.#fewestId, this.#nextId] = [this.#nextId, this.#fewestId];
    [this.#fewest, this.#next] = [this.#next, this.#fewest];
  }
}
