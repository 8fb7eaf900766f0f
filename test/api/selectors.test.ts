import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LabelSelector, Node, NodeSelectorTerm } from '../../sim/api/index.ts';
import {
  compileLabels,
  compileSelector,
  compileTerm,
  firstUntoleratedTaint,
  matchesSelector,
  parseFieldSelector,
  parseSelector,
  printSelector,
  requiredNodeAffinity,
  tolerates,
} from '../../sim/api/index.ts';

const labels = { app: 'web', tier: 'front', n: '7' };

describe('label selectors', () => {
  const cases: readonly (readonly [LabelSelector | undefined, boolean])[] = [
    [undefined, false],
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api', 'web'] }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [''] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: [] }] }, false],
  ];
  test.each(cases)('%j', (selector, expected) => {
    expect(matchesSelector(selector, labels)).toBe(expected);
  });

  test('an object compiles once', () => {
    const selector = { matchLabels: { app: 'web' } };
    expect(compileSelector(selector)).toBe(compileSelector(selector));
  });

  test('an empty map selects everything, an absent selector nothing', () => {
    expect(compileLabels({}).everything).toBe(true);
    expect(compileSelector(undefined).nothing).toBe(true);
  });
});

describe('query strings', () => {
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['zone!=a', true],
    ['app in (api,web)', true],
    ['app in (api, web),tier notin (back)', true],
    ['app notin (web)', false],
    ['app', true],
    ['!app', false],
    ['!zone,app', true],
    ['n>6', true],
    ['n>7', false],
    ['n<8', true],
    ['app>1', false],
    ['zone in (,a)', false],
    ['app=', false],
    ['example.com/x=1', false],
  ])('%s', (text, expected) => {
    const selector = parseSelector(text);
    if ('error' in selector) throw new Error(selector.error);
    expect(selector.matches(labels)).toBe(expected);
  });

  test.each([
    'app in',
    'app in ()x',
    'app in (a',
    '=a',
    'a=b=c',
    'a,',
    'a b',
    'n>x',
    'a b=c',
    '-a=b',
    'app=web!',
  ])('%s is refused', (text) => {
    expect(parseSelector(text)).toHaveProperty('error');
  });

  test('the printed form is sorted by key and reads back as the same selector', () => {
    const selector = compileSelector({
      matchLabels: { b: '1', a: '2' },
      matchExpressions: [
        { key: 'c', operator: 'NotIn', values: ['y', 'x'] },
        { key: 'd', operator: 'DoesNotExist' },
      ],
    });
    expect(printSelector(selector)).toBe('a=2,b=1,c notin (x,y),!d');
    const again = parseSelector(printSelector(selector));
    if ('error' in again) throw new Error(again.error);
    expect(printSelector(again)).toBe(printSelector(selector));
  });
});

describe('node selectors', () => {
  const node: Pick<Node, 'metadata'> = {
    metadata: {
      name: 'n1',
      uid: '',
      resourceVersion: '',
      creationTimestamp: '',
      labels: { zone: 'a', cores: '16' },
    },
  };
  const terms: readonly (readonly [NodeSelectorTerm, boolean])[] = [
    [{}, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['15'] }] }, true],
    [{ matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['16'] }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'Gt', values: ['1'] }] }, false],
    [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['x'] }] }, false],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }, true],
    [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] }, false],
    [{ matchFields: [{ key: 'spec.unschedulable', operator: 'In', values: ['true'] }] }, false],
  ];
  test.each(terms)('%j', (term, expected) => {
    expect(compileTerm(term).matches(node)).toBe(expected);
  });

  test('nodeSelector and required affinity must both hold', () => {
    const affinity = (zone: string) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'zone', operator: 'In' as const, values: [zone] }] },
          ],
        },
      },
    });
    const containers = [{ name: 'c' }];
    expect(requiredNodeAffinity({ containers }).everything).toBe(true);
    expect(
      requiredNodeAffinity({ containers, nodeSelector: { cores: '16' }, affinity: affinity('a') }).matches(
        node,
      ),
    ).toBe(true);
    expect(
      requiredNodeAffinity({ containers, nodeSelector: { cores: '8' }, affinity: affinity('a') }).matches(
        node,
      ),
    ).toBe(false);
    expect(requiredNodeAffinity({ containers, affinity: affinity('b') }).matches(node)).toBe(false);
  });
});

describe('field selectors', () => {
  test('only some fields can be selected by', () => {
    expect(parseFieldSelector('pods', 'spec.foo=1')).toEqual({
      error: 'field label not supported: spec.foo',
    });
    expect(parseFieldSelector('configmaps', 'spec.nodeName=1')).toHaveProperty('error');
  });
});

describe('taints', () => {
  const taint = { key: 'k', value: 'v', effect: 'NoSchedule' as const };
  test.each([
    [{ key: 'k', value: 'v', effect: 'NoSchedule' as const }, true],
    [{ key: 'k', value: 'v' }, true],
    [{ key: 'k', value: 'x' }, false],
    [{ key: 'k', operator: 'Exists' as const }, true],
    [{ operator: 'Exists' as const }, true],
    [{ operator: 'Exists' as const, effect: 'NoExecute' as const }, false],
    [{ key: 'other', operator: 'Exists' as const }, false],
    [{ key: 'k', value: 'v', effect: 'PreferNoSchedule' as const }, false],
  ])('%j', (toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected);
  });

  test('the first untolerated taint with one of the effects counts', () => {
    const soft = { key: 's', effect: 'PreferNoSchedule' as const };
    const hard = { key: 'h', effect: 'NoExecute' as const };
    expect(
      firstUntoleratedTaint(
        [soft, taint, hard],
        [{ key: 'k', operator: 'Exists' }],
        'NoSchedule',
        'NoExecute',
      ),
    ).toBe(hard);
    expect(firstUntoleratedTaint([soft], undefined, 'NoSchedule')).toBeUndefined();
  });
});

test('an equality selector matches exactly the maps that contain it', () => {
  const map = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(map, map, (wanted, given) => {
      const contains = Object.entries(wanted).every(([k, v]) => given[k] === v);
      expect(compileLabels(wanted).matches(given)).toBe(contains);
    }),
    { seed: 6 },
  );
});
