/**
 * Records API Events about objects: client-go tools/record, Kubernetes v1.36.
 * DEVIATION: every component uses this recorder; upstream's scheduler has the one of events.k8s.io, which counts in series.
 */
import { type KubernetesObject, keyOf, type ObservationBus, type WallClock } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { ApiClient } from './client.ts';
import { type Correlated, EventCorrelator, type EventFacts } from './event-correlator.ts';
import { type Counted, EventCounts } from './event-counts.ts';

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
  /** Of what is written. */
  readonly #counts: EventCounts | undefined;
  #lastInstant = -1;
  #atInstant = 0;

  constructor(simulation: Clock, clock: WallClock, options: EventRecorderOptions) {
    this.#simulation = simulation;
    this.#clock = clock;
    this.#options = options;
    const correlate = options.correlate !== false;
    this.#correlator = correlate ? new EventCorrelator() : undefined;
    this.#counts = correlate && options.client !== undefined ? new EventCounts() : undefined;
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
    const { uid } = object.metadata;
    const named = `${object.kind}/${keyOf(object)}`;
    // Source and host are those of the recorder.
    const facts = { about: uid === '' ? named : uid, type, reason, message };
    const { combined, cutOff } = this.#correlator?.correlate(facts, now) ?? AS_IT_IS;
    const { client, observations, source } = this.#options;
    const counted = client && this.#count(facts, combined, object, now);
    if (cutOff) return;
    const text = combined ? `(combined from similar events): ${message}` : message;
    observations?.emit('event-recorded', { time: now, type, reason, object: named, message: text, source });
    if (client !== undefined && counted !== undefined)
      this.#write(client, { object, type, reason, message: text }, counted, now);
  }

  #count(facts: EventFacts, combined: boolean, object: KubernetesObject, now: SimTime): Counted {
    const nameOf = () => this.#nameFor(object, now);
    return this.#counts?.count(facts, combined, now, nameOf) ?? newEvent(nameOf(), now);
  }

  #write(client: ApiClient, happening: Happening, counted: Counted, now: SimTime): void {
    const namespace = happening.object.metadata.namespace ?? 'default';
    const lastTimestamp = this.#clock.timestamp(now);
    const { name, count, written } = counted;
    if (!written) {
      const firstTimestamp = this.#clock.timestamp(counted.first);
      const figures = { name, namespace, count, firstTimestamp, lastTimestamp };
      const object = eventObject(happening, this.#options, figures);
      client.send({ verb: 'create', resource: 'events', namespace, object });
    } else {
      const patch = { count, lastTimestamp, message: happening.message };
      client.send({ verb: 'patch', resource: 'events', namespace, name, patchType: 'strategic', patch });
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

const AS_IT_IS: Correlated = { combined: false, cutOff: false };
const newEvent = (name: string, first: SimTime): Counted => ({ count: 1, first, name, written: false });

interface Happening {
  readonly object: KubernetesObject;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

interface Figures {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
}

function eventObject(
  happening: Happening,
  { source: component, host }: EventRecorderOptions,
  { name, namespace, ...figures }: Figures,
) {
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
