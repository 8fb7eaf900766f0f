/**
 * Values in validation messages are printed by upstream from its internal Go structs, which have no JSON names: every field
 * is shown, under its Go name, in the order of the struct. This writes our objects the same way (Kubernetes v1.36, pkg/apis).
 */
import type { Descriptor, StructWire, Wire } from '../schema/descriptor.ts';
import { scalarZero } from '../schema/zero.ts';
import { externalStructs, goNames, type InternalField, internalFields } from './internal-structs.ts';

type Json = Readonly<Record<string, unknown>>;

/** `value` of type `descriptor` as Go's json.Marshal shows the internal struct. */
export const internalJson = (descriptor: Descriptor<unknown>, value: unknown): unknown =>
  show(descriptor.wire, value, true);

function show(wire: Wire, value: unknown, pointer: boolean): unknown {
  if (value === undefined || value === null) return pointer ? null : zero(wire);
  switch (wire.type) {
    case 'list':
      return (value as readonly unknown[]).map((element) => show(wire.of.wire, element, false));
    case 'map':
      return sortedMap(value as Json, wire.of.wire);
    case 'struct':
      return externalStructs.has(wire.goName) ? external(wire, value as Json) : internal(wire, value as Json);
    default:
      return value;
  }
}

/** encoding/json writes maps sorted by key. */
const sortedMap = (map: Json, of: Wire): Json =>
  Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, show(of, map[key], false)]),
  );

const zero = (wire: Wire): unknown =>
  wire.type === 'struct' ? show(wire, {}, false) : (scalarZero(wire) ?? null);

/** Types of apimachinery keep their JSON names and leave out what is empty. */
function external(wire: StructWire, value: Json): Json {
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(wire.fields)) {
    if (value[name] !== undefined) shown[name] = show(field.wire, value[name], true);
  }
  return shown;
}

function internal(wire: StructWire, value: Json): Json {
  const shown: Record<string, unknown> = {};
  for (const field of fieldsOf(wire)) {
    if (field.embedded === true) {
      const part = wire.fields[field.name];
      if (part !== undefined) Object.assign(shown, show(part.wire, value[field.name], false));
    } else
      shown[field.goName] =
        field.inside === undefined ? shownField(wire, field, value) : inside(wire, field, value);
  }
  return shown;
}

function shownField(wire: StructWire, { name, value: isValue }: InternalField, object: Json): unknown {
  const field = wire.fields[name];
  if (field === undefined) return null;
  const kind = field.wire.type;
  const nullable =
    field.pointer === true ||
    (kind === 'struct' && isValue !== true) ||
    kind === 'list' ||
    kind === 'map' ||
    kind === 'time';
  return show(field.wire, object[name], nullable);
}

/** A struct that upstream keeps some fields in which v1 has one level higher. */
function inside(wire: StructWire, { name, inside: moved = [] }: InternalField, object: Json): unknown {
  const own = object[name];
  const field = wire.fields[name];
  if (own === undefined || field?.wire.type !== 'struct') return null;
  const shown: Record<string, unknown> = {};
  for (const outer of moved) shown[outer.goName] = shownField(wire, outer, object);
  return { ...shown, ...internal(field.wire, own as Json) };
}

const cache = new Map<string, readonly InternalField[]>();

function fieldsOf(wire: StructWire): readonly InternalField[] {
  let known = cache.get(wire.goName);
  if (known === undefined) {
    known =
      internalFields[wire.goName] ??
      Object.keys(wire.fields).map((name) => ({ name, goName: goNameOf(name) }));
    cache.set(wire.goName, known);
  }
  return known;
}

export const goNameOf = (name: string): string =>
  goNames.get(name) ?? name.charAt(0).toUpperCase() + name.slice(1);
