/** The Trace Event Format: spans of a thread nest, times are whole microseconds, names are given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceEvents } from '../../sim/report/index.ts';
import type { TraceEvent } from '../../sim/report/trace-events.ts';
import { inFolder } from '../support/cli.ts';
import { type Files, resultIn } from './result-folder.ts';

const eventsOf = (files: Files): TraceEvent[] =>
  inFolder((folder) => [...traceEvents([resultIn(folder, 'a', files)])]);

const named = (events: readonly TraceEvent[], name: string) => events.filter((event) => event.name === name);

const pod = (name: string, instants: Readonly<Record<string, number>>, node = 'node-0') => ({
  namespace: 'default',
  name,
  node,
  phase: 'Succeeded',
  ...instants,
});

const WHOLE_LIFE = {
  created_s: 1,
  bound_s: 2.5,
  admitted_s: 2.501,
  sandbox_ready_s: 3,
  images_pulled_s: 4,
  started_s: 5,
  ready_s: 6,
  finished_s: 60,
};

describe('a timeline', () => {
  it('shows a pod without a node, then on its node with its steps inside', () => {
    const events = eventsOf({ pods: [pod('web', WHOLE_LIFE)] });
    const [waiting, running] = named(events, 'default/web');
    expect([waiting?.ts, waiting?.dur]).toEqual([1_000_000, 1_500_000]);
    expect([running?.ts, running?.dur, running?.args]).toEqual([
      2_500_000,
      57_500_000,
      { phase: 'Succeeded' },
    ]);
    expect(waiting?.pid).not.toBe(running?.pid);
    const steps = ['admit', 'sandbox', 'images', 'start', 'get ready', 'ready'].map((name) => {
      const [step] = named(events, name);
      expect([step?.pid, step?.tid]).toEqual([running?.pid, running?.tid]);
      return [step?.ts, step?.dur];
    });
    expect(steps).toEqual([
      [2_500_000, 1_000],
      [2_501_000, 499_000],
      [3_000_000, 1_000_000],
      [4_000_000, 1_000_000],
      [5_000_000, 1_000_000],
      [6_000_000, 54_000_000],
    ]);
  });

  it('ends what has no end at the end of the run', () => {
    const events = eventsOf({
      pods: [pod('stuck', { created_s: 40 }, ''), pod('long', { ...WHOLE_LIFE, finished_s: 0 })],
    });
    expect(named(events, 'default/stuck').map(({ ts, dur }) => [ts, dur])).toEqual([
      [40_000_000, 60_000_000],
    ]);
  });

  it('shows machines that are down, syncs of kube-proxies up to their end, Events and counters', () => {
    const events = eventsOf({
      nodes: [
        { time_s: 10, node: 'n', up: 1 },
        { time_s: 20, node: 'n', up: 0 },
        { time_s: 30, node: 'n', up: 0 },
        { time_s: 40, node: 'n', up: 1 },
      ],
      proxy: [{ time_s: 7, mode: 'ipvs', full: 1, took_s: 0.5, rules_total: 9, rules_written: 3 }],
      events: [
        {
          time_s: 8,
          type: 'Warning',
          reason: 'FailedScheduling',
          object: 'Pod/a/b',
          source: 'scheduler',
          message: 'm',
        },
      ],
      cluster: [{ time_s: 10, nodes_ready: 5, pods_pending: 2 }],
    });
    expect(named(events, 'n').map(({ ts, dur }) => [ts, dur])).toEqual([[20_000_000, 20_000_000]]);
    expect(named(events, 'full sync').map(({ ts, dur }) => [ts, dur])).toEqual([[6_500_000, 500_000]]);
    expect(named(events, 'FailedScheduling')[0]).toMatchObject({
      ph: 'i',
      s: 't',
      ts: 8_000_000,
      cat: 'Warning',
    });
    expect(named(events, 'pods')[0]).toMatchObject({ ph: 'C', args: { pods_pending: 2, pods_running: 0 } });
  });

  it('names every process, and those of several runs by their run', () => {
    inFolder((folder) => {
      const files = { pods: [pod('web', WHOLE_LIFE)] };
      const events = [...traceEvents([resultIn(folder, 'a', files), resultIn(folder, 'b', files)])];
      const names = new Map(named(events, 'process_name').map(({ pid, args }) => [pid, args?.['name']]));
      for (const { pid } of events) expect(names.has(pid)).toBe(true);
      expect(new Set(names.values()).size).toBe(names.size);
      expect([...names.values()]).toContain('b: node node-0');
    });
  });

  it('nests the spans of every thread, however pods overlap', () => {
    const life = fc
      .tuple(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 30 }),
        fc.nat(2),
      )
      .map(([created_s, wait, run, node]) => ({ created_s, wait, run, node }));
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 30 }), (lives) => {
        const pods = lives.map(({ created_s, wait, run, node }, i) => {
          const bound_s = created_s + wait;
          return pod(
            `p${i}`,
            { created_s, bound_s, started_s: bound_s + 1, finished_s: bound_s + 1 + run },
            `n${node}`,
          );
        });
        const spans = eventsOf({ pods }).filter(({ ph }) => ph === 'X');
        for (const one of spans)
          for (const other of spans) {
            if (one === other || one.pid !== other.pid || one.tid !== other.tid) continue;
            const [a, b] = [one.ts!, one.ts! + one.dur!];
            const [c, d] = [other.ts!, other.ts! + other.dur!];
            const apart = b <= c || d <= a;
            const inside = (a <= c && d <= b) || (c <= a && b <= d);
            expect(apart || inside).toBe(true);
          }
        for (const { ts, dur } of spans)
          expect(Number.isInteger(ts) && Number.isInteger(dur) && dur! >= 0).toBe(true);
      }),
    );
  });
});
