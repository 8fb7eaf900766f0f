/** Incremental endpoint lists against a reading from scratch, under random changes of random slices. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Endpoint as ApiEndpoint, EndpointSlice } from '../../sim/api/index.ts';
import { EndpointList } from '../../sim/network/endpoint-list.ts';
import { sliceChange } from '../../sim/network/slice-changes.ts';

const entry = fc.record({
  host: fc.integer({ min: 1, max: 12 }),
  ready: fc.boolean(),
  terminating: fc.boolean(),
});
type Entry = { readonly host: number; readonly ready: boolean; readonly terminating: boolean };

const apiEndpoint = ({ host, ready, terminating }: Entry): ApiEndpoint => ({
  addresses: [`10.0.0.${host}`],
  conditions: { ready, serving: ready || terminating, terminating },
});

const slice = (name: string, port: number, entries: readonly Entry[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'ns', uid: '', resourceVersion: '', creationTimestamp: '' },
  addressType: 'IPv4',
  ports: [{ name: 'p', port, protocol: 'TCP' }],
  endpoints: entries.map(apiEndpoint),
});

const step = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  port: fc.constantFrom(80, 80, 80, 81),
  entries: fc.option(fc.uniqueArray(entry, { maxLength: 8, selector: (e) => e.host })),
});

it('gives the list that a fresh reading gives', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const slices = new Map<string, EndpointSlice>();
      const list = new EndpointList('p', slices);
      for (const [i, { name, port, entries }] of steps.entries()) {
        if (entries === null) slices.delete(name);
        else slices.set(name, slice(name, port, entries));
        list.invalidate();
        // Some changes are only seen together with the next ones.
        if (i % 3 === 1) continue;
        expect(list.endpoints).toEqual(new EndpointList('p', slices).endpoints);
      }
    }),
    { seed: 36, numRuns: 300 },
  );
});

it('takes all of the old entries out and puts all of the new ones in', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 10 }), fc.array(entry, { maxLength: 10 }), (a, b) => {
      const [before, after] = [slice('a', 80, a), slice('a', 80, b)];
      const change = sliceChange(before, after);
      const texts = (list: readonly ApiEndpoint[]): string[] => list.map((e) => JSON.stringify(e)).sort();
      const kept = [...before.endpoints];
      for (const gone of change?.removed ?? []) kept.splice(kept.indexOf(gone), 1);
      expect(texts([...kept, ...(change?.added ?? [])])).toEqual(texts(after.endpoints));
    }),
    { seed: 37, numRuns: 300 },
  );
});

it('sees no change in labels', () => {
  const before = slice('a', 80, [{ host: 1, ready: true, terminating: false }]);
  const after = { ...before, metadata: { ...before.metadata, labels: { rev: '2' } } };
  expect(sliceChange(before, after)).toBeUndefined();
});
