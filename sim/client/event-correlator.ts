/**
 * What becomes of similar Events: client-go tools/record/events_cache.go, Kubernetes v1.36. Many that differ in the message only
 * become one "combined" Event, equal ones are counted, and a source that floods one object is cut off.
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

/** What to write: a new Event, or the count and time of one written before. */
export interface Correlated {
  readonly message: string;
  readonly count: number;
  readonly first: SimTime;
  /** Name of the Event that is counted up; undefined for a new one. */
  readonly written: string | undefined;
  /** To be called with the name of a new one. */
  readonly key: string;
}

/** What is remembered of one object. */
interface Subject {
  readonly about: string;
  readonly groups: Group[];
  source: Source | undefined;
}

/** Events of one object that differ in the message only. */
interface Group {
  readonly subject: Subject;
  readonly type: string;
  readonly reason: string;
  similar: Similar | undefined;
  readonly observed: Observed[];
}

interface Similar extends Linked<Similar> {
  readonly group: Group;
  /** Unlike ones, oldest first. */
  messages: string[];
  last: SimTime;
}

interface Observed extends Linked<Observed> {
  readonly group: Group;
  /** Undefined for the combined Event of the group. */
  readonly message: string | undefined;
  readonly name: string;
  count: number;
  readonly first: SimTime;
}

interface Source extends Linked<Source> {
  readonly subject: Subject;
  readonly bucket: TokenBucket;
}

export class EventCorrelator {
  readonly #subjects = new Map<string, Subject>();
  readonly #similar: LruList<Similar>;
  readonly #observed: LruList<Observed>;
  readonly #sources: LruList<Source>;

  constructor(memory: number = correlation.memory) {
    this.#similar = new LruList(memory);
    this.#observed = new LruList(memory);
    this.#sources = new LruList(memory);
  }

  /** Undefined if the source is cut off. `nameOf` names a new Event. */
  correlate(facts: EventFacts, now: SimTime, nameOf: () => string): Correlated | undefined {
    const { message } = facts;
    const group = this.#groupOf(facts);
    const combined = this.#isOneOfMany(group, message, now);
    const wanted = combined ? undefined : message;
    const before = observedIn(group, wanted);
    const observed = before ?? this.#observe(group, wanted, nameOf(), now);
    if (before !== undefined) this.#observed.use(before);
    observed.count++;
    if (!this.#bucketOf(group.subject).tryTake(now)) return undefined;
    return {
      message: combined ? `(combined from similar events): ${message}` : message,
      count: observed.count,
      first: observed.first,
      written: before?.name,
      key: observed.name,
    };
  }

  #groupOf({ about, type, reason }: EventFacts): Group {
    let subject = this.#subjects.get(about);
    if (subject === undefined) {
      subject = { about, groups: [], source: undefined };
      this.#subjects.set(about, subject);
    }
    for (const known of subject.groups) if (known.reason === reason && known.type === type) return known;
    const group: Group = { subject, type, reason, similar: undefined, observed: [] };
    subject.groups.push(group);
    return group;
  }

  /** Whether so many unlike messages came of late that only the combined Event tells of this one. */
  #isOneOfMany(group: Group, message: string, now: SimTime): boolean {
    const similar = group.similar ?? this.#begin(group, now);
    this.#similar.use(similar);
    if (elapsed(similar.last, now) > correlation.window) similar.messages = [];
    const { messages } = similar;
    similar.last = now;
    if (!messages.includes(message)) messages.push(message);
    if (messages.length < correlation.maxSimilar) return false;
    messages.shift();
    return true;
  }

  #begin(group: Group, now: SimTime): Similar {
    const similar: Similar = { group, messages: [], last: now, previous: undefined, next: undefined };
    group.similar = similar;
    const gone = this.#similar.add(similar);
    if (gone !== undefined) {
      gone.group.similar = undefined;
      this.#tidy(gone.group);
    }
    return similar;
  }

  #observe(group: Group, message: string | undefined, name: string, now: SimTime): Observed {
    const observed: Observed = {
      group,
      message,
      name,
      count: 0,
      first: now,
      previous: undefined,
      next: undefined,
    };
    group.observed.push(observed);
    const gone = this.#observed.add(observed);
    if (gone !== undefined) {
      remove(gone.group.observed, gone);
      this.#tidy(gone.group);
    }
    return observed;
  }

  #bucketOf(subject: Subject): TokenBucket {
    const known = subject.source;
    if (known !== undefined) {
      this.#sources.use(known);
      return known.bucket;
    }
    const bucket = new TokenBucket(1 / correlation.spamSecondsPerEvent, correlation.spamBurst);
    subject.source = { subject, bucket, previous: undefined, next: undefined };
    const gone = this.#sources.add(subject.source);
    if (gone !== undefined) {
      gone.subject.source = undefined;
      this.#forget(gone.subject);
    }
    return bucket;
  }

  /** What is remembered by nothing any more goes. */
  #tidy(group: Group): void {
    if (group.similar !== undefined || group.observed.length > 0) return;
    remove(group.subject.groups, group);
    this.#forget(group.subject);
  }

  #forget({ about, groups, source }: Subject): void {
    if (groups.length === 0 && source === undefined) this.#subjects.delete(about);
  }
}

function observedIn({ observed }: Group, message: string | undefined): Observed | undefined {
  for (const known of observed) if (known.message === message) return known;
  return undefined;
}

function remove<T>(list: T[], member: T): void {
  list.splice(list.indexOf(member), 1);
}
