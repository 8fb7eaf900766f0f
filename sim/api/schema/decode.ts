/**
 * Reads JSON of a declared type the way the API server decodes a request (Kubernetes v1.36, sigs.k8s.io/json with strict field
 * reporting): wrong types and unknown fields are collected, quantities become canonical, `null` and zero values of fields
 * that are no pointers are dropped.
 */
import { FORMAT_WRONG, parseQuantity, printQuantity } from '../amount.ts';
import { isRecord } from '../json.ts';
import { roundUpToMilli } from '../quantity.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Descriptor, StructWire, Wire } from './descriptor.ts';
import { expectations, goType, jsonType } from './type-names.ts';
import { scalarZero } from './zero.ts';

export type Path = readonly (string | number)[];

export interface DecodeIssue {
  readonly kind: 'unknown' | 'type';
  /** From the root of the object; of an unknown field, including it. */
  readonly path: Path;
  /** The API server's words; of an unknown field its quoted path. */
  readonly message: string;
  /** JSON type or text found. */
  readonly found: string;
  /** What belongs there, for people. Empty for an unknown field. */
  readonly expected: string;
  /** The fields known where an unknown one stands. */
  readonly known: readonly string[];
}

export interface Decoded<T> {
  /** Complete only if there is no `type` issue. */
  readonly value: T;
  readonly issues: readonly DecodeIssue[];
}

/** Decodes `json`; never throws. O(size of the input + fields of its types). */
export function decode<T>(descriptor: Descriptor<T>, json: unknown): Decoded<T> {
  const decoder = new Decoder();
  const value = decoder.decode(descriptor.wire, json);
  return { value: value as T, issues: decoder.issues };
}

/** `spec.containers[0].image`, as the API server writes paths. */
export function printPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

type Json = Readonly<Record<string, unknown>>;

const zeroOf = (wire: Wire): unknown =>
  wire.type === 'list' ? [] : wire.type === 'map' ? {} : scalarZero(wire);

const isZero = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0);

const INT_LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };
const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}$/;

class Decoder {
  readonly issues: DecodeIssue[] = [];
  readonly #path: (string | number)[] = [];
  /** The path without indices and map keys, as encoding/json reports it. */
  readonly #fields: string[] = [];
  /** Struct around the current field, for messages. */
  #owner: StructWire | undefined;

  decode(wire: Wire, json: unknown): unknown {
    switch (wire.type) {
      case 'struct':
        return isRecord(json) ? this.#struct(wire, json) : this.#mismatch(wire, json);
      case 'list':
        return Array.isArray(json) ? this.#list(wire.of.wire, json) : this.#mismatch(wire, json);
      case 'map':
        return isRecord(json) ? this.#map(wire.of.wire, json) : this.#mismatch(wire, json);
      case 'any':
        return json;
      default:
        return this.#scalar(wire, json);
    }
  }

  #struct(wire: StructWire, json: Json): unknown {
    const outer = this.#owner;
    this.#owner = wire;
    const given = this.#given(wire, json);
    const result: Record<string, unknown> = {};
    for (const name in wire.fields) {
      const field = wire.fields[name];
      if (field === undefined) continue;
      const value = given.get(name) ?? this.#absent(field);
      if (value !== undefined) result[name] = value;
    }
    this.#owner = outer;
    return result;
  }

  /** The known fields that were given, decoded in the order of the input, as upstream reports mistakes. */
  #given(wire: StructWire, json: Json): Map<string, unknown> {
    const given = new Map<string, unknown>();
    for (const name of Object.keys(json)) {
      const field = Object.hasOwn(wire.fields, name) ? wire.fields[name] : undefined;
      const value = json[name];
      if (field === undefined) this.#reportUnknown(wire, name);
      else if (value !== null && value !== undefined) given.set(name, this.#field(name, field, value));
    }
    return given;
  }

  /** Undefined for a zero value that upstream leaves out. */
  #field(name: string, field: Descriptor<unknown>, given: unknown): unknown {
    this.#path.push(name);
    this.#fields.push(name);
    const value = this.decode(field.wire, given);
    this.#fields.pop();
    this.#path.pop();
    const kept = field.required === true || field.pointer === true || field.wire.type === 'struct';
    return kept || !isZero(value) ? value : undefined;
  }

  /** What a field that upstream always writes out holds when nothing was given. */
  #absent(field: Descriptor<unknown>): unknown {
    if (field.required !== true || field.pointer === true) return undefined;
    return field.wire.type === 'struct' ? this.#struct(field.wire, {}) : zeroOf(field.wire);
  }

  #list(of: Wire, json: readonly unknown[]): unknown[] {
    return json.map((element, index) => {
      this.#path.push(index);
      const value = element === null ? (zeroOf(of) ?? this.decode(of, {})) : this.decode(of, element);
      this.#path.pop();
      return value;
    });
  }

  #map(of: Wire, json: Json): unknown {
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(json)) {
      this.#path.push(key);
      const value = json[key] === null ? zeroOf(of) : this.decode(of, json[key]);
      // Resource lists, and only they are maps of quantities, are kept in thousandths at the finest.
      result[key] = of.type === 'quantity' ? roundUpToMilli(String(value)) : value;
      this.#path.pop();
    }
    return result;
  }

  #scalar(wire: Wire, json: unknown): unknown {
    switch (wire.type) {
      case 'string':
      case 'duration':
        return typeof json === 'string' ? json : this.#mismatch(wire, json);
      case 'bool':
        return typeof json === 'boolean' ? json : this.#mismatch(wire, json);
      case 'int32':
      case 'int64':
        return typeof json === 'number' ? this.#integer(wire, json) : this.#mismatch(wire, json);
      case 'float64':
        return typeof json === 'number' ? json : this.#mismatch(wire, json);
      case 'intOrString':
        return this.#intOrString(wire, json);
      case 'quantity':
        return this.#quantity(wire, json);
      case 'bytes':
        return typeof json === 'string' ? this.#base64(wire, json) : this.#mismatch(wire, json);
      case 'time':
      case 'microTime':
        return this.#time(wire, json);
      default:
        return json;
    }
  }

  #integer(wire: Wire, value: number): unknown {
    const limit = INT_LIMITS[wire.type] ?? 0;
    if (Number.isInteger(value) && value < limit && value >= -limit) return value;
    return this.#mismatch(wire, value, `number ${value}`);
  }

  #intOrString(wire: Wire, json: unknown): unknown {
    if (typeof json === 'string') return json;
    if (typeof json === 'number' && Number.isInteger(json)) return json;
    return this.#report(wire, json, `json: cannot unmarshal ${jsonType(json)} into Go value of type int32`);
  }

  #quantity(wire: Wire, json: unknown): unknown {
    if (typeof json !== 'string' && typeof json !== 'number') return this.#report(wire, json, FORMAT_WRONG);
    const amount = parseQuantity(String(json).trim());
    return 'error' in amount ? this.#report(wire, json, amount.error) : printQuantity(amount);
  }

  #base64(wire: Wire, text: string): unknown {
    if (BASE64.test(text)) return text;
    const at = text.search(/[^A-Za-z0-9+/\r\n]/);
    return this.#report(wire, text, `illegal base64 data at input byte ${at}`);
  }

  #time(wire: Wire, json: unknown): unknown {
    if (typeof json !== 'string') return this.#mismatch(wire, json);
    if (parseTimestamp(json) !== undefined) return json;
    const layout = wire.type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
    return this.#report(
      wire,
      json,
      `parsing time ${JSON.stringify(json)} as "${layout}": cannot parse ${JSON.stringify(json)} as "2006"`,
    );
  }

  #mismatch(wire: Wire, json: unknown, found = jsonType(json)): unknown {
    const owner = this.#owner?.goName.replace(/^.*\./, '') ?? '';
    const field = this.#fields.join('.');
    const place = field === '' ? 'Go value' : `Go struct field ${owner}.${field}`;
    return this.#report(wire, json, `json: cannot unmarshal ${found} into ${place} of type ${goType(wire)}`);
  }

  #report(wire: Wire, json: unknown, message: string): unknown {
    const found = typeof json === 'object' ? jsonType(json) : JSON.stringify(json);
    this.issues.push({
      kind: 'type',
      path: [...this.#path],
      message,
      found,
      expected: expectations[wire.type],
      known: [],
    });
    return zeroOf(wire);
  }

  #reportUnknown(wire: StructWire, name: string): void {
    const path = [...this.#path, name];
    const message = `unknown field ${JSON.stringify(printPath(path))}`;
    this.issues.push({
      kind: 'unknown',
      path,
      message,
      found: name,
      expected: '',
      known: Object.keys(wire.fields),
    });
  }
}

/** The text after "strict decoding error: " for the unknown fields, or undefined if there are none. */
export function strictDecodingError(issues: readonly DecodeIssue[]): string | undefined {
  const unknown = issues.filter((issue) => issue.kind === 'unknown').map((issue) => issue.message);
  return unknown.length === 0 ? undefined : unknown.join(', ');
}
