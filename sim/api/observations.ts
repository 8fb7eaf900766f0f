/**
 * Everything the model tells its listeners, by kind (law 7): plain data, no reply.
 * Instants are those of the simulation clock at which the thing happened unless a field says otherwise.
 */
import { type Duration, Observations, type SimTime } from '../engine/index.ts';
import type { Node } from './types/core.ts';
import type { Pod } from './types/pod.ts';

/** A pod that something happened to. */
interface PodSeen {
  readonly pod: Pod;
  /**
   * Where the API server keeps it: a small integer of its own as long as it exists, another pod's afterwards. Negative if the
   * teller's watch spoke of the pod only when it was gone.
   */
  readonly slot: number;
}

export interface ObservationMap {
  /** The API server committed a change to an object; `previous` is absent on creation, `object` is the last state on deletion. */
  'pod-changed': PodSeen & {
    readonly time: SimTime;
    readonly previous: Pod | undefined;
    readonly deleted: boolean;
  };
  'node-changed': {
    readonly time: SimTime;
    readonly node: Node;
    readonly previous: Node | undefined;
    readonly deleted: boolean;
  };

  /**
   * One scheduling attempt ended: `scheduled` if its binding cycle begins, so Reserve and Permit agree; Permit may still be waiting,
   * and what comes of the wait and of the binding is observed as no attempt. `unschedulable` if no node fits, or Reserve or Permit
   * rejects the pod; `error` otherwise. DEVIATION: upstream's metrics count an attempt as scheduled once the pod is bound.
   */
  'scheduling-attempt': PodSeen & {
    readonly time: SimTime;
    readonly attempt: number;
    readonly profile: string;
    readonly result: 'scheduled' | 'unschedulable' | 'error';
    /** Empty unless scheduled. */
    readonly node: string;
    readonly evaluatedNodes: number;
    readonly feasibleNodes: number;
    /** From entering the queue the first time. */
    readonly sinceQueued: Duration;
    /** Why the attempt gave the pod no node; empty if scheduled. */
    readonly message: string;
  };

  /** What the kubelet and runtime did, when it happened on the node (the API learns of it later). */
  'pod-lifecycle': PodSeen & {
    readonly time: SimTime;
    readonly node: string;
    readonly step:
      | 'admitted'
      | 'rejected'
      | 'sandbox-ready'
      | 'images-pulled'
      | 'initialized'
      | 'started'
      | 'ready'
      /** None of its regular containers runs any more, but some are to be restarted; `resumed`: one has been. */
      | 'halted'
      | 'resumed'
      /** Its regular containers have ended, by themselves, told to, or with their machine, and none will be restarted. */
      | 'finished'
      | 'removed';
  };
  'container-restarted': PodSeen & {
    readonly time: SimTime;
    readonly node: string;
    readonly container: string;
    readonly exitCode: number;
    readonly reason: string;
    readonly restartCount: number;
  };
  'image-pulled': {
    readonly time: SimTime;
    readonly node: string;
    readonly image: string;
    readonly bytes: number;
    readonly took: Duration;
  };

  /** The physical truth about a machine, before any component notices. */
  'machine-changed': {
    readonly time: SimTime;
    readonly node: string;
    readonly up: boolean;
    readonly cause: string;
  };
  /** The API server refused to create a pod whose creator waits for no answer. */
  'pod-refused': {
    readonly time: SimTime;
    /** namespace/name */
    readonly key: string;
    readonly message: string;
  };
  'fault-injected': {
    readonly time: SimTime;
    readonly fault: string;
    readonly target: string;
    readonly phase: 'begin' | 'end';
  };

  /** An API Event object as kubectl would show it. */
  'event-recorded': {
    readonly time: SimTime;
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly object: string;
    readonly message: string;
    readonly source: string;
  };

  /** One proxier sync on the nodes that share a rule model. */
  'proxy-synced': {
    readonly time: SimTime;
    readonly mode: string;
    /** How many nodes made this sync. */
    readonly nodes: number;
    readonly full: boolean;
    readonly services: number;
    readonly endpoints: number;
    readonly rulesTotal: number;
    readonly rulesWritten: number;
    readonly took: Duration;
    /** Change of the endpoint to rules in force, the oldest change in this sync; undefined if no endpoint had changed. */
    readonly programmingLatency: Duration | undefined;
  };

  /** One client request to a Service ended. */
  'service-request': {
    readonly time: SimTime;
    /** "namespace/name" of the Service. */
    readonly service: string;
    readonly mode: string;
    /** `ok` or the cause of the failure. */
    readonly outcome:
      | 'ok'
      | 'no-endpoints'
      | 'connection-refused'
      | 'connect-timeout'
      | 'connection-reset'
      | 'client-down';
    /** True if the rules in force named an endpoint that the API already knew to be gone. */
    readonly stale: boolean;
    readonly latencyUs: number;
    readonly endpoint: string;
  };
}

export type ObservationBus = Observations<ObservationMap>;

export const observationBus = (): ObservationBus => new Observations<ObservationMap>();
