/** scheduling.csv: attempts per sample interval and profile. */
import type { ObservationBus, ObservationMap } from '../../api/index.ts';
import { LogHistogram, type SimTime, toSeconds } from '../../engine/index.ts';
import type { CsvTable } from '../csv.ts';
import { type Recorder, row, type SummaryRow } from '../recorder.ts';

class Interval {
  attempts = 0;
  scheduled = 0;
  unschedulable = 0;
  errors = 0;
  evaluatedNodes = 0;
  feasibleNodes = 0;
  readonly queueTime = new LogHistogram();
}

export class SchedulingRecorder implements Recorder {
  readonly #table: CsvTable;
  readonly #profiles = new Map<string, Interval>();
  #attempts = 0;
  #unschedulable = 0;

  constructor(table: CsvTable, bus: ObservationBus) {
    this.#table = table;
    bus.on('scheduling-attempt', (seen) => this.#attempted(seen));
  }

  #attempted(seen: ObservationMap['scheduling-attempt']): void {
    let interval = this.#profiles.get(seen.profile);
    if (interval === undefined) {
      interval = new Interval();
      this.#profiles.set(seen.profile, interval);
    }
    this.#attempts++;
    interval.attempts++;
    interval.evaluatedNodes += seen.evaluatedNodes;
    interval.feasibleNodes += seen.feasibleNodes;
    if (seen.result === 'scheduled') {
      interval.scheduled++;
      interval.queueTime.add(seen.sinceQueued);
    } else if (seen.result === 'unschedulable') {
      interval.unschedulable++;
      this.#unschedulable++;
    } else interval.errors++;
  }

  sample(now: SimTime): void {
    for (const [profile, interval] of this.#profiles) {
      const queue = interval.queueTime;
      const quantile = (q: number) => (queue.count === 0 ? '' : queue.quantile(q) / 1e6);
      this.#table.add([
        toSeconds(now),
        profile,
        interval.attempts,
        interval.scheduled,
        interval.unschedulable,
        interval.errors,
        interval.evaluatedNodes / interval.attempts,
        interval.feasibleNodes / interval.attempts,
        quantile(0.5),
        quantile(0.99),
        queue.count === 0 ? '' : queue.max / 1e6,
      ]);
    }
    this.#profiles.clear();
  }

  finish(): void {
    this.#table.flush();
  }

  summary(): readonly SummaryRow[] {
    return [
      row('scheduling_attempts', this.#attempts, 'count', 'scheduling attempts'),
      row('scheduling_unschedulable', this.#unschedulable, 'count', 'attempts for which no node fitted'),
    ];
  }
}
