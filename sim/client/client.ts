/** One process's way to the API server: its requests pass one token bucket in order, then travel (client-go, Kubernetes v1.36). */
import type { ApiRequest, ApiServer, ReplyEvent, ReplyTo } from '../apiserver/index.ts';
import type { SimTime, Simulation } from '../engine/index.ts';
import { type ClientLimits, defaultClientLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ApiClientOptions extends Partial<ClientLimits> {
  /** User agent, e.g. kube-scheduler. */
  readonly name: string;
}

export class ApiClient {
  readonly name: string;
  readonly apiserver: ApiServer;
  readonly #simulation: Simulation;
  readonly #bucket: TokenBucket;

  constructor(simulation: Simulation, apiserver: ApiServer, options: ApiClientOptions) {
    this.name = options.name;
    this.apiserver = apiserver;
    this.#simulation = simulation;
    this.#bucket = new TokenBucket(
      options.qps ?? defaultClientLimits.qps,
      options.burst ?? defaultClientLimits.burst,
    );
  }

  get now(): SimTime {
    return this.#simulation.now;
  }

  /**
   * Sends when the token bucket lets it. `replyTo.event`, given away, comes back through its port, completed with the result.
   * `key` saves making one: the object's, as keyOf.
   */
  send<E extends ReplyEvent>(request: ApiRequest, replyTo?: ReplyTo<E>, key = requestKey(request)): void {
    const departure = this.#bucket.reserve(this.#simulation.now);
    this.apiserver.submit(request, departure, key, replyTo);
  }
}

/**
 * What the commit event is called: the key of the object, or the prefix of generated names, or the resource of a list. A
 * binding names its node too: two runs that place a pod differently part there, and not only where it shows.
 */
function requestKey(request: ApiRequest): string {
  switch (request.verb) {
    case 'create': {
      const { name, generateName } = request.object.metadata;
      return `${request.namespace}/${name ?? generateName ?? ''}`;
    }
    case 'update': {
      const { namespace, name } = request.object.metadata;
      return namespace === undefined ? (name ?? '') : `${namespace}/${name}`;
    }
    case 'list':
      return request.resource;
    case 'bind':
      return `${request.namespace}/${request.name} on ${request.node}`;
    default:
      return request.namespace === '' ? request.name : `${request.namespace}/${request.name}`;
  }
}
