/** Filling in what is absent without copying what is there. */
import { withFields } from '../with-fields.ts';

/** `object` with the fields of `defaults` that it lacks; `object` itself if it lacks none. */
export function fill<T extends object>(object: T, defaults: Partial<T>): T {
  let added: Partial<T> | undefined;
  for (const key in defaults) {
    if (object[key] === undefined && defaults[key] !== undefined) {
      added ??= {};
      added[key] = defaults[key];
    }
  }
  return added === undefined ? object : withFields(object, added);
}

/** `object` with one field replaced; `object` itself if nothing changes. */
export function replace<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value };
}

/** The list with `change` applied to every element; the list itself if no element changes. */
export function mapSame<T>(list: readonly T[], change: (element: T) => T): readonly T[];
export function mapSame<T>(
  list: readonly T[] | undefined,
  change: (element: T) => T,
): readonly T[] | undefined;
export function mapSame<T>(
  list: readonly T[] | undefined,
  change: (element: T) => T,
): readonly T[] | undefined {
  let result: T[] | undefined;
  list?.forEach((element, index) => {
    const changed = change(element);
    if (changed !== element) {
      result ??= [...list];
      result[index] = changed;
    }
  });
  return result ?? list;
}

/** `object` with `change` applied to a field that is present. */
export function change<T extends object, K extends keyof T>(
  object: T,
  key: K,
  apply: (value: NonNullable<T[K]>) => T[K],
): T {
  const value = object[key];
  return value === undefined || value === null ? object : replace(object, key, apply(value));
}
