/** The ids of a trace: whether each can be the name of a pod, and whether it was there before. */
import { dnsSubdomainProblems } from '../api/index.ts';

const FIRST_PLACES = 4096;
/** Longest id whose form is checked here; longer ones go through the general check. */
const SHORT = 63;

/** Open addressing over hashes, at most half full; ids themselves are compared only if their hashes are equal. */
export class TraceIds {
  readonly ids: string[] = [];
  #hashes = new Int32Array(FIRST_PLACES / 2);
  /** Index of an id + 1, by place; 0: free. */
  #places = new Int32Array(FIRST_PLACES);

  /** Undefined if the id was added; else what would have been right. */
  add(id: string): string | undefined {
    const hash = hashOf(id);
    if (!isName(id)) return 'a DNS name: lower case letters, digits, - and .';
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (let at = this.#places[place]!; at !== 0; at = this.#places[(place = (place + 1) & mask)]!) {
      if (this.#hashes[at - 1] === hash && this.ids[at - 1] === id) return 'an id that is not used twice';
    }
    const count = this.ids.push(id);
    this.#hashes[count - 1] = hash;
    this.#places[place] = count;
    if (count * 2 === this.#places.length) this.#grow();
    return undefined;
  }

  #grow(): void {
    const places = new Int32Array(this.#places.length * 2);
    const hashes = new Int32Array(places.length / 2);
    hashes.set(this.#hashes);
    const mask = places.length - 1;
    for (let i = 0; i < this.ids.length; i++) {
      let place = hashes[i]! & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = i + 1;
    }
    this.#places = places;
    this.#hashes = hashes;
  }
}

/** FNV-1a over the code units, with a last mix as ids differ at their ends. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** As `dnsSubdomainProblems` for what most ids are: lower case letters, digits and inner `-`. */
function isName(id: string): boolean {
  const last = id.length - 1;
  if (last < 0 || last >= SHORT) return dnsSubdomainProblems(id).length === 0;
  for (let i = 0; i <= last; i++) {
    const c = id.charCodeAt(i);
    if ((c >= 97 && c <= 122) || (c >= 48 && c <= 57)) continue;
    if (c === 45 && i > 0 && i < last) continue;
    return dnsSubdomainProblems(id).length === 0;
  }
  return true;
}
