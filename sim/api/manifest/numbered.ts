/** What is written once and meant many times: `<n>` in its texts is the number of the copy, from 0. */

/** The same value with `n` in place of every `<n>` in its texts; keys stay as they are. O(size). */
export function numbered<T>(value: T, n: number): T;
export function numbered(value: unknown, n: number): unknown {
  if (typeof value === 'string') return value.includes('<n>') ? value.replaceAll('<n>', String(n)) : value;
  if (Array.isArray(value)) return value.map((item) => numbered(item, n));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, n)]));
}
