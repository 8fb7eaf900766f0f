/** services.csv: requests by outcome and latency quantiles, per Service and sample interval. */
import type { ObservationBus, ObservationMap } from '../../api/index.ts';
import { LogHistogram, type SimTime, toSeconds } from '../../engine/index.ts';
import type { CsvTable } from '../csv.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

type Outcome = ObservationMap['service-request']['outcome'];
const OUTCOMES: readonly Outcome[] = [
  'ok',
  'no-endpoints',
  'connection-refused',
  'connect-timeout',
  'connection-reset',
  'client-down',
];

class Requests {
  readonly mode: string;
  readonly counts = new Float64Array(OUTCOMES.length);
  readonly latency = new LogHistogram();
  stale = 0;

  constructor(mode: string) {
    this.mode = mode;
  }

  add(seen: ObservationMap['service-request']): void {
    const index = OUTCOMES.indexOf(seen.outcome);
    this.counts[index] = this.counts[index]! + 1;
    if (seen.stale) this.stale++;
    if (seen.outcome === 'ok') this.latency.add(seen.latencyUs);
  }

  get total(): number {
    return this.counts.reduce((sum, n) => sum + n, 0);
  }
}

export class ServiceRecorder implements Recorder {
  readonly #table: CsvTable;
  readonly #interval = new Map<string, Requests>();
  readonly #whole = new Requests('');

  constructor(table: CsvTable, bus: ObservationBus) {
    this.#table = table;
    bus.on('service-request', (seen) => this.#ended(seen));
  }

  #ended(seen: ObservationMap['service-request']): void {
    let requests = this.#interval.get(seen.service);
    if (requests === undefined) {
      requests = new Requests(seen.mode);
      this.#interval.set(seen.service, requests);
    }
    requests.add(seen);
    this.#whole.add(seen);
  }

  sample(now: SimTime): void {
    for (const [service, requests] of this.#interval) {
      const latency = requests.latency;
      const cell = (us: number) => (latency.count === 0 ? '' : us);
      this.#table.add([
        toSeconds(now),
        service,
        requests.mode,
        requests.total,
        ...requests.counts,
        requests.stale,
        cell(latency.quantile(0.5)),
        cell(latency.quantile(0.9)),
        cell(latency.quantile(0.99)),
        cell(latency.quantile(0.999)),
        cell(latency.max),
      ]);
    }
    this.#interval.clear();
  }

  finish(): void {
    this.#table.flush();
  }

  summary(): readonly SummaryRow[] {
    const all = this.#whole;
    if (all.total === 0) return [];
    const sent = all.total - all.counts[OUTCOMES.indexOf('client-down')]!;
    const errors = sent - all.counts[0]!;
    const latency = (q: number) => (all.latency.count === 0 ? undefined : all.latency.quantile(q));
    return [
      row('requests', sent, 'count', 'requests to Services that ended, without those whose client went down'),
      row('request_errors', errors, 'count', 'of these, not answered'),
      row('request_error_ratio', errors / sent, 'ratio', 'errors over requests'),
      ...OUTCOMES.slice(1).map((outcome, i) =>
        row(
          `requests_${outcome.replaceAll('-', '_')}`,
          all.counts[i + 1],
          'count',
          `requests that ended with ${outcome}`,
        ),
      ),
      row('requests_stale', all.stale, 'count', 'requests sent to an endpoint that the API knew to be gone'),
      row('request_latency_p50_us', latency(0.5), 'us', 'latency of answered requests, median'),
      row('request_latency_p99_us', latency(0.99), 'us', 'latency of answered requests, 99th percentile'),
      row('request_latency_p999_us', latency(0.999), 'us', 'latency of answered requests, 99.9th percentile'),
    ];
  }
}
