/** How long each hop of a request takes: one table of constants, each with its value, origin and standing. */

import { durationsOf, type RandomStreams, type SimTime, type TimeConstant } from '../engine/index.ts';
import type { ApiRequest } from './request.ts';

/** A constant in µs, or a uniform spread drawn by keyed hash. */
export type LatencySource = number | { readonly minUs: number; readonly maxUs: number };

export interface ApiServerLatency {
  /** Client to server. */
  readonly requestHopUs: LatencySource;
  /** Decoding, admission, validation, encoding in the server. */
  readonly processingUs: LatencySource;
  /** etcd: WAL write, fsync, Raft quorum; writes only. */
  readonly etcdCommitUs: LatencySource;
  /** Server to client. */
  readonly responseHopUs: LatencySource;
  /** Commit in etcd to the event in the client's informer: etcd watch, watch cache, encoding, hop. */
  readonly watchDeliveryUs: LatencySource;
}

export const apiServerLatencies = {
  requestHopUs: { valueUs: 250, standing: 'assumed', origin: 'half of a 0.5 ms round trip within one zone' },
  processingUs: {
    valueUs: 1000,
    standing: 'assumed',
    origin: 'mutating calls of an unloaded kube-apiserver take a few ms, of which etcd is about half',
  },
  etcdCommitUs: {
    valueUs: 2000,
    standing: 'assumed',
    origin:
      'fsync and quorum on SSD; etcd hardware guide asks for a 99th percentile of the WAL fsync below 10 ms',
  },
  responseHopUs: { valueUs: 250, standing: 'assumed', origin: 'half of a 0.5 ms round trip within one zone' },
  watchDeliveryUs: {
    valueUs: 1000,
    standing: 'assumed',
    origin:
      'etcd notification, watch cache and one hop; the recordings of the control-plane goldens see 13–60 ms on a loaded 2-core machine',
  },
} as const satisfies Readonly<Record<keyof ApiServerLatency, TimeConstant>>;

export const defaultLatency: ApiServerLatency = durationsOf(apiServerLatencies);

/** An API server that answers at once: for tests and for models that have no control-plane latency. */
export const noLatency: ApiServerLatency = {
  requestHopUs: 0,
  processingUs: 0,
  etcdCommitUs: 0,
  responseHopUs: 0,
  watchDeliveryUs: 0,
};

/** Draws the latencies of one server; constants cost an addition. */
export class LatencySampler {
  readonly #latency: ApiServerLatency;
  readonly #random: RandomStreams;
  readonly #readUs: number;
  readonly #writeUs: number;
  #lastDelivery = 0;

  constructor(latency: ApiServerLatency, random: RandomStreams) {
    this.#latency = latency;
    this.#random = random;
    const { requestHopUs, processingUs, etcdCommitUs } = latency;
    this.#readUs = constant(requestHopUs) + constant(processingUs);
    this.#writeUs = this.#readUs + constant(etcdCommitUs);
  }

  /** From the client's sending to the commit, whole µs. */
  request(verb: ApiRequest['verb'], key: string, now: SimTime): number {
    const write = verb !== 'get' && verb !== 'list';
    const total = write ? this.#writeUs : this.#readUs;
    if (!Number.isNaN(total)) return total;
    const { requestHopUs, processingUs, etcdCommitUs } = this.#latency;
    const drawn =
      this.#draw('hop', requestHopUs, key, now) + this.#draw('processing', processingUs, key, now);
    return Math.round(write ? drawn + this.#draw('etcd', etcdCommitUs, key, now) : drawn);
  }

  response(key: string, now: SimTime): number {
    const source = this.#latency.responseHopUs;
    return typeof source === 'number' ? source : Math.round(this.#draw('response', source, key, now));
  }

  /** The instant at which a change committed now reaches watchers: never before an earlier change does. */
  delivery(now: SimTime, key: string, revision: number): SimTime {
    const source = this.#latency.watchDeliveryUs;
    if (typeof source === 'number') return (now + source) as SimTime;
    const at = now + Math.round(this.#draw('delivery', source, key, revision));
    this.#lastDelivery = Math.max(this.#lastDelivery, at);
    return this.#lastDelivery as SimTime;
  }

  #draw(purpose: string, source: LatencySource, key: string, n: number): number {
    if (typeof source === 'number') return source;
    return source.minUs + this.#random.draw(`apiserver-${purpose}`, key, n) * (source.maxUs - source.minUs);
  }
}

/** The value of a constant rounded to whole µs, NaN for a spread. */
const constant = (source: LatencySource): number =>
  typeof source === 'number' ? Math.round(source) : Number.NaN;
