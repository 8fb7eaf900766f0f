import { describe, expect, it } from 'vitest';
import type { Pod, Service } from '../../../sim/api/index.ts';
import { TRIGGER_TIME } from '../../../sim/api/index.ts';
import { Member } from '../../../sim/controllers/endpoints/service-pods.ts';
import { TriggerTimes, withTrigger } from '../../../sim/controllers/endpoints/trigger-times.ts';
import { podOf } from '../../support/metrics/recorded.ts';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

const service = (uid: string, created: number): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'default', uid, resourceVersion: '1', creationTimestamp: at(created) },
  spec: {},
});

/** A pod whose Ready condition turned then, or that has none. */
function podTurned(name: string, second: number | undefined): Pod {
  const conditions =
    second === undefined ? [] : [{ type: 'Ready', status: 'True' as const, lastTransitionTime: at(second) }];
  return { ...podOf({ name }), status: { phase: 'Running', conditions } };
}

describe('trigger times of endpoint changes', () => {
  it('begin with the oldest of Service and pods', () => {
    const members = [podTurned('a', 9), podTurned('b', 7), podTurned('c', undefined)].map(
      (pod) => new Member('default/web', pod),
    );
    expect(new TriggerTimes().take(service('u', 8), 's', members)).toBe(at(7));
    expect(new TriggerTimes().take(service('u', 5), 's', members.slice(2))).toBe(at(5));
  });

  it('then tell the oldest of what is new, once', () => {
    const times = new TriggerTimes();
    const members = [podTurned('a', 9), podTurned('b', 7)].map((pod) => new Member('default/web', pod));
    const take = () => times.take(service('u', 1), 's', members);
    expect([take(), take()]).toEqual([at(1), undefined]);
    members[0]!.pod = podTurned('a', 20);
    members[1]!.pod = podTurned('b', 15);
    members.push(new Member('default/web', podTurned('c', 30)));
    expect([take(), take()]).toEqual([at(15), undefined]);
  });

  it('take another Service of the name for a new one', () => {
    const times = new TriggerTimes();
    expect(times.take(service('first', 1), 's', [])).toBe(at(1));
    expect(times.take(service('second', 40), 's', [])).toBe(at(40));
    times.forget('s');
    expect(times.take(service('second', 40), 's', [])).toBe(at(40));
  });

  it('replace the one of an earlier change, and leave other annotations alone', () => {
    const earlier = { [TRIGGER_TIME]: at(1), note: 'mine' };
    expect(withTrigger(earlier, at(2))).toEqual({ [TRIGGER_TIME]: at(2), note: 'mine' });
    expect(withTrigger(earlier, undefined)).toEqual({ note: 'mine' });
    expect(withTrigger({ [TRIGGER_TIME]: at(1) }, undefined)).toBeUndefined();
  });
});
