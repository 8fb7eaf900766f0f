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
  /** Values of the objects under way, as their keys come. */
  readonly #values: unknown[] = [];
  #top = 0;

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
    const from = this.#top;
    let path: KeyPath = this.#orders.root;
    for (const key in object) {
      const value = (object as JsonObject)[key];
      if (value === undefined) continue;
      this.#values[this.#top++] = value;
      path = path.key === key ? path.next! : this.#orders.next(path, key);
    }
    this.#hash.pair(Tag.object, this.#top - from);
    const { keys, places } = (path.order ??= orderOf(object as JsonObject));
    for (let i = 0; i < keys.length; i++) {
      this.#hash.text(keys[i]!);
      this.value(this.#values[from + places[i]!]);
    }
    this.#top = from;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Sorted keys, and the place of each before sorting. */
interface KeyOrder {
  readonly keys: readonly string[];
  readonly places: readonly number[];
}

function orderOf(object: JsonObject): KeyOrder {
  const unsorted = Object.keys(object).filter((key) => object[key] !== undefined);
  const places = unsorted.map((_, place) => place);
  places.sort((a, b) => (unsorted[a]! < unsorted[b]! ? -1 : 1));
  return { keys: places.map((place) => unsorted[place]!), places };
}

/** What is known of objects whose keys came as those on the way here. */
interface KeyPath {
  /** The key that came next at first, and the way on from there: seldom is there another. */
  key: string | undefined;
  next: KeyPath | undefined;
  others: Map<string, KeyPath> | undefined;
  /** Of the keys so far, once somebody has asked. */
  order: KeyOrder | undefined;
}

const newPath = (): KeyPath => ({ key: undefined, next: undefined, others: undefined, order: undefined });

/** Paths remembered; objects with keys beyond are sorted each time. */
const MAX_PATHS = 1 << 14;

/** Sorted keys, remembered by the keys as they come: most objects of a cluster have the same few lists of keys. */
class KeyOrders {
  readonly root = newPath();
  #paths = 0;

  next(path: KeyPath, key: string): KeyPath {
    if (path.key === key) return path.next!;
    const known = path.others?.get(key);
    if (known !== undefined) return known;
    const next = newPath();
    if (this.#paths++ >= MAX_PATHS) return next;
    if (path.key === undefined) {
      path.key = key;
      path.next = next;
    } else (path.others ??= new Map()).set(key, next);
    return next;
  }
}
