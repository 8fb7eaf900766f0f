/**
 * What events are worth another try of a pod, as the plugins that rejected it tell: `isPodWorthRequeuing` and
 * `QueueingHintMap` of `backend/queue/scheduling_queue.go`, Kubernetes v1.36.
 */
import type { Pod } from '../../api/index.ts';
import { type ClusterEvent, type EventInterest, isWildcard } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/interface.ts';
import type { PolicyGuard } from '../framework/policy-error.ts';
import { schedulerNameOf } from '../framework/profile.ts';
import type { Framework } from '../framework/runtime.ts';
import type { InFlight } from './in-flight.ts';
import type { QueuedPod } from './queued-pod.ts';

export type QueueingStrategy = 'skip' | 'after-backoff' | 'immediately';

interface Hint {
  readonly plugin: string;
  readonly interest: EventInterest;
  readonly guard: PolicyGuard;
}

export class QueueingHints {
  readonly #byProfile = new Map<string, readonly Hint[]>();
  /** By event label. */
  readonly #askers = new Map<string, readonly string[]>();

  constructor(frameworks: ReadonlyMap<string, Framework>) {
    for (const [name, { plugins, guard }] of frameworks)
      this.#byProfile.set(
        name,
        [...plugins.byName.values()].flatMap((plugin) => hintsOf(plugin, guard)),
      );
  }

  /** Plugins that asked for such events. O(1) for an event seen before. */
  askersFor(event: ClusterEvent): readonly string[] {
    let askers = this.#askers.get(event.label);
    if (askers === undefined) {
      const all = [...this.#byProfile.values()].flat().filter(({ interest }) => registered(interest, event));
      askers = [...new Set(all.map(({ plugin }) => plugin))];
      this.#askers.set(event.label, askers);
    }
    return askers;
  }

  /** True if the plugin that keeps the pod at the gate asked for such events. */
  concernsGate(queued: QueuedPod, event: ClusterEvent): boolean {
    return this.#hintsFor(queued).some(
      ({ plugin, interest }) => plugin === queued.gatingPlugin && registered(interest, event),
    );
  }

  /** How a pod whose attempt failed is to wait, given what happened meanwhile. */
  afterAttempt(queued: QueuedPod, inFlight: InFlight): QueueingStrategy {
    if (!queued.rejected) return 'after-backoff';
    // Rejected after Permit: nobody kept what happened since, so it must not wait for more to happen.
    if (!inFlight.has(queued.pod.metadata.uid)) return 'after-backoff';
    let strategy: QueueingStrategy = 'skip';
    for (const { event, before, after } of inFlight.eventsFor(queued.pod.metadata.uid)) {
      const worth = this.worthRequeuing(queued, event, before, after);
      if (worth === 'immediately') return worth;
      if (worth === 'after-backoff') strategy = worth;
    }
    return strategy;
  }

  /** Asks the hints of the plugins that rejected the pod. */
  worthRequeuing(queued: QueuedPod, event: ClusterEvent, before: unknown, after: unknown): QueueingStrategy {
    if (!queued.rejected) return 'after-backoff';
    if (isWildcard(event)) {
      const forAnother = after !== undefined && (after as Pod).metadata.uid !== queued.pod.metadata.uid;
      return forAnother ? 'skip' : 'after-backoff';
    }
    const { unschedulablePlugins, pendingPlugins } = queued;
    let strategy: QueueingStrategy = 'skip';
    for (const hint of this.#hintsFor(queued)) {
      const { plugin, interest } = hint;
      const pending = pendingPlugins.has(plugin);
      if (!pending && !unschedulablePlugins.has(plugin)) continue;
      if (!registered(interest, event)) continue;
      if (!says(hint, queued.pod, before, after)) continue;
      if (pending) return 'immediately';
      if (pendingPlugins.size === 0) return 'after-backoff';
      strategy = 'after-backoff';
    }
    return strategy;
  }

  #hintsFor(queued: QueuedPod): readonly Hint[] {
    return this.#byProfile.get(schedulerNameOf(queued.pod)) ?? [];
  }
}

function hintsOf(plugin: Plugin, guard: PolicyGuard): readonly Hint[] {
  if (plugin.events === undefined) return [];
  return guard
    .call(plugin.name, 'events', undefined, () => plugin.events!())
    .map((interest) => ({ plugin: plugin.name, interest, guard }));
}

/** True if the event may make the pod schedulable, as the plugin sees it. */
function says({ plugin, interest, guard }: Hint, pod: Pod, before: unknown, after: unknown): boolean {
  return (
    interest.hint === undefined || guard.call(plugin, 'hint', pod, () => interest.hint!(pod, before, after))
  );
}

const registered = (interest: EventInterest, event: ClusterEvent): boolean =>
  interest.resource === event.resource && (interest.actions & event.actions) !== 0;
