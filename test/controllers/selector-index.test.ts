import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelSelector, matchesSelector } from '../../sim/api/index.ts';
import { SelectorIndex } from '../../sim/controllers/selector-index.ts';

const name = fc.constantFrom('app', 'tier', 'track');
const value = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true });
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({ key: name, operator: fc.constant('Exists' as const) }),
      fc.record({
        key: name,
        operator: fc.constantFrom('In' as const, 'NotIn' as const),
        values: fc.array(value, { minLength: 1 }),
      }),
    ),
    { maxLength: 1 },
  ),
});
const key = fc.constantFrom('x/1', 'x/2', 'x/3', 'y/1');

describe('SelectorIndex', () => {
  it('finds what trying every selector finds', () => {
    const command = fc.record({ key, selector: fc.option(selector, { nil: undefined }) });
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 12 }),
        fc.array(labels, { minLength: 2, maxLength: 6 }),
        (commands, pods) => {
          const index = new SelectorIndex();
          const naive = new Map<string, LabelSelector>();
          for (const { key: owner, selector: wanted } of commands) {
            if (wanted === undefined) {
              index.delete(owner);
              naive.delete(owner);
            } else {
              index.set(owner, owner.slice(0, 1), wanted);
              naive.set(owner, wanted);
            }
          }
          const expected = (namespace: string, pod: Record<string, string>): string[] =>
            [...naive]
              .filter(([owner, wanted]) => owner.startsWith(namespace) && matchesSelector(wanted, pod))
              .map(([owner]) => owner)
              .sort();
          for (const namespace of ['x', 'y']) {
            for (const pod of pods)
              expect([...index.matching(namespace, pod)].sort()).toEqual(expected(namespace, pod));
            const [a, b] = pods;
            if (!index.mayDiffer(namespace, a, b))
              expect(expected(namespace, a!)).toEqual(expected(namespace, b!));
          }
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});
