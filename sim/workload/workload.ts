/** Creates the pods of one source at the API server, each at its arrival: one pending event per source. */
import { keyOf } from '../api/index.ts';
import type { ApiClient } from '../client/index.ts';
import { type Component, Phase, type Port, type SimEvent, type Simulation } from '../engine/index.ts';
import type { Arrival, ArrivalSource } from './arrivals.ts';

interface PodArrives extends SimEvent {
  readonly kind: 'pod-arrives';
}

export class Workload implements Component<PodArrives> {
  readonly name: string;
  readonly #source: ArrivalSource;
  readonly #client: ApiClient;
  readonly #port: Port<PodArrives>;
  #next: Arrival | undefined;
  #created = 0;

  constructor(simulation: Simulation, client: ApiClient, source: ArrivalSource) {
    this.name = `workload/${source.name}`;
    this.#source = source;
    this.#client = client;
    this.#port = simulation.port(this, Phase.component);
    this.#scheduleNext();
  }

  /** True once the source has no more pods. */
  get exhausted(): boolean {
    return this.#next === undefined;
  }

  /** Pods submitted so far. */
  get created(): number {
    return this.#created;
  }

  #scheduleNext(): void {
    this.#next = this.#source.next();
    if (this.#next !== undefined)
      this.#port.at(this.#next.at, { kind: 'pod-arrives', key: keyOf(this.#next.pod) });
  }

  handle(event: PodArrives): void {
    switch (event.kind) {
      case 'pod-arrives':
        this.#create(event.key);
    }
  }

  #create(key: string): void {
    const arrival = this.#next;
    if (arrival === undefined) return;
    this.#created++;
    const namespace = arrival.pod.metadata.namespace ?? 'default';
    this.#client.send({ verb: 'create', resource: 'pods', namespace, object: arrival.pod }, undefined, key);
    this.#scheduleNext();
  }
}
