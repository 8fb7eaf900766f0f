/**
 * Strategic merge patch (k8s.io/apimachinery/pkg/util/strategicpatch, v1.36): lists with a merge key are merged by it, sets are
 * united, `$patch: delete | replace` and `$deleteFromPrimitiveList` work, `$setElementOrder` sorts what it names.
 * Merge keys come from the kind's schema.
 */
import { equalJson, isRecord } from '../../api/index.ts';
import type { Wire } from '../../api/schema/descriptor.ts';
import { mergePatch } from './merge-patch.ts';

type Fields = Readonly<Record<string, unknown>>;

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

export function strategicMergePatch(wire: Wire | undefined, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  if (wire === undefined || wire.type === 'any') return mergePatch(target, patch);
  if (patch['$patch'] === 'replace') return without(patch, '$patch');
  if (patch['$patch'] === 'delete') return {};
  return mergeStruct(wire, isRecord(target) ? target : {}, patch);
}

function mergeStruct(wire: Wire, target: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergeField(fieldWire(wire, key), merged[key], value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (Array.isArray(value)) applyDirective(wire, merged, key, value);
  }
  return merged;
}

function fieldWire(wire: Wire, key: string): Wire | undefined {
  if (wire.type === 'struct') return wire.fields[key]?.wire;
  return wire.type === 'map' ? wire.of.wire : undefined;
}

function mergeField(wire: Wire | undefined, target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) return strategicMergePatch(wire, target, patch);
  if (wire?.type !== 'list' || !Array.isArray(target)) return withoutDirectives(patch);
  if (wire.set === true)
    return [...target, ...patch.filter((item) => !target.some((old) => equalJson(old, item)))];
  return wire.mergeKey === undefined ? patch : mergeList(wire.mergeKey, wire.of.wire, target, patch);
}

function mergeList(
  key: string,
  wire: Wire,
  target: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] {
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) return withoutDirectives(patch);
  let merged = target;
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const at = merged.findIndex((old) => isRecord(old) && old[key] === item[key]);
    if (item['$patch'] === 'delete') merged = at < 0 ? merged : merged.toSpliced(at, 1);
    else if (at < 0) merged = [...merged, strategicMergePatch(wire, {}, item)];
    else merged = merged.with(at, strategicMergePatch(wire, merged[at], item));
  }
  return merged;
}

const withoutDirectives = (list: readonly unknown[]): readonly unknown[] =>
  list
    .filter((item) => !isRecord(item) || item['$patch'] !== 'delete')
    .filter((item) => !isRecord(item) || !onlyReplace(item));

const onlyReplace = (item: Fields): boolean => item['$patch'] === 'replace' && Object.keys(item).length === 1;

function without(record: Fields, key: string): Fields {
  const { [key]: _, ...rest } = record;
  return rest;
}

function applyDirective(
  wire: Wire,
  merged: Record<string, unknown>,
  key: string,
  values: readonly unknown[],
): void {
  if (key.startsWith(deletePrefix)) {
    const field = key.slice(deletePrefix.length);
    const list = merged[field];
    if (Array.isArray(list)) merged[field] = list.filter((item) => !values.includes(item));
  } else if (key.startsWith(orderPrefix)) {
    const field = key.slice(orderPrefix.length);
    const list = merged[field];
    const of = fieldWire(wire, field);
    const mergeKey = of?.type === 'list' ? of.mergeKey : undefined;
    if (Array.isArray(list)) merged[field] = inOrder(list, values, mergeKey);
  }
}

/** Named elements in the order given; the others keep their place behind the element they followed. */
function inOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): readonly unknown[] {
  const identity = (item: unknown): unknown =>
    mergeKey !== undefined && isRecord(item) ? item[mergeKey] : item;
  const wanted = order.map(identity);
  const rank = (item: unknown): number => wanted.indexOf(identity(item));
  const named = list.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  let next = 0;
  return list.map((item) => (rank(item) >= 0 ? named[next++] : item));
}
