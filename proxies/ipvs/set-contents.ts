/** Contents of the ipsets: an entry stays while any service port needs it; changes are counted from sync to sync. */
import { SET_RULES } from './tables.ts';

export class SetContents {
  /** Set to entry to the number of ports that need it. */
  readonly #sets = new Map<string, Map<string, number>>();
  /** Change since `begin` of "set entry": +1 added, -1 deleted, 0 neither. */
  readonly #changes = new Map<string, number>();

  begin(): void {
    this.#changes.clear();
  }

  count(set: string, entry: string, by: 1 | -1): void {
    let entries = this.#sets.get(set);
    if (entries === undefined) this.#sets.set(set, (entries = new Map()));
    const before = entries.get(entry) ?? 0;
    const after = before + by;
    if (after === 0) entries.delete(entry);
    else entries.set(entry, after);
    if (before > 0 === after > 0) return;
    const key = `${set} ${entry}`;
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + by);
  }

  differences(): { readonly added: number; readonly deleted: number } {
    let added = 0;
    let deleted = 0;
    for (const change of this.#changes.values()) {
      if (change > 0) added++;
      else if (change < 0) deleted++;
    }
    return { added, deleted };
  }

  /** Entries of each set that is not empty. */
  *entries(): IterableIterator<readonly [string, readonly string[]]> {
    for (const [set, entries] of this.#sets) if (entries.size > 0) yield [set, [...entries.keys()]];
  }

  get size(): number {
    let size = 0;
    for (const entries of this.#sets.values()) size += entries.size;
    return size;
  }

  /** iptables rules that the sets in use need. */
  rules(): { readonly nat: number; readonly filter: number } {
    let nat = 0;
    let filter = 0;
    for (const [set, entries] of this.#sets) {
      if (entries.size === 0) continue;
      nat += SET_RULES[set]?.nat ?? 0;
      filter += SET_RULES[set]?.filter ?? 0;
    }
    return { nat, filter };
  }
}
