import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isResult, noResult, runsIn } from '../../sim/experiment/result-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'kubedes-results-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (path: string): string => join(root, path);

for (const [folder, file] of [
  ['demo/seed-1', 'manifest.json'],
  ['demo/seed-2', 'manifest.json'],
  ['demo/seed-3.partial', 'pods.csv'],
  ['packing/comparison', 'comparison.json'],
] as const) {
  mkdirSync(at(folder), { recursive: true });
  writeFileSync(join(at(folder), file), '{}');
}
mkdirSync(at('empty'));

describe('runs', () => {
  it.each([
    ['demo/seed-1', ['demo/seed-1']],
    ['demo', ['demo/seed-1', 'demo/seed-2']],
  ])('of %s', (folder, runs) => expect(runsIn(at(folder))).toEqual(runs.map(at)));
});

describe('what is no result', () => {
  const runs = [at('demo/seed-1'), at('demo/seed-2')].join(', ');
  it.each([
    ['nowhere', `no such folder: ${at('nowhere')}`],
    ['', `no manifest.json, so this is no result (in it: ${runs})`],
    ['empty', 'no manifest.json, so this is no result'],
    ['demo/seed-3.partial', 'there is no complete result'],
    ['demo/seed-3.partial/pods.csv', 'a file; the folder of a result is expected'],
    ['demo/seed-1/manifest.json', `did you mean ${at('demo/seed-1')}?`],
  ])('"%s" is told so, with what was meant', (path, message) => {
    expect(() => runsIn(at(path))).toThrow(message);
  });

  it('names comparisons where they are meant too', () => {
    expect(noResult(at('packing')).message).toMatch(/no result$/);
    expect(noResult(at('packing'), isResult).message).toContain(`(in it: ${at('packing/comparison')})`);
  });
});
