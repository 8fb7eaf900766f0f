/** What the parts of the kubelet component share. */
import type { Container, ObservationBus, ObservationMap, Pod, WallClock } from '../api/index.ts';
import type { Channel, Duration, Port, Simulation } from '../engine/index.ts';
import type { World } from '../world/index.ts';
import type { BackoffPolicy } from './backoff.ts';
import type { KubeletEvent, KubeletReply } from './events.ts';
import type { ImageSpec } from './images.ts';
import type { NodeLatencies } from './latencies.ts';
import type { PodEvents } from './pod-events.ts';
import type { PodState } from './pod-state.ts';

/** How the process in a container ends by itself. */
export interface ProcessEnd {
  readonly after: Duration;
  readonly exitCode: number;
}

/** Decides it for each instance of a regular container; undefined: it runs until it is stopped. `instance` counts restarts. */
export type ProcessModel = (pod: Pod, container: Container, instance: number) => ProcessEnd | undefined;

export interface KubeletContext {
  readonly simulation: Simulation;
  readonly world: World;
  readonly clock: WallClock;
  readonly latencies: NodeLatencies;
  readonly backoff: BackoffPolicy;
  /** Share by which a pod's next look after a back-off may come late, uniform from 0. */
  readonly requeueJitter: number;
  readonly process: ProcessModel;
  readonly registry: ReadonlyMap<string, ImageSpec>;
  readonly observations: ObservationBus;
  /** Of `observations`: told of every pod again and again. */
  readonly lifecycle: Channel<ObservationMap['pod-lifecycle']>;
  readonly events: PodEvents;
  /** Things that happen in the runtime. */
  readonly physical: Port<KubeletEvent>;
  /** Things the kubelet does. */
  readonly acts: Port<KubeletEvent>;
  readonly replies: Port<KubeletReply>;
  /** Forgets the state of a pod. */
  drop(state: PodState): void;
}
