/** How the command line ends. */
export const EXIT = {
  ok: 0,
  /** The run failed or a verification did not hold. */
  failed: 1,
  /** The user's input or arguments are wrong. */
  usage: 2,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

/** Ctrl-C, and what there is to say about it. */
export class Interrupted extends Error {}
