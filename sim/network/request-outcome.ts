/** How a request to a Service ends, and what is counted of it. */
import type { ObservationMap } from '../api/observations.ts';
import { LogHistogram } from '../engine/index.ts';

export type RequestOutcome = ObservationMap['service-request']['outcome'];

/** Requests of one Service that have ended. */
export class ServiceStatistics {
  /** "namespace/name". */
  readonly service: string;
  readonly outcomes: Record<RequestOutcome, number> = {
    ok: 0,
    'no-endpoints': 0,
    'connection-refused': 0,
    'connect-timeout': 0,
    'connection-reset': 0,
    'client-down': 0,
  };
  /** Sent to an endpoint that the API knew to be gone. */
  stale = 0;
  /** Of answered requests, µs. */
  readonly latencyUs = new LogHistogram();

  constructor(service: string) {
    this.service = service;
  }

  get total(): number {
    let total = 0;
    for (const count of Object.values(this.outcomes)) total += count;
    return total;
  }

  add(outcome: RequestOutcome, stale: boolean, latencyUs: number): void {
    this.outcomes[outcome]++;
    if (stale) this.stale++;
    if (outcome === 'ok') this.latencyUs.add(latencyUs);
  }
}
