/** Gets the image of a container that is to start. Source: kubelet image manager, Kubernetes v1.36.3. */
import { after, type Duration } from '../engine/index.ts';
import { advance, collect, mustWaitToPull } from './backoff.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { nodeEvent } from './events.ts';
import { imageBytes, type Pull } from './images.ts';
import { type PodBackoff, RETRY } from './pod-backoff.ts';
import type { NodeState, PodState, PullRequest } from './pod-state.ts';

export class ImagePuller {
  readonly #context: KubeletContext;
  readonly #backoff: PodBackoff;

  constructor(context: KubeletContext, backoff: PodBackoff) {
    this.#context = context;
    this.#backoff = backoff;
  }

  /** `present`: go on; `pulling`: the answer comes with `pull-ended`; `waiting`: not now, the container says why. */
  ensure(state: PodState, container: ContainerState): 'present' | 'pulling' | 'waiting' {
    const { images } = state.node;
    const { backoff, simulation, events } = this.#context;
    const image = container.container.image ?? '';
    if (!images.needsPull(container.container)) {
      events.present(state, image);
      return 'present';
    }
    if (container.container.imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#retry(state, container, 'ErrImageNeverPull', message);
      return 'waiting';
    }
    if (mustWaitToPull(backoff, container.pullWindow, simulation.now)) {
      this.#retry(state, container, 'ImagePullBackOff', `Back-off pulling image "${image}"`);
      return 'waiting';
    }
    events.pulling(state, image);
    this.#begin(state.node, images.enqueue({ image, state, container }));
    return 'pulling';
  }

  #retry(state: PodState, container: ContainerState, reason: string, message: string): void {
    const end = after(this.#context.simulation.now, RETRY);
    this.#backoff.wait(state, container, reason, message, end);
  }

  #begin(node: NodeState, pull: Pull<PullRequest> | undefined): void {
    if (pull === undefined) return;
    const { physical } = this.#context;
    physical.after(pull.tookUs as Duration, nodeEvent('pull-ended', node, ++node.pulls));
  }

  /** The pull under way is over, the next one begins. */
  ended(node: NodeState): Pull<PullRequest> | undefined {
    const { ended, next } = node.images.finish();
    this.#begin(node, next);
    if (ended !== undefined && ended.bytes > 0) {
      const { observations, simulation } = this.#context;
      const { request, bytes, tookUs } = ended;
      observations.emit('image-pulled', {
        time: simulation.now,
        node: node.name,
        image: request.image,
        bytes,
        took: tookUs as Duration,
      });
    }
    return ended;
  }

  failed(state: PodState, container: ContainerState): void {
    const { backoff, simulation, events } = this.#context;
    const { now } = simulation;
    const message = `Failed to pull image "${container.container.image}": not found`;
    container.pullWindow = advance(backoff, container.pullWindow, now, now);
    events.pullFailed(state, message);
    this.#retry(state, container, 'ErrImagePull', message);
  }

  succeeded(state: PodState, container: ContainerState): void {
    const { backoff, simulation, events, registry } = this.#context;
    const image = container.container.image ?? '';
    container.pullWindow = collect(backoff, container.pullWindow, simulation.now);
    events.pulled(state, image, imageBytes(registry, image));
  }
}
