import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resources } from '../../../sim/api/index.ts';
import { applyPatch } from '../../../sim/apiserver/patch/apply.ts';
import { mergePatch } from '../../../sim/apiserver/patch/merge-patch.ts';

const patched = (type: 'merge' | 'json' | 'strategic', target: unknown, patch: unknown): unknown => {
  const result = applyPatch(type, resources.pods.schema, target, patch);
  return result.ok ? result.object : result.error.code;
};

/** RFC 7386, appendix A. */
describe('merge patch', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    ['foo', { a: 1 }, { a: 1 }],
  ])('%j + %j = %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('applied twice is applied once, and leaves its target alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const before = JSON.stringify(target);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(JSON.stringify(target)).toBe(before);
      }),
      { seed: 20261121 },
    );
  });
});

describe('JSON patch', () => {
  const target = { metadata: { labels: { a: 'b' } }, list: [1, 2] };
  it.each([
    [
      [{ op: 'replace', path: '/metadata/labels/a', value: 'c' }],
      { metadata: { labels: { a: 'c' } }, list: [1, 2] },
    ],
    [[{ op: 'add', path: '/list/-', value: 3 }], { metadata: { labels: { a: 'b' } }, list: [1, 2, 3] }],
    [[{ op: 'remove', path: '/list/0' }], { metadata: { labels: { a: 'b' } }, list: [2] }],
    [[{ op: 'test', path: '/list/0', value: 7 }], 422],
    [[{ op: 'remove', path: '/nope' }], 422],
    [{ a: 'b' }, 400],
  ])('%j', (patch, result) => {
    expect(patched('json', target, patch)).toEqual(result);
    expect(target).toEqual({ metadata: { labels: { a: 'b' } }, list: [1, 2] });
  });
});

describe('strategic merge patch', () => {
  const container = (name: string, image: string, extra: object = {}) => ({ name, image, ...extra });
  const pod = (spec: object, metadata: object = {}) => ({ metadata, spec });
  it.each([
    [
      'merges containers by name and adds new ones',
      pod({ containers: [container('a', '1'), container('b', '1')] }),
      pod({ containers: [container('b', '2'), container('c', '1')] }),
      pod({ containers: [container('a', '1'), container('b', '2'), container('c', '1')] }),
    ],
    [
      'merges ports by containerPort and environment by name within a container',
      pod({
        containers: [
          container('a', '1', {
            ports: [{ containerPort: 80, name: 'x' }],
            env: [{ name: 'E', value: '1' }],
          }),
        ],
      }),
      pod({
        containers: [
          { name: 'a', ports: [{ containerPort: 80, name: 'y' }], env: [{ name: 'F', value: '2' }] },
        ],
      }),
      pod({
        containers: [
          container('a', '1', {
            ports: [{ containerPort: 80, name: 'y' }],
            env: [
              { name: 'E', value: '1' },
              { name: 'F', value: '2' },
            ],
          }),
        ],
      }),
    ],
    [
      'deletes an element with $patch: delete',
      pod({ containers: [container('a', '1'), container('b', '1')] }),
      pod({ containers: [{ $patch: 'delete', name: 'a' }] }),
      pod({ containers: [container('b', '1')] }),
    ],
    [
      'replaces a list with $patch: replace',
      pod({ volumes: [{ name: 'a' }, { name: 'b' }] }),
      pod({ volumes: [{ name: 'c' }, { $patch: 'replace' }] }),
      pod({ volumes: [{ name: 'c' }] }),
    ],
    [
      'replaces a struct with $patch: replace',
      pod({ securityContext: { runAsUser: 1, fsGroup: 2 } }),
      pod({ securityContext: { $patch: 'replace', runAsUser: 3 } }),
      pod({ securityContext: { runAsUser: 3 } }),
    ],
    [
      'replaces tolerations, which have no merge key',
      pod({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
      pod({ tolerations: [{ key: 'b', operator: 'Exists' }] }),
      pod({ tolerations: [{ key: 'b', operator: 'Exists' }] }),
    ],
    [
      'unites finalizers and drops what $deleteFromPrimitiveList names',
      pod({}, { finalizers: ['a', 'b'] }),
      pod({}, { finalizers: ['b', 'c'], '$deleteFromPrimitiveList/finalizers': ['a'] }),
      pod({}, { finalizers: ['b', 'c'] }),
    ],
    [
      'sorts as $setElementOrder says and removes fields set to null',
      pod({ containers: [container('a', '1'), container('b', '1')], hostname: 'h' }),
      pod({
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [container('a', '2')],
        hostname: null,
      }),
      pod({ containers: [container('b', '1'), container('a', '2')] }),
    ],
    [
      'merges owner references by uid and labels by key',
      pod({}, { labels: { a: '1', b: '2' }, ownerReferences: [{ uid: 'u', name: 'x' }] }),
      pod(
        {},
        {
          labels: { b: null, c: '3' },
          ownerReferences: [
            { uid: 'u', controller: true },
            { uid: 'v', name: 'y' },
          ],
        },
      ),
      pod(
        {},
        {
          labels: { a: '1', c: '3' },
          ownerReferences: [
            { uid: 'u', name: 'x', controller: true },
            { uid: 'v', name: 'y' },
          ],
        },
      ),
    ],
  ])('%s', (_, target, patch, result) => {
    expect(patched('strategic', target, patch)).toEqual(result);
  });

  it('shares what it does not touch', () => {
    const target = pod({ containers: [container('a', '1')] }, { labels: { x: 'y' } });
    const result = patched('strategic', target, { metadata: { labels: { z: '1' } } }) as typeof target;
    expect(result.spec).toBe(target.spec);
  });
});
