/** Ctrl-C, and the SIGTERM of a time-out: the first signal stops in good order, the second one quits. */
import { EXIT } from './exit.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** What to end with, once the signal has come. */
  readonly exitCode: number;
  /** Signals quit again, as if nothing had been said. */
  readonly done: () => void;
}

const EXIT_CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** From now until `done`. The signal comes only while the event loop turns. */
export function onInterrupt(names: readonly (keyof typeof EXIT_CODES)[] = ['SIGINT', 'SIGTERM']): Interrupt {
  const controller = new AbortController();
  let exitCode: number = EXIT.interrupted;
  const done = () => {
    for (const name of names) process.off(name, stop);
  };
  const stop = (name: keyof typeof EXIT_CODES) => {
    done();
    exitCode = EXIT_CODES[name];
    controller.abort();
  };
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    done,
  };
}
