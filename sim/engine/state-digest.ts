/** Canonical hash of plain JSON values: equal values have equal digests, whatever the order of their object keys. */
import { Hash64 } from './hash.ts';

/** Marks what comes next, so that `[1, [2]]` and `[[1], 2]` or `"1"` and `1` differ. */
const Tag = { null: 1, false: 2, true: 3, number: 4, string: 5, array: 6, object: 7 } as const;

/**
 * 16 hexadecimal digits. As in JSON, properties that are undefined do not count and -0 is 0.
 * Throws TypeError for what JSON does not hold: functions, Maps, class instances, NaN, undefined in arrays.
 */
export function stateDigest(value: unknown): string {
  const hash = new Hash64();
  new Walk(hash).value(value);
  return hash.hex();
}

class Walk {
  readonly #hash: Hash64;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  constructor(hash: Hash64) {
    this.#hash = hash;
  }

  value(value: unknown): void {
    if (value === null) this.#hash.pair(Tag.null, 0);
    else if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean') this.#hash.pair(value ? Tag.true : Tag.false, 0);
    else if (Array.isArray(value)) this.#array(value);
    else if (typeof value === 'object') this.#object(value);
    else throw new TypeError(`no JSON value: ${typeof value}`);
  }

  #string(text: string): void {
    this.#hash.pair(Tag.string, 0);
    this.#hash.text(text);
  }

  #number(x: number): void {
    if (!Number.isFinite(x)) throw new TypeError(`no JSON value: ${x}`);
    this.#double[0] = x + 0;
    this.#hash.pair(Tag.number, 0);
    this.#hash.pair(this.#words[0]!, this.#words[1]!);
  }

  #array(array: readonly unknown[]): void {
    this.#hash.pair(Tag.array, array.length);
    for (const item of array) this.value(item);
  }

  #object(object: object): void {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError('no JSON value: a class instance');
    const entries = Object.entries(object).filter(([, value]) => value !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#hash.pair(Tag.object, entries.length);
    for (const [key, value] of entries) {
      this.#hash.text(key);
      this.value(value);
    }
  }
}
