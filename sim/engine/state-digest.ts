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
  readonly #orders = new KeyOrders();

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
    const keys = this.#orders.of(object);
    let count = 0;
    for (const key of keys) if ((object as JsonObject)[key] !== undefined) count++;
    this.#hash.pair(Tag.object, count);
    for (const key of keys) {
      const value = (object as JsonObject)[key];
      if (value === undefined) continue;
      this.#hash.text(key);
      this.value(value);
    }
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The keys after those on the way here, and all of these in order once somebody has asked. */
interface KeyPath {
  readonly next: Map<string, KeyPath>;
  sorted: readonly string[] | undefined;
}

const newPath = (): KeyPath => ({ next: new Map(), sorted: undefined });

/** Paths remembered; objects with keys beyond are sorted each time. */
const MAX_PATHS = 1 << 14;

/** Sorted keys, remembered by the keys as they come: most objects of a cluster have the same few lists of keys. */
class KeyOrders {
  readonly #root = newPath();
  #paths = 0;

  of(object: object): readonly string[] {
    let path: KeyPath = this.#root;
    for (const key in object) {
      const next = path.next.get(key) ?? this.#add(path, key);
      if (next === undefined) return Object.keys(object).sort(byCodeUnits);
      path = next;
    }
    path.sorted ??= Object.keys(object).sort(byCodeUnits);
    return path.sorted;
  }

  #add(path: KeyPath, key: string): KeyPath | undefined {
    if (this.#paths === MAX_PATHS) return undefined;
    this.#paths++;
    const next = newPath();
    path.next.set(key, next);
    return next;
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
