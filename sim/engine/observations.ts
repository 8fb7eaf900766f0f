/**
 * The bus on which model code says what happened, without knowing who listens (law 7).
 * The kinds and their payloads are the caller's: `Observations<{ 'pod-bound': PodBound }>`.
 */
export type Listener<Payload> = (payload: Payload) => void;

/** One kind of observation: for those who tell it so often that they keep it at hand. */
export class Channel<Payload> {
  #listeners: readonly Listener<Payload>[] = [];

  /** False if nobody would hear: then the payload need not be built. */
  get wanted(): boolean {
    return this.#listeners.length > 0;
  }

  /** Tells all listeners, in the order in which they came, at once. A listener must not change the model. */
  emit(payload: Payload): void {
    for (const listener of this.#listeners) listener(payload);
  }

  /** Listens until the returned function is called. */
  on(listener: Listener<Payload>): () => void {
    // A fresh array each time: whoever subscribes or leaves during an emit does not disturb it.
    this.#listeners = [...this.#listeners, listener];
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners = this.#listeners.toSpliced(at, 1);
    };
  }
}

export class Observations<Kinds> {
  readonly #channels = new Map<keyof Kinds, Channel<never>>();

  /** The same one each time. */
  channel<K extends keyof Kinds>(kind: K): Channel<Kinds[K]> {
    let channel = this.#channels.get(kind);
    if (channel === undefined) this.#channels.set(kind, (channel = new Channel<never>()));
    return channel as unknown as Channel<Kinds[K]>;
  }

  /** As of the kind's channel. */
  on<K extends keyof Kinds>(kind: K, listener: Listener<Kinds[K]>): () => void {
    return this.channel(kind).on(listener);
  }

  wants(kind: keyof Kinds): boolean {
    return this.channel(kind).wanted;
  }

  emit<K extends keyof Kinds>(kind: K, payload: Kinds[K]): void {
    this.channel(kind).emit(payload);
  }
}
