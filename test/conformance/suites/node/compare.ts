/** Deep comparison of recorded and computed answers; in these tables `null` means "absent". */

/** A copy without fields that are null or undefined. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field !== null && field !== undefined) kept[key] = withoutNulls(field);
  }
  return kept;
}

/** One line: where, expected, got; undefined if equal. */
export function firstDifference(expected: unknown, got: unknown, path: string): string | undefined {
  if (Object.is(expected, got)) return undefined;
  if (!isContainer(expected) || !isContainer(got) || Array.isArray(expected) !== Array.isArray(got)) {
    return `${path || 'answer'}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const difference = firstDifference(expected[key], got[key], path === '' ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
