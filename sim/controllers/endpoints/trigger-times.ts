/**
 * What made the endpoints of a Service change, and when: the annotation from which kube-proxy reckons how long a change took to
 * become rules. Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/trigger_time_tracker.go.
 */
import { type Labels, type Service, TRIGGER_TIME } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';
import type { Member } from './service-pods.ts';

/** The annotations of a slice that is written because of `trigger`; the one of an earlier change does not stay. */
export function withTrigger(
  annotations: Labels | undefined,
  trigger: string | undefined,
): Labels | undefined {
  const { [TRIGGER_TIME]: _, ...others } = annotations ?? {};
  if (trigger !== undefined) return { ...others, [TRIGGER_TIME]: trigger };
  return Object.keys(others).length === 0 ? undefined : others;
}

export class TriggerTimes {
  /** Service → the UID under which its creation was noted. */
  readonly #services = new Map<string, string>();

  /**
   * When the oldest of what is new happened: creation of the Service, or a turn of these pods' Ready condition; whole seconds,
   * as the API has them. Undefined if nothing of this is new since the last call. O(members).
   */
  take({ metadata }: Service, key: string, members: Iterable<Member>): string | undefined {
    let oldest: string | undefined;
    if (this.#services.get(key) !== metadata.uid) oldest = metadata.creationTimestamp;
    this.#services.set(key, metadata.uid);
    for (const member of members) {
      const turned = conditionOf(member.pod.status?.conditions, 'Ready')?.lastTransitionTime;
      // RFC 3339 in UTC: the order of the texts is that of the instants.
      if (turned === undefined || (member.turned !== undefined && turned <= member.turned)) continue;
      member.turned = turned;
      if (oldest === undefined || turned < oldest) oldest = turned;
    }
    return oldest;
  }

  forget(service: string): void {
    this.#services.delete(service);
  }
}
