/**
 * The bus on which model code says what happened, without knowing who listens (law 7).
 * The kinds and their payloads are the caller's: `Observations<{ 'pod-bound': PodBound }>`.
 */
export type Listener<Payload> = (payload: Payload) => void;

export class Observations<Kinds> {
  readonly #listeners = new Map<keyof Kinds, Listener<never>[]>();

  /** Listeners of one kind are called in the order in which they came. Listens until the returned function is called. */
  on<K extends keyof Kinds>(kind: K, listener: Listener<Kinds[K]>): () => void {
    // A fresh array each time: whoever subscribes or leaves during an emit does not disturb it.
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener]);
    return () => this.#remove(kind, listener);
  }

  /** False if nobody would hear: then the payload need not be built. */
  wants(kind: keyof Kinds): boolean {
    return this.#listeners.has(kind);
  }

  /** Tells all listeners of `kind`, at once. A listener must not change the model. */
  emit<K extends keyof Kinds>(kind: K, payload: Kinds[K]): void {
    const listeners = this.#listeners.get(kind) as readonly Listener<Kinds[K]>[] | undefined;
    if (listeners === undefined) return;
    for (const listener of listeners) listener(payload);
  }

  #remove(kind: keyof Kinds, listener: Listener<never>): void {
    const known = this.#listeners.get(kind) ?? [];
    const at = known.indexOf(listener);
    if (at < 0) return;
    if (known.length === 1) this.#listeners.delete(kind);
    else this.#listeners.set(kind, known.toSpliced(at, 1));
  }
}
