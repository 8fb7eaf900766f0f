import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RevisionLog } from '../../sim/store/revision-log.ts';

interface Entry {
  readonly modRevision: number;
}

describe('RevisionLog', () => {
  it('holds what a plain list holds, over many chunks and trims', () => {
    const step = fc.record({
      push: fc.nat(9000),
      perRevision: fc.integer({ min: 1, max: 3 }),
      trim: fc.nat(100),
      keep: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const log = new RevisionLog<Entry>();
        let list: Entry[] = [];
        let revision = 1;
        for (const { push, perRevision, trim, keep } of steps) {
          for (let i = 0; i < push; i++) {
            if (i % perRevision === 0) revision++;
            const entry = { modRevision: revision };
            log.push(entry);
            list.push(entry);
          }
          const dropped = Math.floor((list.length * trim) / 100);
          const kept = list.slice(Math.max(0, dropped - 2 * keep), dropped).filter((_, i) => i % 2 === 0);
          log.trim(log.start + dropped, kept);
          list = [...kept, ...list.slice(dropped)];
          expect(log.end - log.start).toBe(list.length);
          expect(list.findIndex((entry, i) => entry !== log.at(log.start + i))).toBe(-1);
          for (const wanted of [0, 1, revision - 1, revision, revision + 1, Math.floor(revision / 2)]) {
            const first = list.findIndex(({ modRevision }) => modRevision >= wanted);
            expect(log.positionOf(wanted)).toBe(first < 0 ? log.end : log.start + first);
          }
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
