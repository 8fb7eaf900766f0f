/**
 * The patch that `kubectl apply` sends (k8s.io/apimachinery strategicpatch, CreateThreeWayMergePatch, v1.36): what the object is
 * to be, and deletions of what was applied last and is no longer there. What others added since stays.
 */
import { isRecord, type Wire } from '../api/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Unions, of which only the fields applied may stay (upstream's patch strategy retainKeys). */
const RETAIN_KEYS = new Set(['v1.DeploymentStrategy', 'v1.Volume']);

export interface Versions {
  /** As applied last; undefined if never. */
  readonly last: unknown;
  readonly current: unknown;
  readonly modified: unknown;
}

/** `wire`: the type of the object; without one maps are merged and lists replaced. O(size of the three). */
export function applyPatch(wire: Wire | undefined, versions: Versions): unknown {
  const { current, modified } = versions;
  if (!isRecord(modified) || !isRecord(current)) return modified;
  const retained = wire?.type === 'struct' && RETAIN_KEYS.has(wire.goName);
  const last = isRecord(versions.last) ? versions.last : {};
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(current)) if (retained || key in last) patch[key] = null;
  for (const [key, value] of Object.entries(modified)) {
    const of = fieldWire(wire, key);
    const below = { last: last[key], current: current[key], modified: value };
    if (Array.isArray(value)) Object.assign(patch, listPatch(key, of, value, below));
    else patch[key] = applyPatch(of, below);
  }
  return patch;
}

function fieldWire(wire: Wire | undefined, key: string): Wire | undefined {
  if (wire?.type === 'struct') return wire.fields[key]?.wire;
  return wire?.type === 'map' ? wire.of.wire : undefined;
}

/** The list under its name, with the directives that stand beside it. */
function listPatch(
  name: string,
  wire: Wire | undefined,
  items: readonly unknown[],
  versions: Versions,
): Fields {
  if (wire?.type !== 'list' || !Array.isArray(versions.current)) return { [name]: items };
  const last = listOf(versions.last);
  if (wire.set === true) {
    const gone = last.filter((item) => !items.includes(item));
    return { [name]: items, ...(gone.length > 0 && { [`$deleteFromPrimitiveList/${name}`]: gone }) };
  }
  const { mergeKey } = wire;
  if (mergeKey === undefined) return { [name]: items };
  const identity = (item: unknown): unknown => (isRecord(item) ? item[mergeKey] : undefined);
  const among = (list: unknown, item: unknown): unknown =>
    listOf(list).find((other) => identity(other) === identity(item));
  const kept = items.map((modified) =>
    applyPatch(wire.of.wire, {
      last: among(last, modified),
      current: among(versions.current, modified),
      modified,
    }),
  );
  const gone = last
    .filter((item) => among(items, item) === undefined)
    .map((item) => ({ [mergeKey]: identity(item), $patch: 'delete' }));
  const order = items.map((item) => ({ [mergeKey]: identity(item) }));
  return { [name]: [...kept, ...gone], [`$setElementOrder/${name}`]: order };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
