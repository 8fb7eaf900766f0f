/** Key intervals as etcd 3.6 writes them: a key and a range end. */

/** Keys k with `from` <= k < `end`. `end` undefined: `from` alone; '': no upper bound. */
export interface KeyInterval {
  readonly from: string;
  readonly end: string | undefined;
}

/** The interval of a range, deleteRange, compare or watch request. May be empty (`end` <= `from`). */
export function keyInterval(key = '', rangeEnd = ''): KeyInterval {
  if (rangeEnd === '') return { from: key, end: undefined };
  return { from: key, end: rangeEnd === '\0' ? '' : rangeEnd };
}

export function contains(interval: KeyInterval, key: string): boolean {
  const { from, end } = interval;
  if (end === undefined) return key === from;
  return key >= from && (end === '' || key < end);
}

/** The range end that makes an interval of all keys starting with `prefix`. */
export function prefixRangeEnd(prefix: string): string {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix.charCodeAt(i);
    if (byte < 0xff) return prefix.slice(0, i) + String.fromCharCode(byte + 1);
  }
  return '\0';
}
