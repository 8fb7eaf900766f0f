/** The stages of a preemption: nominations, then all victims but the last, then the last. */
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import type { ApiResult } from '../../sim/apiserver/request.ts';
import { type EvictionStep, Evictions } from '../../sim/scheduler/evictions.ts';
import { queuedPod } from '../support/scheduler/queue-harness.ts';

const OK: ApiResult = { ok: true, code: 200, object: queuedPod('any') };
const failed = (code: number): ApiResult => ({ ok: false, error: { code, reason: 'Failed', message: 'no' } });

/** What the evictions asked of the world, in order, as `step pod`. */
class World {
  readonly asked: string[] = [];
  readonly notes: string[] = [];
  readonly live = new Map<string, Pod>();
  readonly binding = new Set<string>();
  readonly evictions = new Evictions({
    timestamp: () => '2026-01-01T00:00:00Z',
    send: (_request, kind, _preemptor, pod) => this.asked.push(`${kind} ${pod.metadata.name}`),
    pod: (key) => this.live.get(key),
    endBinding: (uid) => this.binding.delete(uid),
    preempted: (victim, message) => this.notes.push(`${victim.metadata.name}: ${message}`),
    activate: (preemptor) => this.notes.push(`activate ${preemptor.metadata.name}`),
  });

  begin(victims: readonly Pod[], nominated: readonly Pod[] = []): void {
    for (const pod of victims) this.live.set(`default/${pod.metadata.name}`, pod);
    this.evictions.begin({ node: 'n', victims }, vip, nominated);
  }

  answer(kind: EvictionStep, pod: string, result: ApiResult = OK): void {
    const uid = `uid-${pod}`;
    if (kind === 'nomination-cleared') this.evictions.nominationCleared(VIP, uid, result);
    else if (kind === 'victim-marked') this.evictions.marked(VIP, uid, result);
    else this.evictions.deleted(VIP, uid, result);
  }

  /** What was asked since the last look. */
  take(): string[] {
    return this.asked.splice(0);
  }

  get preempting(): boolean {
    return this.evictions.isPreempting(VIP);
  }
}

const vip = queuedPod('vip');
const VIP = vip.metadata.uid;
const [a, b, c] = ['a', 'b', 'c'].map((name) => queuedPod(name)) as [Pod, Pod, Pod];
const going = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});

describe('a preemption', () => {
  it('withdraws nominations, and touches no victim before the API knows', () => {
    const world = new World();
    world.begin([a, b], [queuedPod('x'), queuedPod('y')]);
    expect(world.take()).toEqual(['nomination-cleared x', 'nomination-cleared y']);
    world.answer('nomination-cleared', 'y');
    expect(world.take()).toEqual([]);
    expect(world.preempting).toBe(true);
    world.answer('nomination-cleared', 'x');
    expect(world.take()).toEqual(['victim-marked a']);
  });

  it('evicts the last victim when all others are gone', () => {
    const world = new World();
    world.begin([a, b, c]);
    expect(world.take()).toEqual(['victim-marked a', 'victim-marked b']);
    world.answer('victim-marked', 'b');
    world.answer('victim-deleted', 'b');
    world.answer('victim-marked', 'a');
    expect(world.take()).toEqual(['victim-deleted b', 'victim-deleted a']);
    world.answer('victim-deleted', 'a');
    expect(world.take()).toEqual(['victim-marked c']);
    expect(world.preempting).toBe(true);
    world.live.set('default/c', going(c));
    expect(world.preempting).toBe(false);
    world.answer('victim-marked', 'c');
    world.answer('victim-deleted', 'c');
    expect(world.take()).toEqual(['victim-deleted c']);
    expect(world.preempting).toBe(false);
    expect(world.notes).toEqual(['b', 'a', 'c'].map((name) => `${name}: Preempted by pod uid-vip on node n`));
  });

  it('leaves pods alone that go already', () => {
    const world = new World();
    world.begin([going(a), b]);
    expect(world.take()).toEqual(['victim-marked b']);
    const idle = new World();
    idle.begin([going(a)]);
    expect([idle.take(), idle.preempting]).toEqual([[], false]);
  });

  it('takes a victim that is gone for evicted', () => {
    const world = new World();
    world.begin([a, b]);
    world.answer('victim-marked', 'a', failed(404));
    expect(world.take()).toEqual(['victim-marked a', 'victim-marked b']);
    world.answer('victim-marked', 'b');
    world.answer('victim-deleted', 'b', failed(404));
    expect([world.preempting, world.notes]).toEqual([false, []]);
  });

  it.each<[EvictionStep]>([['victim-marked'], ['victim-deleted']])(
    'spares the last victim and has the preemptor tried again if %s fails',
    (step) => {
      const world = new World();
      world.begin([a, b, c]);
      world.answer('victim-marked', 'b');
      world.answer('victim-deleted', 'b');
      if (step === 'victim-deleted') world.answer('victim-marked', 'a');
      world.take();
      world.answer(step, 'a', failed(500));
      expect(world.take()).toEqual([]);
      expect(world.notes.at(-1)).toBe('activate vip');
      expect(world.preempting).toBe(false);
    },
  );

  it('goes on if a nomination cannot be withdrawn, and has the preemptor tried again at the end', () => {
    const world = new World();
    world.begin([a], [queuedPod('x')]);
    world.answer('nomination-cleared', 'x', failed(409));
    world.answer('victim-marked', 'a');
    world.answer('victim-deleted', 'a');
    expect(world.take()).toEqual(['nomination-cleared x', 'victim-marked a', 'victim-deleted a']);
    expect(world.notes).toEqual(['a: Preempted by pod uid-vip on node n', 'activate vip']);
  });

  it('ends the bindings of victims that no API server knows of, the last one last', () => {
    const world = new World();
    for (const name of ['a', 'b', 'c']) world.binding.add(`uid-${name}`);
    world.begin([a, b, c]);
    expect(world.take()).toEqual([]);
    const text = 'Preempted by pod uid-vip on node n (in kube-scheduler memory).';
    expect(world.notes).toEqual(['a', 'b', 'c'].map((name) => `${name}: ${text}`));
    expect(world.preempting).toBe(false);
  });

  it('ignores an answer that it did not wait for', () => {
    const world = new World();
    world.begin([a, b]);
    world.answer('victim-deleted', 'c');
    world.answer('victim-marked', 'a');
    world.answer('victim-deleted', 'a');
    world.answer('victim-deleted', 'a');
    expect(world.take()).toEqual(['victim-marked a', 'victim-deleted a', 'victim-marked b']);
  });

  it('may begin anew before the answer about its last victim is there', () => {
    const world = new World();
    world.begin([a]);
    world.answer('victim-marked', 'a');
    world.begin([b]);
    world.take();
    world.answer('victim-deleted', 'a');
    expect([world.take(), world.preempting]).toEqual([[], true]);
    world.answer('victim-marked', 'b');
    expect(world.take()).toEqual(['victim-deleted b']);
  });
});
