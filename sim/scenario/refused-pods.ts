/** Pods of workloads that the API server refused: nobody waits for its answer, so the user has to hear of it. */
import type { ObservationBus, ObservationMap } from '../api/index.ts';

export class RefusedPods {
  #count = 0;
  #first: ObservationMap['pod-refused'] | undefined;

  constructor(bus: ObservationBus) {
    bus.on('pod-refused', (refusal) => {
      this.#count++;
      this.#first ??= refusal;
    });
  }

  /** One entry for all, with the first one's reason; none if none was refused. */
  get told(): { readonly time: number; readonly action: string; readonly message: string }[] {
    if (this.#first === undefined) return [];
    const { time, key, message } = this.#first;
    const others = this.#count > 1 ? `, the first of ${this.#count} pods refused` : '';
    return [{ time, action: `the creation of ${key}${others},`, message }];
  }
}
