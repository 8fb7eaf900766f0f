/** events.csv: API Events as they were recorded. */
import type { ObservationBus } from '../../api/index.ts';
import { toSeconds } from '../../engine/index.ts';
import type { CsvTable } from '../csv.ts';
import type { Recorder } from '../recorder.ts';

export class EventRecorder implements Recorder {
  readonly #table: CsvTable;

  constructor(table: CsvTable, bus: ObservationBus) {
    this.#table = table;
    bus.on('event-recorded', (seen) =>
      table.add([toSeconds(seen.time), seen.type, seen.reason, seen.object, seen.source, seen.message]),
    );
  }

  finish(): void {
    this.#table.flush();
  }
}
