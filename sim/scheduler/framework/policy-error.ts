/** A policy that misbehaves is stopped with its name, the pod and what it takes to replay it. */
import type { Pod } from '../../api/index.ts';
import { ANSWERS, type Answer, type Method, type Methods } from './answers.ts';
import { Status } from './status.ts';

export class PolicyError extends Error {
  readonly plugin: string;
  readonly extensionPoint: string;
  /** "namespace/name" of the pod, empty outside an attempt. */
  readonly pod: string;
  readonly #what: string;
  readonly #when: string;

  /** `when`: seed and simulated time. `replay`: the command that gets here again, if known. */
  constructor(
    plugin: string,
    extensionPoint: string,
    pod: string,
    what: string,
    when: string,
    cause?: unknown,
    replay?: string,
  ) {
    const about = pod === '' ? '' : ` for pod ${pod}`;
    const moment = when === '' ? '' : ` (${when})`;
    const again = replay === undefined ? '' : `\nreplay: ${replay}`;
    super(`policy ${plugin}: ${extensionPoint}${about} ${what}${moment}${again}`, { cause });
    this.name = 'PolicyError';
    this.plugin = plugin;
    this.extensionPoint = extensionPoint;
    this.pod = pod;
    this.#what = what;
    this.#when = when;
  }

  withReplay(command: string): PolicyError {
    const { plugin, extensionPoint, pod, cause, stack } = this;
    const error = new PolicyError(plugin, extensionPoint, pod, this.#what, this.#when, cause, command);
    error.stack = stack ?? error.stack ?? '';
    return error;
  }
}

export const podName = (pod: Pod | undefined): string =>
  pod === undefined ? '' : `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;

/**
 * Watches over calls into policies: turns what they throw into a PolicyError, makes unkeyed randomness throw, and, in the
 * checking mode, freezes what they are given so that writing to it throws.
 */
export class PolicyGuard {
  readonly #replay: () => string;
  readonly #checking: boolean;
  readonly #frozen = new WeakSet<object>();
  /** Calls under way, innermost last: a policy may make the framework call others. */
  readonly #plugins: string[] = [];
  readonly #points: string[] = [];
  readonly #pods: (Pod | undefined)[] = [];
  #depth = 0;

  /** `replay` tells how to get here again: seed and simulated time. */
  constructor(replay: () => string, checking: boolean) {
    this.#replay = replay;
    this.#checking = checking;
  }

  /** To be followed by `leave` in a `finally`. */
  enter(plugin: string, point: string, pod: Pod | undefined): void {
    this.#plugins[this.#depth] = plugin;
    this.#points[this.#depth] = point;
    this.#pods[this.#depth] = pod;
    if (this.#depth++ === 0) randomness.random = refuseRandom;
    if (this.#checking && pod !== undefined) this.freeze(pod);
  }

  leave(): void {
    if (--this.#depth === 0) randomness.random = unkeyedRandom;
  }

  /** Runs one call and looks at what it answers, at the price of a closure. */
  call<M extends Method>(
    plugin: string,
    method: M,
    pod: Pod | undefined,
    body: () => ReturnType<Methods[M]>,
  ): ReturnType<Methods[M]> {
    const answer: Answer<ReturnType<Methods[M]>> = ANSWERS[method];
    this.enter(plugin, answer.point, pod);
    try {
      return this.checked(answer, body());
    } catch (error) {
      throw this.failure(error);
    } finally {
      this.leave();
    }
  }

  get checking(): boolean {
    return this.#checking;
  }

  /** Makes an API object read-only, deeply; only in the checking mode. */
  freeze(object: object): void {
    if (!this.#checking || this.#frozen.has(object)) return;
    this.#frozen.add(object);
    Object.freeze(object);
    for (const value of Object.values(object))
      if (typeof value === 'object' && value !== null) this.freeze(value);
  }

  /** The error for what the call under way threw. */
  failure(error: unknown): unknown {
    if (error instanceof PolicyError) return error;
    const text = error instanceof Error ? error.message : String(error);
    return this.#error(`threw: ${text}`, error);
  }

  /** What the call under way answered, if it is what is expected. */
  checked<T>(expected: Answer<T>, answer: unknown): T {
    if (expected.is(answer)) return answer;
    return this.refuse(`returned ${described(answer)}, not ${expected.expected}`);
  }

  /** Stops the run: the call under way answered something that breaks the contract. */
  refuse(what: string): never {
    throw this.#error(what);
  }

  /** Stops the run: what a call that is over answered breaks the contract. */
  blame(plugin: string, point: string, pod: Pod, what: string): never {
    throw new PolicyError(plugin, point, podName(pod), what, this.#replay());
  }

  #error(what: string, cause?: unknown): PolicyError {
    const at = Math.max(0, this.#depth - 1);
    return new PolicyError(
      this.#plugins[at] ?? '',
      this.#points[at] ?? '',
      podName(this.#pods[at]),
      what,
      this.#replay(),
      cause,
    );
  }
}

/** Where policies would find unkeyed randomness. */
const randomness: { random: () => number } = Math;
const unkeyedRandom = randomness.random;

function refuseRandom(): never {
  throw new Error('drew unkeyed randomness; use handle.draw(purpose, object, n)');
}

/** What a policy answered, in a few words. */
export function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Status) return `a Status of code ${value.code}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if ('then' in value) return 'a promise';
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.join(', ')}`;
}
