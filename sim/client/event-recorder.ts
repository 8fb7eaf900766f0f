/**
 * Records API Events about objects: client-go tools/record, Kubernetes v1.36.
 * DEVIATION: every component uses this recorder; upstream's scheduler has the one of events.k8s.io, which counts in series.
 */
import { type KubernetesObject, keyOf, type ObservationBus, type WallClock } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { ApiClient } from './client.ts';
import { type Correlated, EventCorrelator } from './event-correlator.ts';

export type EventType = 'Normal' | 'Warning';

export interface EventRecorderOptions {
  /** The component that reports, e.g. kubelet. */
  readonly source: string;
  /** The machine it runs on, if it matters. */
  readonly host?: string | undefined;
  /** Writes Event objects through this client; without it nothing is stored. */
  readonly client?: ApiClient | undefined;
  /** Tells event-recorded. */
  readonly observations?: ObservationBus | undefined;
  /** False: every Event is told and written as it is. Default true. */
  readonly correlate?: boolean | undefined;
}

interface Clock {
  readonly now: SimTime;
}

export class EventRecorder {
  readonly #clock: WallClock;
  readonly #simulation: Clock;
  readonly #options: EventRecorderOptions;
  readonly #correlator: EventCorrelator | undefined;
  #lastInstant = -1;
  #atInstant = 0;

  constructor(simulation: Clock, clock: WallClock, options: EventRecorderOptions) {
    this.#simulation = simulation;
    this.#clock = clock;
    this.#options = options;
    this.#correlator = options.correlate === false ? undefined : new EventCorrelator();
  }

  /** False if nobody would see an Event: then its message need not be built. */
  get enabled(): boolean {
    return (
      this.#options.client !== undefined || (this.#options.observations?.wants('event-recorded') ?? false)
    );
  }

  event(object: KubernetesObject, type: EventType, reason: string, message: string): void {
    if (!this.enabled) return;
    const { now } = this.#simulation;
    const seen = this.#correlated(object, type, reason, message, now);
    if (seen === undefined) return;
    const { client, observations, source } = this.#options;
    const about = `${object.kind}/${keyOf(object)}`;
    observations?.emit('event-recorded', {
      time: now,
      type,
      reason,
      object: about,
      message: seen.message,
      source,
    });
    if (client !== undefined) this.#write(client, { object, type, reason, message: seen.message }, seen, now);
  }

  /** Undefined if the source is cut off. */
  #correlated(
    object: KubernetesObject,
    type: EventType,
    reason: string,
    message: string,
    now: SimTime,
  ): Correlated | undefined {
    if (this.#correlator === undefined) {
      return { message, count: 1, first: now, written: undefined, key: this.#nameFor(object, now) };
    }
    // Source and host are those of the recorder.
    const { uid } = object.metadata;
    const about = uid === '' ? `${object.kind}/${keyOf(object)}` : uid;
    const named = this.#options.client !== undefined;
    return this.#correlator.correlate({ about, type, reason, message }, now, () =>
      named ? this.#nameFor(object, now) : '',
    );
  }

  #write(client: ApiClient, happening: Happening, seen: Correlated, now: SimTime): void {
    const namespace = happening.object.metadata.namespace ?? 'default';
    const lastTimestamp = this.#clock.timestamp(now);
    if (seen.written === undefined) {
      const firstTimestamp = this.#clock.timestamp(seen.first);
      const counted = { name: seen.key, namespace, count: seen.count, firstTimestamp, lastTimestamp };
      const object = eventObject(happening, this.#options, counted);
      client.send({ verb: 'create', resource: 'events', namespace, object });
    } else {
      const patch = { count: seen.count, lastTimestamp, message: seen.message };
      client.send({
        verb: 'patch',
        resource: 'events',
        namespace,
        name: seen.written,
        patchType: 'strategic',
        patch,
      });
    }
  }

  /** Object and time in hexadecimal, as upstream; Events of one instant count on in the nanoseconds. */
  #nameFor(object: KubernetesObject, now: SimTime): string {
    this.#atInstant = now === this.#lastInstant ? this.#atInstant + 1 : 0;
    this.#lastInstant = now;
    const nanoseconds = BigInt(this.#clock.epochUs + now) * 1000n + BigInt(this.#atInstant);
    return `${object.metadata.name}.${nanoseconds.toString(16)}`;
  }
}

interface Happening {
  readonly object: KubernetesObject;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

interface Counted {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
}

function eventObject(
  happening: Happening,
  { source: component, host }: EventRecorderOptions,
  counted: Counted,
) {
  const { name, namespace, ...figures } = counted;
  const { apiVersion, kind, metadata } = happening.object;
  const { uid, resourceVersion } = metadata;
  const involvedObject = {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    uid,
    apiVersion,
    resourceVersion,
  };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject,
    reason: happening.reason,
    message: happening.message,
    source: host === undefined ? { component } : { component, host },
    ...figures,
    type: happening.type,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}
