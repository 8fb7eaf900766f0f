/** How long each hop of a request takes: one table of constants, each with unit, value, origin and standing. */

import type { RandomStreams, SimTime } from '../engine/index.ts';
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

export interface LatencyRow {
  readonly name: keyof ApiServerLatency;
  readonly unit: 'µs';
  readonly value: number;
  readonly origin: string;
  readonly standing: 'measured' | 'documented' | 'assumed';
}

export const latencyTable: readonly LatencyRow[] = [
  {
    name: 'requestHopUs',
    unit: 'µs',
    value: 250,
    standing: 'assumed',
    origin: 'half of a 0.5 ms round trip within one zone',
  },
  {
    name: 'processingUs',
    unit: 'µs',
    value: 1000,
    standing: 'assumed',
    origin: 'mutating calls of an unloaded kube-apiserver take a few ms, of which etcd is about half',
  },
  {
    name: 'etcdCommitUs',
    unit: 'µs',
    value: 2000,
    standing: 'assumed',
    origin:
      'fsync and quorum on SSD; etcd hardware guide asks for a 99th percentile of the WAL fsync below 10 ms',
  },
  {
    name: 'responseHopUs',
    unit: 'µs',
    value: 250,
    standing: 'assumed',
    origin: 'half of a 0.5 ms round trip within one zone',
  },
  {
    name: 'watchDeliveryUs',
    unit: 'µs',
    value: 1000,
    standing: 'assumed',
    origin:
      'etcd notification, watch cache and one hop; the recordings of the control-plane goldens see 13–60 ms on a loaded 2-core machine',
  },
];

export const defaultLatency: ApiServerLatency = {
  requestHopUs: 250,
  processingUs: 1000,
  etcdCommitUs: 2000,
  responseHopUs: 250,
  watchDeliveryUs: 1000,
};

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
