/**
 * What becomes of similar Events: client-go tools/record/events_cache.go, Kubernetes v1.36. Many that differ in the message only
 * become one "combined" Event, and a source that floods one object is cut off. Equal ones are counted: event-counts.ts.
 */
import { elapsed, type Linked, minutes, type SimTime } from '../engine/index.ts';
import { LruList } from './lru.ts';
import { TokenBucket } from './token-bucket.ts';

/** All documented in the source named above. */
export const correlation = {
  /** Entries of each memory. */
  memory: 4096,
  /** Similar Events after which they are combined. */
  maxSimilar: 10,
  /** After a pause of this length similar Events count from zero. */
  window: minutes(10),
  /** Events of one source about one object at once, and then one per this many seconds. */
  spamBurst: 25,
  spamSecondsPerEvent: 300,
} as const;

export interface EventFacts {
  /** The object that one source tells of: equal for the same object only. */
  readonly about: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export interface Correlated {
  /** So many unlike messages came of late that only the combined Event tells of this one. */
  readonly combined: boolean;
  /** The source told too much of this object of late: this one is not told at all. */
  readonly cutOff: boolean;
}

/** An object that one source tells of. */
interface Subject extends Linked<Subject> {
  readonly about: string;
  /** Undefined when it has been forgotten how much was told. */
  bucket: TokenBucket | undefined;
  /** The first of its groups. */
  group: Group | undefined;
}

/** Events of one object that differ in the message only. */
interface Group extends Linked<Group> {
  readonly subject: Subject;
  readonly type: string;
  readonly reason: string;
  /** The only one, as in most groups; or unlike ones, oldest first. */
  messages: string | string[];
  last: SimTime;
  /** The next group of the subject. */
  sibling: Group | undefined;
}

export class EventCorrelator {
  readonly #subjects = new Map<string, Subject>();
  readonly #groups: LruList<Group>;
  /** Those with a bucket. */
  readonly #sources: LruList<Subject>;

  constructor(memory: number = correlation.memory) {
    this.#groups = new LruList(memory);
    this.#sources = new LruList(memory);
  }

  correlate(facts: EventFacts, now: SimTime): Correlated {
    const subject = this.#subjectOf(facts.about);
    const combined = this.#isOneOfMany(subject, facts, now);
    return { combined, cutOff: !this.#bucketOf(subject).tryTake(now) };
  }

  #subjectOf(about: string): Subject {
    let subject = this.#subjects.get(about);
    if (subject === undefined) {
      subject = { about, bucket: undefined, group: undefined, previous: undefined, next: undefined };
      this.#subjects.set(about, subject);
    }
    return subject;
  }

  #isOneOfMany(subject: Subject, { type, reason, message }: EventFacts, now: SimTime): boolean {
    let group = subject.group;
    while (group !== undefined && (group.reason !== reason || group.type !== type)) group = group.sibling;
    if (group === undefined) {
      this.#begin(subject, type, reason, message, now);
      return false;
    }
    this.#groups.use(group);
    if (elapsed(group.last, now) > correlation.window) group.messages = message;
    group.last = now;
    const { messages } = group;
    if (messages === message) return false;
    if (typeof messages === 'string') {
      group.messages = [messages, message];
      return false;
    }
    if (!messages.includes(message)) messages.push(message);
    if (messages.length < correlation.maxSimilar) return false;
    messages.shift();
    return true;
  }

  #begin(subject: Subject, type: string, reason: string, message: string, now: SimTime): void {
    const sibling = subject.group;
    subject.group = {
      subject,
      type,
      reason,
      messages: message,
      last: now,
      sibling,
      previous: undefined,
      next: undefined,
    };
    const gone = this.#groups.add(subject.group);
    if (gone === undefined) return;
    leave(gone);
    this.#tidy(gone.subject);
  }

  #bucketOf(subject: Subject): TokenBucket {
    if (subject.bucket !== undefined) {
      this.#sources.use(subject);
      return subject.bucket;
    }
    subject.bucket = new TokenBucket(1 / correlation.spamSecondsPerEvent, correlation.spamBurst);
    const gone = this.#sources.add(subject);
    if (gone !== undefined) {
      gone.bucket = undefined;
      this.#tidy(gone);
    }
    return subject.bucket;
  }

  /** What is remembered by nothing any more goes. */
  #tidy({ about, group, bucket }: Subject): void {
    if (group === undefined && bucket === undefined) this.#subjects.delete(about);
  }
}

/** Takes a group from its subject. */
function leave(group: Group): void {
  const { subject, sibling } = group;
  if (subject.group === group) {
    subject.group = sibling;
    return;
  }
  let before = subject.group;
  while (before !== undefined && before.sibling !== group) before = before.sibling;
  if (before !== undefined) before.sibling = sibling;
}
