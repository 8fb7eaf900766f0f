/** proxy.csv: one row per sync of a shared rule model. */
import type { ObservationBus, ObservationMap } from '../../api/index.ts';
import { LogHistogram, toSeconds } from '../../engine/index.ts';
import type { CsvTable } from '../csv.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

export class ProxyRecorder implements Recorder {
  readonly #table: CsvTable;
  readonly #latency = new LogHistogram();
  #syncs = 0;
  #tookUs = 0;

  constructor(table: CsvTable, bus: ObservationBus) {
    this.#table = table;
    bus.on('proxy-synced', (seen) => this.#synced(seen));
  }

  #synced(seen: ObservationMap['proxy-synced']): void {
    this.#syncs++;
    this.#tookUs += seen.took;
    const latency = seen.programmingLatency;
    if (latency !== undefined) this.#latency.add(latency);
    this.#table.add([
      toSeconds(seen.time),
      seen.mode,
      seen.nodes,
      seen.full ? 1 : 0,
      seen.services,
      seen.endpoints,
      seen.rulesTotal,
      seen.rulesWritten,
      toSeconds(seen.took),
      latency === undefined ? '' : toSeconds(latency),
    ]);
  }

  finish(): void {
    this.#table.flush();
  }

  summary(): readonly SummaryRow[] {
    if (this.#syncs === 0) return [];
    const latency = this.#latency;
    return [
      row('proxy_syncs', this.#syncs, 'count', 'syncs of a rule model'),
      row('proxy_sync_mean_s', this.#tookUs / this.#syncs / 1e6, 's', 'duration of a sync, mean'),
      row(
        'programming_latency_p50_s',
        latency.quantile(0.5) / 1e6,
        's',
        'endpoint change to rules in force, median of syncs',
      ),
      row('programming_latency_p99_s', latency.quantile(0.99) / 1e6, 's', 'the same, 99th percentile'),
    ];
  }
}
