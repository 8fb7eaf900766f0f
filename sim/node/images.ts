/**
 * Images of one node: what is present, and the pulls, one at a time in order of asking.
 * Source: kubelet image manager with `serializeImagePulls: true`, its default in Kubernetes v1.36.3.
 */
import type { Container } from '../api/index.ts';

/** What a registry has of an image; sizes are compressed, bytes. */
export interface ImageSpec {
  readonly bytes: number;
  /** The registry refuses it. */
  readonly pullFails?: boolean;
}

/** Assumed: the compressed size of a typical server image. */
export const DEFAULT_IMAGE_BYTES = 70e6;

/** `R`: an image and who waits for it. */
export interface Pull<R extends { readonly image: string }> {
  readonly request: R;
  readonly bytes: number;
  readonly tookUs: number;
  readonly failed: boolean;
}

export class ImageStore<R extends { readonly image: string }> {
  readonly #bytesPerSecond: number;
  readonly #overheadUs: number;
  readonly #registry: ReadonlyMap<string, ImageSpec>;
  readonly #present = new Map<string, number>();
  /** The image that was found present last: most pods of a node run the same one. */
  #found: string | undefined;
  #waiting: R[] = [];
  #active: Pull<R> | undefined;

  constructor(bytesPerSecond: number, overheadUs: number, registry: ReadonlyMap<string, ImageSpec>) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#overheadUs = overheadUs;
    this.#registry = registry;
  }

  /** Image and bytes, in order of arrival. */
  get present(): ReadonlyMap<string, number> {
    return this.#present;
  }

  preload(image: string, bytes: number): void {
    this.#present.set(image, bytes);
  }

  /** `Never` never pulls: an image that is not there is then an error of its own. */
  needsPull(container: Container): boolean {
    const image = container.image ?? '';
    if (container.imagePullPolicy === 'Always') return true;
    if (image === this.#found) return false;
    if (!this.#present.has(image)) return true;
    this.#found = image;
    return false;
  }

  /** Returns the pull that begins now, if none was under way: it takes `tookUs`. */
  enqueue(request: R): Pull<R> | undefined {
    this.#waiting.push(request);
    return this.#active === undefined ? this.#next() : undefined;
  }

  /** The pull under way is over; returns it and the one that begins now. */
  finish(): { readonly ended: Pull<R> | undefined; readonly next: Pull<R> | undefined } {
    const ended = this.#active;
    this.#active = undefined;
    if (ended !== undefined && !ended.failed)
      this.#present.set(ended.request.image, imageBytes(this.#registry, ended.request.image));
    return { ended, next: this.#next() };
  }

  /** The machine went down: pulls are lost, what is on disk stays. */
  abort(): void {
    this.#waiting = [];
    this.#active = undefined;
  }

  #next(): Pull<R> | undefined {
    const request = this.#waiting.shift();
    if (request === undefined) return undefined;
    const { image } = request;
    const failed = this.#registry.get(image)?.pullFails ?? false;
    // Layers that are present are not fetched again.
    const bytes = failed || this.#present.has(image) ? 0 : imageBytes(this.#registry, image);
    const tookUs = Math.round(this.#overheadUs + (bytes / this.#bytesPerSecond) * 1e6);
    this.#active = { request, bytes, tookUs, failed };
    return this.#active;
  }
}

export const imageBytes = (registry: ReadonlyMap<string, ImageSpec>, image: string): number =>
  registry.get(image)?.bytes ?? DEFAULT_IMAGE_BYTES;
