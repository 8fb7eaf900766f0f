import { describe, expect, it } from 'vitest';
import type { ObservationMap } from '../../sim/api/index.ts';
import { ApiServer, noLatency } from '../../sim/apiserver/index.ts';
import { ApiClient, EventRecorder } from '../../sim/client/index.ts';
import { instant, Observations, Simulation } from '../../sim/engine/index.ts';
import { podDraft } from '../support/api-objects.ts';

function setup(
  options: { readonly write?: boolean; readonly correlate?: boolean; readonly listen?: boolean } = {},
) {
  const simulation = new Simulation('events');
  const server = new ApiServer(simulation, { latency: noLatency });
  const observations = new Observations<ObservationMap>();
  const told: string[] = [];
  if (options.listen !== false)
    observations.on('event-recorded', ({ object, reason, message }) =>
      told.push(`${object} ${reason} ${message}`),
    );
  const client =
    options.write === true ? new ApiClient(simulation, server, { name: 'kubelet', qps: 0 }) : undefined;
  const recorder = new EventRecorder(simulation, server.clock, {
    source: 'kubelet',
    host: 'n1',
    client,
    observations,
    correlate: options.correlate,
  });
  server.execute({ verb: 'create', resource: 'pods', namespace: 'default', object: podDraft('p') });
  const pod = server.get('pods', 'default', 'p')!;
  const at = (s: number) => simulation.run({ until: instant(s * 1e6) });
  return { server, recorder, pod, told, at };
}

describe('EventRecorder', () => {
  it('counts equal Events in one object', () => {
    const s = setup({ write: true });
    for (const t of [0, 10, 20]) {
      s.at(t);
      s.recorder.event(s.pod, 'Warning', 'BackOff', 'Back-off restarting');
    }
    s.at(21);
    expect(s.server.list('events')).toMatchObject([
      {
        count: 3,
        type: 'Warning',
        reason: 'BackOff',
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:20Z',
        source: { component: 'kubelet', host: 'n1' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'default', uid: s.pod.metadata.uid },
      },
    ]);
    expect(s.told).toEqual(Array(3).fill('Pod/default/p BackOff Back-off restarting'));
  });

  it('combines many that differ in the message only', () => {
    const s = setup({ write: true });
    for (let i = 0; i < 12; i++) s.recorder.event(s.pod, 'Normal', 'Pulling', `image ${i}`);
    s.at(1);
    const events = s.server.list('events');
    expect(events).toHaveLength(10);
    expect(events.find((event) => event.message?.startsWith('(combined'))).toMatchObject({
      count: 3,
      message: '(combined from similar events): image 11',
    });
  });

  it('cuts a source off after 25 about one object, and lets one through every five minutes', () => {
    const s = setup();
    const burst = (n: number) => {
      for (let i = 0; i < n; i++) s.recorder.event(s.pod, 'Normal', `R${i}`, 'm');
    };
    burst(40);
    expect(s.told).toHaveLength(25);
    s.at(299);
    burst(1);
    expect(s.told).toHaveLength(25);
    s.at(300);
    burst(2);
    expect(s.told).toHaveLength(26);
  });

  it('says everything without correlation and does nothing when nobody sees it', () => {
    const all = setup({ correlate: false });
    for (let i = 0; i < 40; i++) all.recorder.event(all.pod, 'Normal', 'R', 'm');
    expect(all.told).toHaveLength(40);
    expect(setup({ listen: false }).recorder.enabled).toBe(false);
    expect(setup().recorder.enabled).toBe(true);
  });
});
