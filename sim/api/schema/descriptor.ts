/**
 * The vocabulary in which every Kubernetes type is written down once. A descriptor is a plain value; the TypeScript type,
 * structural validation, strategic merge keys and quantity canonicalisation are all read from it.
 * Field names and wire types follow the Kubernetes v1.36 API reference.
 */
declare const describes: unique symbol;

/** A wire type. `T` is the TypeScript type of its decoded JSON. */
export interface Descriptor<T> {
  readonly wire: Wire;
  /** A field that every object has once the API server has stored it. */
  readonly required?: boolean;
  /** A pointer upstream: absent and zero differ, so that a zero value is stored. */
  readonly pointer?: boolean;
  readonly [describes]?: T;
}

export type Wire =
  | { readonly type: 'string' | 'bool' | 'int32' | 'int64' | 'float64' }
  | { readonly type: 'quantity' | 'intOrString' | 'time' | 'microTime' | 'duration' | 'bytes' | 'any' }
  | {
      readonly type: 'list';
      readonly of: Descriptor<unknown>;
      readonly mergeKey?: string;
      readonly set?: boolean;
    }
  | { readonly type: 'map'; readonly of: Descriptor<unknown> }
  | StructWire;

/** `goName` is the upstream struct, as it appears in decoding errors, e.g. `v1.PodSpec`. */
export interface StructWire {
  readonly type: 'struct';
  readonly goName: string;
  readonly fields: Readonly<Record<string, Descriptor<unknown>>>;
}

export interface Struct<T> extends Descriptor<T> {
  readonly wire: StructWire;
}

export interface Required<T> extends Descriptor<T> {
  readonly required: true;
}

export type Of<D> = D extends Descriptor<infer T> ? T : never;

type Shape = Readonly<Record<string, Descriptor<unknown>>>;
type RequiredKeys<S extends Shape> = { [K in keyof S]: S[K] extends { required: true } ? K : never }[keyof S];
/** The object type a set of field descriptors stands for. */
export type StructOf<S extends Shape> = { readonly [K in RequiredKeys<S>]: Of<S[K]> } & {
  readonly [K in Exclude<keyof S, RequiredKeys<S>>]?: Of<S[K]> | undefined;
};

const scalar = <T>(type: Exclude<Wire['type'], 'list' | 'map' | 'struct'>): Descriptor<T> => ({
  wire: { type },
});

export const str = scalar<string>('string');
export const bool = scalar<boolean>('bool');
export const int32 = scalar<number>('int32');
export const int64 = scalar<number>('int64');
export const float64 = scalar<number>('float64');
/** `resource.Quantity`; canonical text once stored, e.g. `100m`, `1536Mi`. */
export const quantity = scalar<string>('quantity');
/** `intstr.IntOrString`: a number, or text such as `25%` or a port name. */
export const intOrString = scalar<number | string>('intOrString');
/** `metav1.Time`: RFC 3339 with whole seconds. */
export const time = scalar<string>('time');
/** `metav1.MicroTime`: RFC 3339 with six decimals. */
export const microTime = scalar<string>('microTime');
/** Base64 text. */
export const bytes = scalar<string>('bytes');
export const any = scalar<unknown>('any');

/** A string drawn from a closed set; which values are accepted is semantic validation, not decoding. */
export const oneOf = <const V extends readonly string[]>(..._values: V): Descriptor<V[number]> => ({
  wire: { type: 'string' },
});

/** A list that strategic merge replaces as a whole. */
export const list = <T>(of: Descriptor<T>): Descriptor<readonly T[]> => ({ wire: { type: 'list', of } });
/** A list whose elements strategic merge identifies by the field `mergeKey`. */
export const listBy = <T>(mergeKey: string, of: Descriptor<T>): Descriptor<readonly T[]> => ({
  wire: { type: 'list', of, mergeKey },
});
/** A list of scalars that strategic merge treats as a set. */
export const set = <T>(of: Descriptor<T>): Descriptor<readonly T[]> => ({
  wire: { type: 'list', of, set: true },
});
export const map = <T>(of: Descriptor<T>): Descriptor<Readonly<Record<string, T>>> => ({
  wire: { type: 'map', of },
});

export const ptr = <T>(of: Descriptor<T>): Descriptor<T> => ({ ...of, pointer: true });
export const req = <T>(of: Descriptor<T>): Required<T> => ({ ...of, required: true });

export const struct = <S extends Shape>(goName: string, fields: S): Struct<StructOf<S>> => ({
  wire: { type: 'struct', goName, fields },
});
