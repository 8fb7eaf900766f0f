/** Ctrl-C: the first one stops in good order, the second one quits. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Ctrl-C quits again, as if nothing had been said. */
  readonly done: () => void;
}

/** From now until `done`. The signal comes only while the event loop turns. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => process.off('SIGINT', stop) };
}
