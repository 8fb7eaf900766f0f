/** What types are called in messages: by encoding/json, by Go, and to people. */
import type { Wire } from './descriptor.ts';

/** The name encoding/json has for what it found. */
export function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return value === null ? 'null' : 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The Go type a wire type stands for. */
export function goType(wire: Wire): string {
  switch (wire.type) {
    case 'list':
      return `[]${goType(wire.of.wire)}`;
    case 'map':
      return `map[string]${goType(wire.of.wire)}`;
    case 'struct':
      return wire.goName;
    case 'bytes':
      return '[]uint8';
    case 'quantity':
      return 'resource.Quantity';
    default:
      return wire.type;
  }
}

export const expectations: Readonly<Record<Wire['type'], string>> = {
  string: 'text (quote it if it looks like a number or yes/no)',
  bool: 'true or false',
  int32: 'a whole number between -2147483648 and 2147483647',
  int64: 'a whole number',
  float64: 'a number',
  quantity: 'a quantity such as 500m, 2, 1.5Gi',
  intOrString: 'a whole number or text such as 25%',
  time: 'a time such as 2026-01-01T00:00:00Z',
  microTime: 'a time such as 2026-01-01T00:00:00.000000Z',
  duration: 'a duration such as 1h30m',
  bytes: 'base64 text',
  any: 'any value',
  list: 'a list',
  map: 'a map',
  struct: 'a map of fields',
};
