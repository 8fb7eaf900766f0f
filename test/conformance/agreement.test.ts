/** The count of alike decisions by plugin sees a difference where there is one. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PluginAgreement } from '../support/scheduler/agreement.ts';
import { goldenFiles } from './golden.ts';
import type { GoldenFile } from './suite.ts';

interface Case {
  readonly expected: {
    readonly filterAll: Record<string, Record<string, { code: string; reasons: string[] }>>;
    readonly scores: Record<string, { readonly plugins: Record<string, number> }>;
  };
}

const golden = goldenFiles(fileURLToPath(new URL('../golden', import.meta.url)), 'scheduler');
const recorded = golden.find(({ path }) => path === 'filter-score.jsonl')!;

/** The first case in which ImageLocality scores and TaintToleration refuses, changed. */
function counted(change: (one: Case) => void) {
  const cases = recorded.read() as Case[];
  const one = cases.find(
    ({ expected: { filterAll = {}, scores = {} } }) =>
      Object.values(filterAll).some((verdicts) => verdicts['TaintToleration'] !== undefined) &&
      Object.values(scores).some(({ plugins }) => plugins['ImageLocality'] !== undefined),
  )!;
  change(one);
  const file: GoldenFile = { ...recorded, read: () => [one] };
  const { byPlugin } = new PluginAgreement().add([file]);
  return [...byPlugin].map(([plugin, { verdicts, scores, alike }]) => ({
    plugin,
    missed: verdicts + scores - alike,
  }));
}
const missed = (change: (one: Case) => void): string[] =>
  counted(change).flatMap(({ plugin, missed: count }) => (count === 0 ? [] : [`${plugin}: ${count}`]));

describe('agreement by plugin', () => {
  it('is complete on an untouched case', () => {
    expect(missed(() => undefined)).toEqual([]);
  });

  it('misses a verdict with another reason, and one that is not recorded', () => {
    expect(
      missed(({ expected: { filterAll } }) => {
        const verdict = Object.values(filterAll).find((by) => by['TaintToleration'] !== undefined)!;
        verdict['TaintToleration']!.reasons = ['another'];
      }),
    ).toEqual(['TaintToleration: 1']);
    expect(
      missed(({ expected: { filterAll } }) => {
        for (const verdicts of Object.values(filterAll)) delete verdicts['TaintToleration'];
      })[0],
    ).toMatch(/^TaintToleration: [1-9]/);
  });

  it('misses a score', () => {
    expect(
      missed(({ expected: { scores } }) => {
        const [{ plugins }] = Object.values(scores) as [{ plugins: Record<string, number> }];
        plugins['ImageLocality']!++;
      }),
    ).toEqual(['ImageLocality: 1']);
  });
});
