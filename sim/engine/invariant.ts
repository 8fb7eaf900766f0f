import type { SimTime } from './time.ts';

/** A broken invariant: a defect of the model, never of the user. Carries what is needed to replay it. */
export class InvariantViolation extends Error {
  readonly what: string;
  readonly time: SimTime;
  readonly eventNumber: number;
  readonly seed: string;

  /** `replay`: the command that gets here again, if known. */
  constructor(what: string, time: SimTime, eventNumber: number, seed: string, replay?: string) {
    const place = `at ${time / 1e6} s, event ${eventNumber}, seed ${JSON.stringify(seed)}`;
    super(`${what} (${place})${replay === undefined ? '' : `\nreplay: ${replay}`}`);
    this.name = 'InvariantViolation';
    this.what = what;
    this.time = time;
    this.eventNumber = eventNumber;
    this.seed = seed;
  }

  withReplay(command: string): InvariantViolation {
    const { what, time, eventNumber, seed, stack } = this;
    const violation = new InvariantViolation(what, time, eventNumber, seed, command);
    violation.stack = stack ?? violation.stack ?? '';
    return violation;
  }
}
