/** Strings as dense small integers, so that hot paths compare and index by number. */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [''];

  /** The id of `text`, > 0, given on first sight. */
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#ids.set(text, id);
    this.#texts.push(text);
    return id;
  }

  /** 0 if never seen. */
  idOf(text: string): number {
    return this.#ids.get(text) ?? 0;
  }

  textOf(id: number): string {
    return this.#texts[id] ?? '';
  }

  /** One more than the largest id: the length of an array indexed by id. */
  get size(): number {
    return this.#texts.length;
  }
}
