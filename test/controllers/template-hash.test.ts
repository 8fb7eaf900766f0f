import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodTemplateSpec } from '../../sim/api/index.ts';
import { podTemplateHash, sameTemplate } from '../../sim/controllers/template-hash.ts';

const template = (image: string, labels: Record<string, string> = { app: 'a' }): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image }] },
});

describe('pod-template-hash', () => {
  it('is the same for the same content, whatever the order of keys and the hash label', () => {
    const turned: PodTemplateSpec = {
      spec: { containers: [{ image: 'x', name: 'c' }] },
      metadata: { labels: { 'pod-template-hash': 'zzz', app: 'a' } },
    };
    expect(podTemplateHash(turned, undefined)).toBe(podTemplateHash(template('x'), undefined));
    expect(sameTemplate(turned, template('x'))).toBe(true);
  });

  it('takes empty for absent', () => {
    expect(
      sameTemplate(
        { ...template('x'), spec: { ...template('x').spec, nodeSelector: {}, volumes: [] } },
        template('x'),
      ),
    ).toBe(true);
  });

  it('tells contents and collisions apart', () => {
    const hashes = [
      podTemplateHash(template('x'), undefined),
      podTemplateHash(template('y'), undefined),
      podTemplateHash(template('x'), 1),
      podTemplateHash(template('x'), 2),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  it('uses only the safe alphabet', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.nat(9), { nil: undefined }), (image, collisions) => {
        expect(podTemplateHash(template(image), collisions)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
      }),
      { seed: 4 },
    );
  });
});
