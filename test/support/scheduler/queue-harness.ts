/** A scheduling queue with a clock that the test sets and one plugin that rejects. */
import { prioritySort } from '../../../policies/priority-sort.ts';
import type { Pod } from '../../../sim/api/index.ts';
import { type Duration, instant, type SimTime, seconds } from '../../../sim/engine/index.ts';
import {
  Action,
  defaultQueueOptions,
  Framework,
  interest,
  NO_OBJECTS,
  NODE_ADD,
  Nominator,
  type Plugin,
  type PluginFactory,
  SchedulingQueue,
  Snapshot,
} from '../../../sim/scheduler/index.ts';

export const REJECTER = 'Rejecter';

const rejecter = (): Plugin => ({
  name: REJECTER,
  filter: () => undefined,
  events: () => [interest('Node', Action.add)],
});
const binder = (): Plugin => ({ name: 'Binder', bind: () => undefined });

export interface QueueHarness {
  readonly queue: SchedulingQueue;
  readonly framework: Framework;
  /** Sets the clock, in µs. */
  at(now: number): void;
  /** The event that the rejecter waits for. */
  nodeAdded(): void;
}

export interface HarnessOptions {
  readonly initialBackoff?: Duration;
  readonly maxBackoff?: Duration;
  /** More plugins, enabled wherever they implement something. */
  readonly plugins?: readonly Plugin[];
  readonly isPreempting?: (uid: string) => boolean;
}

export function queueHarness(options: HarnessOptions = {}): QueueHarness {
  let now: SimTime = instant(0);
  const snapshot = new Snapshot();
  const nominator = new Nominator(snapshot);
  const plugins = [prioritySort(), binder(), rejecter(), ...(options.plugins ?? [])];
  const registry = new Map<string, PluginFactory>(plugins.map((plugin) => [plugin.name, () => plugin]));
  const framework = new Framework(
    {
      schedulerName: 'default-scheduler',
      plugins: { multiPoint: { enabled: plugins.map(({ name }) => ({ name })), disabled: [] } },
      pluginConfig: new Map(),
    },
    registry,
    {
      snapshot,
      nominator,
      listers: NO_OBJECTS,
      now: () => now,
      draw: () => 0,
      isPreempting: options.isPreempting ?? (() => false),
      waitingPods: () => [],
      activate: () => undefined,
      replay: () => '',
    },
  );
  const queue = new SchedulingQueue(
    new Map([['default-scheduler', framework]]),
    nominator,
    {
      ...defaultQueueOptions,
      initialBackoff: options.initialBackoff ?? seconds(1),
      maxBackoff: options.maxBackoff ?? seconds(10),
    },
    { now: () => now, onReady: () => undefined },
  );
  return {
    queue,
    framework,
    at: (time) => {
      now = instant(time);
    },
    nodeAdded: () => queue.moveAll(NODE_ADD, undefined, {}),
  };
}

export const queuedPod = (name: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { containers: [], ...spec },
});
