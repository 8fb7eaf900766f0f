/** API Events the kubelet records about pods, one method each. Source: kubelet `events/event.go` and its callers, Kubernetes v1.36.3. */
import type { Pod } from '../api/index.ts';
import type { EventRecorder } from '../client/index.ts';
import type { Rejection } from './admission.ts';
import type { ContainerState } from './container-state.ts';
import type { PodState } from './pod-state.ts';

/** What an event recorder is to the kubelet. */
export type PodEventRecorder = Pick<EventRecorder, 'enabled' | 'event'>;

const NOBODY: PodEventRecorder = { enabled: false, event: () => undefined };

export class PodEvents {
  readonly #recorder: PodEventRecorder;

  constructor(recorder: PodEventRecorder = NOBODY) {
    this.#recorder = recorder;
  }

  rejected(pod: Pod, { reason, message }: Rejection): void {
    if (this.#recorder.enabled) this.#recorder.event(pod, 'Warning', reason, message);
  }

  pulling({ pod }: PodState, image: string): void {
    if (this.#recorder.enabled) this.#recorder.event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`);
  }

  pulled({ pod }: PodState, image: string, bytes: number): void {
    if (!this.#recorder.enabled) return;
    const text = `Successfully pulled image "${image}". Image size: ${bytes} bytes.`;
    this.#recorder.event(pod, 'Normal', 'Pulled', text);
  }

  present({ pod }: PodState, image: string): void {
    if (!this.#recorder.enabled) return;
    this.#recorder.event(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
  }

  pullFailed({ pod }: PodState, message: string): void {
    if (this.#recorder.enabled) this.#recorder.event(pod, 'Warning', 'Failed', message);
  }

  started({ pod }: PodState, { container }: ContainerState): void {
    if (!this.#recorder.enabled) return;
    this.#recorder.event(pod, 'Normal', 'Created', `Container created: ${container.name}`);
    this.#recorder.event(pod, 'Normal', 'Started', `Container started: ${container.name}`);
  }

  backingOff({ pod, uid }: PodState, { container }: ContainerState): void {
    if (!this.#recorder.enabled) return;
    const { name, namespace } = pod.metadata;
    const where = `in pod ${name}_${namespace}(${uid})`;
    this.#recorder.event(
      pod,
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} ${where}`,
    );
  }

  killing({ pod, containers }: PodState): void {
    if (!this.#recorder.enabled) return;
    for (const { running, container } of containers) {
      if (running) this.#recorder.event(pod, 'Normal', 'Killing', `Stopping container ${container.name}`);
    }
  }
}
