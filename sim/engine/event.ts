/**
 * One discriminated union per component. `kind`, `key` and `n` are plain and all that the digest covers. Other fields may refer to
 * live records of the component, cycles and all: an event is never printed, saved or sent to a thread whole.
 */
export interface SimEvent {
  /** What happens, unique within the component. */
  readonly kind: string;
  /** The object it happens to ("namespace/name", a node's name, "" if none). */
  readonly key: string;
  /** An integer payload that the digest covers (revision, attempt, code). */
  readonly n?: number;
}

/** Handles its events one at a time, each to completion: an exhaustive switch that calls one named method per kind. */
export interface Component<E extends SimEvent> {
  /** Unique in a simulation; part of the digest. */
  readonly name: string;
  handle(event: E): void;
}

/** Names a scheduled event so that it can be cancelled; never reused while the event is pending. */
export type EventId = number;
export const NO_EVENT: EventId = -1;
