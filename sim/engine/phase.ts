/**
 * The closed list of phases that orders simultaneous events: (time, phase, sequence) is total (law 3).
 * The physical world moves first, then what the API learns of it, then who acts on it, then who watches.
 */
export const Phase = {
  /** A crash at t beats everything that would have happened at t. */
  fault: 0,
  /** Physical progress: a container exits, a pull ends, a transfer is done. */
  world: 1,
  /** The API server commits a request. */
  commit: 2,
  /** Watch events reach informers: everyone sees the state before anyone acts on it. */
  delivery: 3,
  /** Answers reach the clients that asked. */
  response: 4,
  /** Components act: reconcile, schedule, sync. */
  component: 5,
  /** User traffic meets the state that the instant settled to. */
  traffic: 6,
  /** Sampling looks last. */
  observe: 7,
} as const;

export type Phase = (typeof Phase)[keyof typeof Phase];
