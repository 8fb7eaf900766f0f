import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayCommand, verifyCommand } from '../../sim/experiment/replay.ts';
import { type LoadedScenario, loadScenario } from '../../sim/scenario/index.ts';

const text = 'apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\n';
const files = { read: () => text, resolve: (_: string, path: string) => path, show: (path: string) => path };

function commandFor(path: string, changes: Partial<LoadedScenario> = {}): string {
  const [loaded] = loadScenario(resolve(path), files).runs;
  return replayCommand({ ...loaded!, ...changes });
}

describe('the command that makes a run again', () => {
  it.each<[string, Partial<LoadedScenario>, string]>([
    ['scenarios/a.yaml', {}, 'kubedes run scenarios/a.yaml --seed 1'],
    ['a.yaml', { seed: 'x y', variant: 'ipvs' }, "kubedes run a.yaml --variant ipvs --seed 'x y'"],
    ["it's.yaml", {}, "kubedes run 'it'\\''s.yaml' --seed 1"],
    ['a.yaml', { settings: { n: 3, s: '2m' } }, 'kubedes run a.yaml --seed 1 --set n=3 --set s=2m'],
    [
      'a.yaml',
      { settings: { s: '[', t: 'x,y' } },
      `kubedes run a.yaml --seed 1 --set 's="["' --set 't="x,y"'`,
    ],
    ['a.yaml', { settings: { s: '3', l: [1] } }, `kubedes run a.yaml --seed 1 --set 's="3"' --set 'l=[1]'`],
  ])('%s, %j', (path, changes, command) => expect(commandFor(path, changes)).toBe(command));
});

describe('the command that verifies a result', () => {
  it('quotes what a shell would part', () =>
    expect(verifyCommand('my results/a')).toBe("kubedes verify 'my results/a'"));
});
