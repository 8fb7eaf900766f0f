/** A longer copy of a column: `old`, then what `longer` has beyond it. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, longer: T): T {
  longer.set(old);
  return longer;
}
