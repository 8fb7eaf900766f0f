/** What the plugins of a profile remember between pods, owned by the framework so that it can be saved and compared. */
import type { Memory } from './interface.ts';

export class PluginMemories {
  readonly #cells = new Map<string, { value: unknown }[]>();
  /** Memory may be written now. */
  #settling = false;

  /** A new memory of a plugin; it may have several. */
  of<T>(plugin: string, initial: T): Memory<T> {
    const cell: { value: T } = { value: initial };
    const cells = this.#cells.get(plugin) ?? [];
    cells.push(cell);
    this.#cells.set(plugin, cells);
    return {
      get value() {
        return cell.value;
      },
      set: (next) => {
        if (!this.#settling)
          throw new Error('memory may change only in postFilter, reserve, unreserve and postBind');
        cell.value = next;
      },
    };
  }

  /** Runs a call in which plugins may write to their memories; one may lie within another. */
  settle<T>(body: () => T): T {
    const before = this.#settling;
    this.#settling = true;
    try {
      return body();
    } finally {
      this.#settling = before;
    }
  }

  /** By plugin. */
  all(): ReadonlyMap<string, readonly { readonly value: unknown }[]> {
    return this.#cells;
  }
}
