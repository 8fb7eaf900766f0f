/** Compares what the recording settled to with what the simulated cluster settled to. */
import type { Fields, Json, Settled } from './recording.ts';
import { COMPARED_KINDS } from './reduce.ts';
import type { ClassOf } from './victims.ts';

/** Recorded, but not what decides: placement is the scheduler's, generations count every write. */
const IGNORED: ReadonlySet<string> = new Set(['node', 'generation', 'observedGeneration', 'annotations']);

/** The first difference, undefined if there is none. `classOf` says which pods are interchangeable. */
export function firstDifference(
  expected: Settled,
  actual: Settled,
  classOf: ClassOf = sameOwner,
): string | undefined {
  const kinds = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const kind of [...kinds].sort()) {
    if (!COMPARED_KINDS.has(kind)) return `${kind} is not compared yet`;
    const [want, got] = [expected[kind], actual[kind]];
    const interchangeable = kind === 'Pod' || kind === 'EndpointSlice';
    const difference = interchangeable
      ? classDifference(kind, want, got, classOf)
      : objectDifference(kind, want, got);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Generated pods are interchangeable within an owner. */
const sameOwner: ClassOf = (pod) => pod.replace(/\{p\d+\}$/, '*');

type Objects = Readonly<Record<string, Fields>> | undefined;

function objectDifference(kind: string, expected: Objects = {}, actual: Objects = {}): string | undefined {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  for (const name of names) {
    const want = normal(expected[name], kind);
    const got = normal(actual[name], kind);
    if (want !== got) return `${kind}/${name}: expected ${want}, got ${got}`;
  }
  return undefined;
}

/** Compares how many there are of each class and state. */
function classDifference(
  kind: string,
  expected: Objects,
  actual: Objects,
  classOf: ClassOf,
): string | undefined {
  if (kind === 'EndpointSlice' && isCountedOnly(expected)) return slicesDifference(expected, actual);
  const want = tally(kind, expected, classOf);
  const got = tally(kind, actual, classOf);
  for (const key of [...new Set([...want.keys(), ...got.keys()])].sort()) {
    if (want.get(key) !== got.get(key))
      return `${kind}: expected ${want.get(key) ?? 0}, got ${got.get(key) ?? 0} of ${key}`;
  }
  return undefined;
}

function tally(kind: string, objects: Objects = {}, classOf: ClassOf): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [name, fields] of Object.entries(objects)) {
    const key =
      kind === 'Pod' ? `${classOf(name)} ${normal(fields, kind)}` : sliceClass(name, fields, classOf);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Recordings with very many endpoints have the numbers only. */
const isCountedOnly = (slices: Objects = {}): boolean =>
  Object.values(slices).some(({ count, endpoints }) => count !== 0 && endpoints === undefined);

/** How endpoints fall on slices depends on how many pods changed between two syncs: compares slices and endpoints in all. */
function slicesDifference(expected: Objects = {}, actual: Objects = {}): string | undefined {
  const sizes = (slices: NonNullable<Objects>): number[] =>
    Object.values(slices).map(({ count }) => Number(count ?? 0));
  const text = (all: readonly number[]): string =>
    `${all.reduce((sum, n) => sum + n, 0)} endpoints in ${all.length} slices`;
  const [want, got] = [text(sizes(expected)), text(sizes(actual))];
  return want === got ? undefined : `EndpointSlice: expected ${want}, got ${got}`;
}

/** Slices of one Service are told apart by what is in them, and there pods by what they are. */
function sliceClass(name: string, { count = 0, endpoints = [] }: Fields, classOf: ClassOf): string {
  const texts = (endpoints as readonly string[]).map((text) => text.replace(/^\S+/, classOf)).sort();
  const states = [...new Set(texts)].map(
    (text) => `${texts.filter((other) => other === text).length}x ${text}`,
  );
  return `${name.replace(/\{es\d+\}$/, '*')} ${String(count)} ${states.join()}`;
}

/** How many pods share a node, largest first: what a Deployment's ranking evens out. */
export function podsPerNode(settled: Settled): string {
  const counts = new Map<string, number>();
  for (const { node, deleting } of Object.values(settled['Pod'] ?? {})) {
    if (typeof node === 'string' && deleting !== true) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return [...counts.values()].sort((a, b) => b - a).join();
}

/** Text of the fields that count: zero, false, empty and absent are the same. */
function normal(fields: Fields | undefined, kind: string): string {
  if (fields === undefined) return 'nothing';
  if (kind === 'Service') return text(serviceFields(fields)) ?? '{}';
  const generation = fields['generation'];
  const status = fields['status'] as Fields | undefined;
  const seen = status?.['observedGeneration'];
  const upToDate = generation === undefined || kind === 'Job' ? {} : { upToDate: (seen ?? 0) === generation };
  return text({ ...upToDate, ...fields }) ?? '{}';
}

/** Allocated at random: cluster IPs and node ports. */
function serviceFields(fields: Fields): Fields {
  const { clusterIP, clusterIPs: _c, healthCheckNodePort: _h, ports = [], ...kept } = fields;
  const portsOf = (ports as readonly Fields[]).map(({ nodePort: _n, ...port }) => port);
  return { ...kept, ports: portsOf, headless: clusterIP === 'None' || kept['headless'] === true };
}

function text(value: Json): string | undefined {
  if (value === null || value === false || value === 0 || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: Json) =>
      isCondition(item) ? `"${condition(item)}"` : (text(item) ?? '0'),
    );
    return items.length === 0 ? undefined : `[${items.sort().join()}]`;
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  const parts: string[] = [];
  for (const [key, part] of Object.entries(value as Fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const written = IGNORED.has(key) ? undefined : text(part);
    if (written !== undefined) parts.push(`${key}:${written}`);
  }
  return parts.length === 0 ? undefined : `{${parts.join()}}`;
}

const isCondition = (value: Json): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  'type' in value &&
  'status' in value;
const condition = (fields: Fields): string =>
  `${String(fields['type'])}=${String(fields['status'])}/${String(fields['reason'] ?? '')}`;
