/**
 * UIDs and generated names by keyed hash (law 4): the same object gets the same identity in every run.
 * HOT PATH: one hash per created object. UIDs have the shape of RFC 4122 version 4; suffixes use the alphabet and length of
 * k8s.io/apiserver/pkg/storage/names (v1.36): five characters without vowels and look-alike digits.
 */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
/** Longest generateName that is kept: 63 less the suffix. */
export const maxGeneratedBase = 63 - suffixLength;

const hex: readonly string[] = Array.from({ length: 65536 }, (_, i) => i.toString(16).padStart(4, '0'));
const pairs: readonly string[] = Array.from(suffixAlphabet, (a) =>
  Array.from(suffixAlphabet, (b) => a + b),
).flat();
const letters = suffixAlphabet.length;

/** FNV-1a over the UTF-16 units of `text`, continued from `h`. */
function hashText(h: number, text: string): number {
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** The finaliser of MurmurHash3. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export class Identity {
  readonly #seed: number;

  constructor(seed: string) {
    this.#seed = mix(hashText(0x811c9dc5, seed));
  }

  /** A version-4 shaped UID of (seed, resource, key, revision). */
  uid(resource: string, key: string, revision: number): string {
    const base = hashText(hashText(this.#seed, resource) ^ 0x2f, key);
    const a = mix(base ^ revision);
    const b = mix(base + Math.imul(revision, 0x9e3779b1));
    const c = mix(a ^ Math.imul(b, 0x27d4eb2f) ^ 0x165667b1);
    const d = mix(b + Math.imul(c, 0x85ebca77) + 0x3c6ef372);
    return `${hex[a >>> 16]}${hex[a & 0xffff]}-${hex[b >>> 16]}-${hex[0x4000 | (b & 0xfff)]}-${hex[0x8000 | (c & 0x3fff)]}-${hex[c >>> 16]}${hex[d >>> 16]}${hex[d & 0xffff]}`;
  }

  /** The name that the `n`-th object of this resource, namespace and generateName gets. */
  generatedName(resource: string, namespace: string, generateName: string, n: number): string {
    const base =
      generateName.length > maxGeneratedBase ? generateName.slice(0, maxGeneratedBase) : generateName;
    let h = hashText(hashText(hashText(this.#seed, resource) ^ 0x2f, namespace) ^ 0x2f, generateName);
    h = mix(h ^ Math.imul(n + 1, 0x9e3779b1));
    const last = h % letters;
    h = (h - last) / letters;
    return (
      base +
      pairs[h % pairs.length] +
      pairs[Math.floor(h / pairs.length) % pairs.length] +
      suffixAlphabet[last]
    );
  }
}
