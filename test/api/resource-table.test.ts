import { expect, test } from 'vitest';
import type { Draft, ObjectOf, Pod } from '../../sim/api/index.ts';
import { resourceNames, resourceOf, resources } from '../../sim/api/index.ts';

test('the resource table is typed by plural name', () => {
  const pod: ObjectOf<'pods'> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' },
  };
  const same: Pod = pod;
  const draft: Draft<Pod> = { ...same, metadata: { generateName: 'a-' } };
  expect(resourceOf(draft)).toBe('pods');
});

test('every row is found by its own kind and has a unique plural and short names', () => {
  const names = new Set<string>();
  for (const plural of resourceNames) {
    const row = resources[plural];
    expect(row.plural).toBe(plural);
    expect(resourceOf(row)).toBe(plural);
    for (const name of [plural, ...row.shortNames]) {
      expect(names.has(name)).toBe(false);
      names.add(name);
    }
  }
});
