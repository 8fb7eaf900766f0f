/** Slowdown, deadlines, tenants and locality, counted by hand. */
import { describe, expect, it } from 'vitest';
import { observationBus, type Pod } from '../../../sim/api/index.ts';
import type { SimTime } from '../../../sim/engine/index.ts';
import { CsvTable, createRecorders } from '../../../sim/metrics/index.ts';

const at = (seconds: number) => (seconds * 1e6) as SimTime;

const pod = (name: string, annotations: Readonly<Record<string, string>>, nodeName?: string): Pod =>
  ({
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [`kubedes.io/${key}`, value]),
      ),
    },
    spec: { containers: [], ...(nodeName !== undefined && { nodeName }) },
  }) as unknown as Pod;

interface Life {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly created: number;
  readonly bound?: number;
  readonly started?: number;
  readonly finished?: number;
  /** Whether it ended well, from which the API hears a second later; else it failed. */
  readonly succeeded?: boolean;
}

/** The summary, by metric, after pods with these lives, at 1000 s. */
function summaryOf(lives: readonly Life[]): ReadonlyMap<string, number | undefined> {
  const bus = observationBus();
  const recorder = createRecorders(['summary'], (name) => new CsvTable(name, undefined), bus)[0]!;
  for (const [
    slot,
    { annotations = {}, created, bound, started, finished, succeeded = true },
  ] of lives.entries()) {
    const waiting = pod(`p-${slot}`, annotations);
    const placed = pod(`p-${slot}`, annotations, 'n');
    bus.emit('pod-changed', { time: at(created), pod: waiting, slot, previous: undefined, deleted: false });
    if (bound !== undefined)
      bus.emit('pod-changed', { time: at(bound), pod: placed, slot, previous: waiting, deleted: false });
    for (const [step, time] of [
      ['started', started],
      ['finished', finished],
    ] as const)
      if (time !== undefined)
        bus.emit('pod-lifecycle', { time: at(time), pod: placed, slot, node: 'n', step });
    if (finished === undefined) continue;
    const ended = { ...placed, status: { phase: succeeded ? 'Succeeded' : 'Failed' } } as Pod;
    bus.emit('pod-changed', { time: at(finished + 1), pod: ended, slot, previous: placed, deleted: false });
  }
  return new Map(recorder.summary!(at(1000)).map(({ metric, value }) => [metric, value]));
}

describe('the recorder of outcomes', () => {
  it('says nothing where there is nothing to say', () => {
    expect(summaryOf([{ created: 0, bound: 1, started: 2 }]).size).toBe(0);
  });

  it('bounds slowdown: short runs count as 10 s, and none is below 1', () => {
    const lives = [
      { created: 0, bound: 100, started: 100, finished: 200 },
      { created: 0, bound: 29, started: 29, finished: 30 },
      { created: 0, bound: 0, started: 0, finished: 5 },
    ];
    expect(summaryOf(lives).get('slowdown_mean')).toBeCloseTo((2 + 3 + 1) / 3, 9);
  });

  it('has the slowdown of pods that succeeded only: one that fails at once served nobody well', () => {
    const served = { created: 0, bound: 100, started: 100, finished: 200 };
    const failed = { created: 0, bound: 0, started: 0, finished: 5, succeeded: false };
    expect(summaryOf([served, failed]).get('slowdown_mean')).toBe(2);
    expect(summaryOf([failed]).has('slowdown_mean')).toBe(false);
  });

  it('counts deadlines that are over, met or missed, ended or not; a pod that failed missed its own', () => {
    const due = (deadline: string, finished?: number, succeeded = true): Life => ({
      annotations: { deadline },
      created: 0,
      started: 0,
      succeeded,
      ...(finished !== undefined && { finished }),
    });
    const lives = [
      due('10s', 10),
      due('10s', 11),
      due('10s', 5, false),
      due('10s'),
      due('1h'),
      { created: 0, started: 0, finished: 99 },
    ];
    expect(summaryOf(lives).get('deadline_missed_ratio')).toBeCloseTo(3 / 4, 9);
  });

  it('tells tenants apart, and how alike they fared', () => {
    const life = (tenant: string, bound: number): Life => ({
      annotations: { tenant },
      created: 0,
      bound,
      started: bound,
      finished: bound + 100,
    });
    const summary = summaryOf([life('a', 0), life('a', 200), life('b', 300)]);
    expect(summary.get('pending_time_mean_s{tenant=a}')).toBe(100);
    expect(summary.get('pending_time_mean_s{tenant=b}')).toBe(300);
    // Mean slowdowns of 2 and 4.
    expect(summary.get('tenants_jain_index')).toBeCloseTo(36 / 40, 9);
    expect(summaryOf([{ created: 0, bound: 1 }]).has('tenants_jain_index')).toBe(false);
  });

  it('counts how near to their data pods were placed', () => {
    const near = (level: string): Life => ({
      annotations: { 'input-locality': level },
      created: 0,
      bound: 1,
    });
    const summary = summaryOf([near('node'), near('node'), near('rack'), near('remote')]);
    expect([summary.get('input_node_local_ratio'), summary.get('input_rack_local_ratio')]).toEqual([
      0.5, 0.25,
    ]);
  });
});
