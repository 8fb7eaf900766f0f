import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { type RoomShare, sharesOf } from '../../sim/cli/profile.ts';
import { inFolder, kubedes } from '../support/cli.ts';

const node = (id: number, functionName: string, url = ''): Profiler.ProfileNode => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 },
});

describe('profile of a run', () => {
  it('adds samples up by room, without idle time and the profiler', () => {
    const nodes = [
      node(1, '(idle)'),
      node(2, '(garbage collector)'),
      node(3, 'pop', 'file:///x/dist/sim/engine/calendar.js'),
      node(4, 'push', 'file:///x/dist/sim/engine/calendar.js'),
      node(5, 'score', 'file:///x/policies/random.ts'),
      node(6, 'parse', 'file:///sim/node_modules/@a/b/index.js'),
      node(7, '', 'file:///home/own.ts'),
      node(8, 'write', 'node:fs'),
      node(9, 'dispatch'),
    ];
    const samples = [1, 2, 3, 4, 3, 5, 6, 7, 8, 9];
    const timeDeltas = [500, 10, 20, 25, 15, 15, 5, 7, 3, 800];
    const shares = sharesOf({ nodes, samples, timeDeltas, startTime: 0, endTime: 600 });
    expect(
      shares.map(({ room, percent, hottest, hottestPercent }) => [room, percent, hottest, hottestPercent]),
    ).toEqual([
      ['sim/engine', 60, 'pop', 35],
      ['policies', 15, 'score', 15],
      ['garbage collection', 10, '(garbage collector)', 10],
      ['other code', 7, '(anonymous)', 7],
      ['@a/b', 5, 'parse', 5],
      ['node', 3, 'write', 3],
    ]);
  });

  it('is printed by run --profile, as a table or in the JSON', () => {
    inFolder((out) => {
      const run = (...options: string[]) =>
        kubedes('run', 'scenarios/manifests/nginx.yaml', '--profile', '--out', out, ...options);
      expect(run().stdout).toMatch(/^ROOM +TIME +HOTTEST +FUNCTION\n(.*\n)*.*\d+\.\d % +\d+\.\d % /m);
      const [{ profile }] = JSON.parse(run('--json').stdout) as [{ profile: RoomShare[] }];
      expect(profile.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100, 6);
      expect(profile.map(({ room }) => room)).toContain('sim/apiserver');
    });
  });
});
