import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import { TerminatedPods } from '../../sim/controllers/terminated-pods.ts';

const podOf = (name: string, uid: number, second: number, evicted: boolean): Pod =>
  ({
    metadata: {
      name,
      namespace: 'default',
      uid: `${name}-${uid}`,
      creationTimestamp: `2026-01-01T00:00:0${second}Z`,
    },
    status: { phase: 'Failed', ...(evicted && { reason: 'Evicted' }) },
  }) as Pod;

const command = fc.oneof(
  fc.record({ do: fc.constant('end' as const), name: fc.nat(20), second: fc.nat(9), evicted: fc.boolean() }),
  fc.record({ do: fc.constant('delete' as const), name: fc.nat(20) }),
  fc.record({ do: fc.constant('look' as const), count: fc.integer({ min: 1, max: 8 }) }),
);
/** So many pods come and go unlooked at that what is left of them is swept out. */
const churn = fc.record({ do: fc.constant('churn' as const), name: fc.nat(20), second: fc.nat(9) });
const CHURNED = 1200;
const commands = fc.array(fc.oneof({ weight: 40, arbitrary: command }, { weight: 1, arbitrary: churn }), {
  maxLength: 200,
});

/** A store of pods by slot and what is told of its changes. */
class Slots {
  readonly model = new Map<number, Pod>();
  readonly terminated = new TerminatedPods((slot) => this.model.get(slot));

  end(slot: number, pod: Pod): void {
    const previous = this.model.get(slot);
    this.model.set(slot, pod);
    this.terminated.changed(slot, pod, previous);
  }

  delete(slot: number): void {
    const previous = this.model.get(slot);
    this.model.delete(slot);
    this.terminated.changed(slot, undefined, previous);
  }

  churn(from: number, second: number, uid: number): void {
    for (let i = 0; i < CHURNED; i++) {
      const slot = (from + i) % 7;
      this.end(slot, podOf(`pod-${slot}`, uid * CHURNED + i, (second + i) % 10, false));
      this.delete(slot);
    }
  }

  sorted(): Pod[] {
    return [...this.model.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }
}

test('the first of the terminated pods are those of a plain sort, however often one looks', () => {
  fc.assert(
    fc.property(commands, (steps) => {
      const slots = new Slots();
      for (const [uid, step] of steps.entries()) {
        if (step.do === 'end')
          slots.end(step.name, podOf(`pod-${step.name}`, uid, step.second, step.evicted));
        else if (step.do === 'delete') slots.delete(step.name);
        else if (step.do === 'churn') slots.churn(step.name, step.second, uid);
        else expect(slots.terminated.first(step.count)).toEqual(slots.sorted().slice(0, step.count));
        expect(slots.terminated.size).toBe(slots.model.size);
      }
    }),
    { seed: 7 },
  );
});

const rank = (pod: Pod): string =>
  `${pod.status?.reason === 'Evicted' ? 0 : 1} ${pod.metadata.creationTimestamp} ${pod.metadata.name}`;
