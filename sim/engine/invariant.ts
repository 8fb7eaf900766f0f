import type { SimTime } from './time.ts';

/** A broken invariant: a defect of the model, never of the user. Carries what is needed to replay it. */
export class InvariantViolation extends Error {
  readonly time: SimTime;
  readonly eventNumber: number;
  readonly seed: string;

  constructor(message: string, time: SimTime, eventNumber: number, seed: string) {
    super(`${message} (at ${time / 1e6} s, event ${eventNumber}, seed ${JSON.stringify(seed)})`);
    this.name = 'InvariantViolation';
    this.time = time;
    this.eventNumber = eventNumber;
    this.seed = seed;
  }
}
