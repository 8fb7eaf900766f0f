import { expect, test } from 'vitest';
import { instant, Phase, type SimEvent, Simulation } from '../../sim/engine/index.ts';
import { DigestTrail } from '../../sim/experiment/trail.ts';

interface LiveEvent extends SimEvent {
  readonly state: { readonly events: LiveEvent[] };
}

/** Events that refer to a record which refers to them, as those of a kubelet do. */
function play(trail: DigestTrail, keys: readonly string[]): void {
  const simulation = new Simulation('1');
  trail.attach(simulation);
  const state: LiveEvent['state'] = { events: [] };
  const port = simulation.port<LiveEvent>({ name: 'live', handle: () => {} }, Phase.component);
  for (const [n, key] of keys.entries()) {
    const event = { kind: 'ended', key, n, state };
    state.events.push(event);
    port.at(instant(n), event);
  }
  simulation.run();
}

test('what is kept of a differing event and those before it is plain, whatever else the events hold', () => {
  const recorded = new DigestTrail();
  play(recorded, ['a', 'b', 'c']);
  const again = new DigestTrail(recorded.bytes());
  play(again, ['a', 'b', 'x']);
  const traced = (eventNumber: number, key: string) => ({
    eventNumber,
    time: eventNumber - 1,
    component: 'live',
    kind: 'ended',
    key,
    n: eventNumber - 1,
  });
  const plain = { ...traced(3, 'x'), before: [traced(1, 'a'), traced(2, 'b')] };
  expect(JSON.parse(JSON.stringify(again.differing))).toEqual(plain);
});
