/** Go's zero values of types that are no structs, lists or maps, as JSON. */
import type { Wire } from './descriptor.ts';

export function scalarZero(wire: Wire): string | number | boolean | undefined {
  switch (wire.type) {
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    default:
      return undefined;
  }
}
