import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLabels, compileSelector, type Pod } from '../../../sim/api/index.ts';
import { SchedulerCache } from '../../../sim/scheduler/index.ts';
import { queuedPod } from '../../support/scheduler/queue-harness.ts';

const NODES = ['a', 'b', 'c'];
const selectors = [
  compileLabels({ app: 'web' }),
  compileLabels({ app: 'api', track: 'x' }),
  compileSelector({ matchExpressions: [{ key: 'track', operator: 'Exists' }] }),
];

const label = (...values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const step = fc.record({
  pod: fc.nat(5),
  node: fc.constantFrom(...NODES),
  does: fc.constantFrom('assume', 'confirm', 'terminate', 'remove'),
  app: label('web', 'api'),
  track: label('x', 'y'),
  zone: label('z'),
  asks: fc.nat(selectors.length),
});

test('pods by selector and node are counted as if anew, whatever changes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new SchedulerCache();
      const { snapshot } = cache;
      const spec = queuedPod('p').spec;
      for (const { pod: n, node, does, app, track, zone, asks } of steps) {
        const { metadata, ...rest } = queuedPod(`p${n}`);
        const { uid } = metadata;
        const labels = Object.fromEntries(
          Object.entries({ app, track, zone }).filter(
            (pair): pair is [string, string] => pair[1] !== undefined,
          ),
        );
        const deletionTimestamp = does === 'terminate' ? '2026-01-01T00:00:00Z' : undefined;
        const nodeName = cache.nodeOf(uid) || node;
        const pod: Pod = {
          ...rest,
          metadata: { ...metadata, labels, deletionTimestamp },
          spec: { ...spec, nodeName: does === 'assume' ? undefined : nodeName },
        };
        if (does === 'assume') cache.assume(pod, snapshot.shapes.of(pod), node);
        else if (does === 'remove') cache.removePod(uid);
        else cache.addPod(pod);
        const selector = selectors[asks];
        if (selector !== undefined) snapshot.topology.liveCounter(selector, 'default');
      }
      for (const selector of selectors) {
        const { counts } = snapshot.topology.liveCounter(selector, 'default').rows;
        for (const name of NODES) {
          const row = snapshot.rowOf(name);
          const live = (snapshot.pods[row] ?? []).filter(
            ({ source: { metadata } }) =>
              metadata.deletionTimestamp === undefined && selector.matches(metadata.labels),
          );
          if (row > 0) expect(counts[row]).toBe(live.length);
        }
      }
    }),
    { seed: 5, numRuns: 400 },
  );
});
