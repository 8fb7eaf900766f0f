/** The informers of one process, shared by whatever runs in it (client-go/informers, Kubernetes v1.36). */
import type { ObjectOf, ResourceName, ResourceTypes } from '../api/index.ts';
import type { ApiServer, WatchHandle, WatchScope } from '../apiserver/index.ts';
import { CachingInformer, type Informer } from './informer.ts';

export type InformerSelectors = Omit<WatchScope, 'resource'>;

interface Running {
  readonly scope: WatchScope;
  readonly informer: CachingInformer<ResourceTypes[ResourceName]>;
  watch: WatchHandle | undefined;
}

export class SharedInformerFactory {
  readonly #apiserver: ApiServer;
  readonly #running = new Map<string, Running>();

  constructor(apiserver: ApiServer) {
    this.#apiserver = apiserver;
  }

  /** The process's informer of that scope; the same one for the same arguments. Watches from the next `start()`. */
  informer<R extends ResourceName>(resource: R, selectors: InformerSelectors = {}): Informer<ObjectOf<R>> {
    const { namespace = '', labelSelector = '', fieldSelector = '' } = selectors;
    const id = `${resource} ${namespace} ${labelSelector} ${fieldSelector}`;
    let known = this.#running.get(id);
    if (known === undefined) {
      known = { scope: { ...selectors, resource }, informer: new CachingInformer(), watch: undefined };
      this.#running.set(id, known);
    }
    return known.informer as unknown as Informer<ObjectOf<R>>;
  }

  /** Starts the informers that do not watch yet, in the order they were asked for. */
  start(): void {
    for (const running of this.#running.values()) running.watch ??= this.#watch(running, undefined);
  }

  /** As `start`, but informers that have a list go on from where they stand, and list only if the server cannot tell them what they missed. */
  reconnect(): void {
    for (const running of this.#running.values()) {
      const { hasSynced, resourceVersion } = running.informer;
      running.watch ??= this.#watch(running, hasSynced ? resourceVersion : undefined);
    }
  }

  /** Ends all watches: the process or its network is gone. What the informers hold stays readable. */
  stop(): void {
    for (const running of this.#running.values()) {
      running.watch?.stop();
      running.watch = undefined;
    }
  }

  /** True once every informer asked for has its initial list. */
  get hasSynced(): boolean {
    for (const { informer } of this.#running.values()) if (!informer.hasSynced) return false;
    return true;
  }

  #watch(running: Running, after: number | undefined): WatchHandle {
    const { informer, scope } = running;
    informer.onExpired = () => {
      running.watch = this.#watch(running, undefined);
    };
    return this.#apiserver.watch(scope, informer, after);
  }
}
