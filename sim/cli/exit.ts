/** How the command line ends. */
export const EXIT = {
  ok: 0,
  /** The run failed or a verification did not hold. */
  failed: 1,
  /** The user's input or arguments are wrong. */
  usage: 2,
  /** Stopped by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Stopped by whoever gives out the machine's time: 128 + SIGTERM. */
  terminated: 143,
} as const;

/** Stopped by a signal, and what there is to say about it. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
