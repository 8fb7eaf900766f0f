/** What client traffic can be asked for. */
import type { Random, SimTime } from '../engine/index.ts';
import type { RateStep } from './arrivals.ts';

/** A length of time in µs, not rounded, drawn from uniform numbers. */
export type Sampler = (random: Random) => number;

export interface TrafficOptions {
  /** Unique; keys the randomness. */
  readonly name: string;
  /** "namespace/name". */
  readonly service: string;
  /** The Service's port number; the first port if absent. */
  readonly port?: number | undefined;
  readonly load: OpenLoop | ClosedLoop;
  /** Outside clients come in by a ready node, as a cloud load balancer sends them. Default: inside, on the nodes. */
  readonly from?: 'inside' | 'outside' | undefined;
  /** How long a pod works on a request. */
  readonly serviceTime: Sampler;
  /** Requests that a pod serves at once; more wait in line. Absent: no limit. */
  readonly concurrency?: number | undefined;
  /** How long a client waits for an answer to its SYN, µs. */
  readonly connectTimeoutUs?: number | undefined;
  /** Requests that a client sends over one connection before it opens the next; 1: no keep-alive. */
  readonly requestsPerConnection?: number | undefined;
  readonly start?: SimTime | undefined;
  /** No request starts at or after this. */
  readonly until?: SimTime | undefined;
}

/** Requests come whatever becomes of the earlier ones. */
export interface OpenLoop {
  readonly kind: 'open';
  readonly rate: readonly RateStep[];
  /** Different client addresses; default one per node. */
  readonly clients?: number | undefined;
}

/** Each client sends its next request when it has thought about the last answer. */
export interface ClosedLoop {
  readonly kind: 'closed';
  readonly clients: number;
  readonly thinkTime: Sampler;
  /** How long a client waits after a failure before it thinks of the next request, µs. */
  readonly retryDelayUs?: number | undefined;
}

/** Assumed: the initial retransmission timeout of TCP (RFC 6298); a client that gives up before its second SYN. */
export const DEFAULT_CONNECT_TIMEOUT_US = 1e6;
/** Assumed: keeps a client that is refused at once from asking without pause. */
export const DEFAULT_RETRY_DELAY_US = 100e3;
