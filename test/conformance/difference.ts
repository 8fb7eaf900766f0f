/** The first place where two JSON values differ, for people: `path: expected …, got …`. */

const MAX_SHOWN = 160;

/** Undefined if equal. A property that is undefined counts as absent; the order of properties does not matter. */
export function firstDifference(expected: unknown, got: unknown, path = ''): string | undefined {
  if (Object.is(expected, got)) return undefined;
  if (Array.isArray(expected) && Array.isArray(got)) return arrayDifference(expected, got, path);
  if (isObject(expected) && isObject(got)) return objectDifference(expected, got, path);
  return describe(path, expected, got);
}

function arrayDifference(
  expected: readonly unknown[],
  got: readonly unknown[],
  path: string,
): string | undefined {
  for (let i = 0; i < Math.min(expected.length, got.length); i++) {
    const difference = firstDifference(expected[i], got[i], `${path}[${i}]`);
    if (difference !== undefined) return difference;
  }
  if (expected.length === got.length) return undefined;
  const i = Math.min(expected.length, got.length);
  return `${path || 'value'}: expected ${expected.length} items, got ${got.length}; the first unmatched is ${
    expected.length > i ? `expected ${show(expected[i])}` : `got ${show(got[i])}`
  }`;
}

function objectDifference(expected: object, got: object, path: string): string | undefined {
  const wanted = new Map<string, unknown>(Object.entries(expected));
  const found = new Map<string, unknown>(Object.entries(got));
  for (const key of [...new Set([...wanted.keys(), ...found.keys()])].sort()) {
    const difference = firstDifference(wanted.get(key), found.get(key), path === '' ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(path: string, expected: unknown, got: unknown): string {
  return `${path || 'value'}: expected ${show(expected)}, got ${show(got)}`;
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
