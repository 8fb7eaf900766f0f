/** What the verbs work with: the instant, the storage and the rules of one API server. */
import type { WallClock } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { Admission } from './admission/admission.ts';
import type { Identity } from './identity.ts';
import type { Storage } from './storage.ts';

export interface RequestContext {
  readonly now: SimTime;
  readonly storage: Storage;
  readonly clock: WallClock;
  readonly identity: Identity;
  readonly admission: Admission;
}
