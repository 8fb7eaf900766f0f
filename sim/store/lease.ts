/**
 * Leases of etcd 3.6 (lessor): a time to live, the keys attached, expiry checked every half second.
 * DEVIATION: an expired lease ends at that check; the Raft round that carries the revocation takes no time.
 */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import type { Duration, SimTime } from '../engine/time.ts';
import { milliseconds, NEVER } from '../engine/time.ts';
import type { Result } from './errors.ts';
import { LEASE_EXISTS, LEASE_TTL_TOO_LARGE, refusal, success } from './errors.ts';

/** Smallest time to live, s: one and a half default election timeouts (1,000 ms), rounded up. etcd 3.6, documented. */
export const MIN_LEASE_TTL_SECONDS = 2;
/** Largest time to live, s. etcd 3.6, documented. */
export const MAX_LEASE_TTL_SECONDS = 9_000_000_000;
/** How often expiry is checked, µs. etcd 3.6, documented. */
export const LEASE_CHECK_PERIOD: Duration = milliseconds(500);
/** Leases ended per check: half the limit of 1,000 a second. etcd 3.6, documented. */
export const LEASES_REVOKED_PER_CHECK = 500;

export class Lease {
  readonly id: number;
  readonly ttlSeconds: number;
  readonly keys = new Set<string>();
  /** When it ends unless kept alive. */
  deadline: SimTime = NEVER;

  constructor(id: number, ttlSeconds: number) {
    this.id = id;
    this.ttlSeconds = ttlSeconds;
  }

  refresh(now: SimTime): void {
    this.deadline = Math.min(NEVER, now + this.ttlSeconds * 1e6) as SimTime;
  }

  /** Whole seconds left, cut towards 0; negative for a lease that is overdue. */
  remainingSeconds(now: SimTime): number {
    return Math.trunc((this.deadline - now) / 1e6);
  }
}

interface Expiry {
  readonly deadline: SimTime;
  readonly lease: Lease;
}

const byDeadline = (a: Expiry, b: Expiry): number => a.deadline - b.deadline || a.lease.id - b.lease.id;

export class Lessor {
  readonly #leases = new Map<number, Lease>();
  /** Also holds the past deadlines of leases renewed or revoked since; they are skipped when they surface. */
  readonly #expiries = new PriorityQueue<Expiry>(byDeadline);
  #nextId = 1;
  /** No check happens before this instant. */
  #earliestCheck = 0;

  lookup(id: number): Lease | undefined {
    return this.#leases.get(id);
  }

  /** By deadline, then id. */
  all(): Lease[] {
    return [...this.#leases.values()].sort((a, b) => a.deadline - b.deadline || a.id - b.id);
  }

  grant(id: number, ttlSeconds: number, now: SimTime): Result<Lease> {
    if (ttlSeconds > MAX_LEASE_TTL_SECONDS) return refusal(LEASE_TTL_TOO_LARGE);
    if (this.#leases.has(id)) return refusal(LEASE_EXISTS);
    const lease = new Lease(id === 0 ? this.#freeId() : id, Math.max(MIN_LEASE_TTL_SECONDS, ttlSeconds));
    this.#leases.set(lease.id, lease);
    this.#schedule(lease, now);
    return success(lease);
  }

  /** Seconds granted anew; 0 if the lease is unknown or overdue. */
  renew(id: number, now: SimTime): number {
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.deadline <= now) return 0;
    this.#schedule(lease, now);
    return lease.ttlSeconds;
  }

  remove(lease: Lease): void {
    this.#leases.delete(lease.id);
  }

  /** Detaches a key from one lease and attaches it to the other; 0 is none. */
  move(key: string, from: number, to: number): void {
    if (from !== 0) this.#leases.get(from)?.keys.delete(key);
    if (to !== 0) this.#leases.get(to)?.keys.add(key);
  }

  /** The instant of the next check that has something to do. */
  nextCheck(): SimTime {
    this.#skipStale();
    const first = this.#expiries.front();
    if (first === null || first.deadline === NEVER) return NEVER;
    const check = Math.ceil(first.deadline / LEASE_CHECK_PERIOD) * LEASE_CHECK_PERIOD;
    return Math.max(check, this.#earliestCheck) as SimTime;
  }

  /** The leases a check at `now` ends, at most LEASES_REVOKED_PER_CHECK, by deadline; the caller removes them. */
  takeOverdue(now: SimTime): Lease[] {
    const overdue: Lease[] = [];
    for (this.#skipStale(); overdue.length < LEASES_REVOKED_PER_CHECK; this.#skipStale()) {
      const first = this.#expiries.front();
      if (first === null || first.deadline > now) break;
      this.#expiries.pop();
      overdue.push(first.lease);
    }
    this.#earliestCheck = (Math.floor(now / LEASE_CHECK_PERIOD) + 1) * LEASE_CHECK_PERIOD;
    return overdue;
  }

  #schedule(lease: Lease, now: SimTime): void {
    lease.refresh(now);
    this.#expiries.push({ deadline: lease.deadline, lease });
  }

  #skipStale(): void {
    for (let first = this.#expiries.front(); first !== null; first = this.#expiries.front()) {
      if (first.lease.deadline === first.deadline && this.#leases.get(first.lease.id) === first.lease) return;
      this.#expiries.pop();
    }
  }

  #freeId(): number {
    while (this.#leases.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }
}
