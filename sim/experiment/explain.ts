/** Replays a result and tells of every attempt to schedule one of its pods. */
import { keyOf, type Pod } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { LoadedScenario, Registries } from '../scenario/index.ts';
import {
  type AttemptQuestion,
  DEFAULT_SCHEDULER_NAME,
  type Decision,
  type ExplainedAttempt,
  explainAttempt,
} from '../scheduler/index.ts';
import type { RunManifest } from './manifest.ts';
import type { Progress } from './recording.ts';
import { startRun } from './run.ts';

export interface PodQuestion extends AttemptQuestion {
  readonly namespace: string;
  readonly name: string;
  /** Only this attempt; 1 is the first. */
  readonly attempt?: number | undefined;
  /** Nothing of interest happens after so many seconds. */
  readonly untilSeconds?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** An attempt, and how many right after it came to the very same. */
export interface AttemptGroup extends ExplainedAttempt {
  readonly repeats: number;
  readonly lastAttempt: number;
  readonly lastTime: SimTime;
}

export interface PodExplanation {
  /** "namespace/name" */
  readonly pod: string;
  /** Of all pods of this name. */
  readonly attemptCount: number;
  readonly attempts: readonly AttemptGroup[];
  /** Groups after the first that were dropped because there are too many. */
  readonly omitted: number;
  /** In words, how the pod stands when the replay ends. */
  readonly fate: string;
  /** False: the run knows no such pod. */
  readonly known: boolean;
  /** The node asked about was there at one of the attempts. */
  readonly nodeKnown: boolean;
  /** Names of nodes at the latest attempt, for hints. */
  readonly nodeNames: readonly string[];
}

/** The replay is not the run that was recorded. */
export class ReplayDiffers extends Error {}

/** Memory does not grow with the number of attempts beyond this. */
const MAX_GROUPS = 100;

/** `trail`: of the result, if it has one. Throws ReplayDiffers. */
export function explainPod(
  loaded: LoadedScenario,
  recorded: RunManifest,
  trail: Uint8Array | undefined,
  registries: Registries,
  question: PodQuestion,
): PodExplanation {
  const attempts = new Attempts(question);
  const run = startRun(loaded, registries, {
    files: [],
    stateDigest: false,
    expectedTrail: trail,
    onProgress: question.onProgress,
    onDecision: (decision) => attempts.add(decision),
  });
  const { untilSeconds = Infinity } = question;
  let over = false;
  while (!over && run.simulatedSeconds <= untilSeconds) over = run.advance();
  const same = over ? run.finish().manifest.eventDigest === recorded.eventDigest : run.onTrail;
  if (!same) throw new ReplayDiffers('made again, the run is not the one that was recorded');
  const { namespace, name } = question;
  return attempts.explanation(run.cluster.apiserver.get('pods', namespace, name));
}

class Attempts {
  readonly #question: PodQuestion;
  readonly #key: string;
  readonly #groups: AttemptGroup[] = [];
  #count = 0;
  #omitted = 0;
  #identity = '';
  /** Where the latest attempt sent the pod; empty if nowhere. */
  #latest = '';
  #nodeKnown = false;
  #nodeNames: readonly string[] = [];

  constructor(question: PodQuestion) {
    this.#question = question;
    this.#key = `${question.namespace}/${question.name}`;
  }

  add(decision: Decision): void {
    if (keyOf(decision.pod) !== this.#key) return;
    this.#count++;
    this.#latest = decision.result.kind === 'scheduled' ? decision.result.node : '';
    const { attempt, node } = this.#question;
    if (attempt !== undefined && decision.attempt !== attempt) return;
    const explained = explainAttempt(decision, this.#question);
    if (explained.whyNot?.standing !== undefined) this.#nodeKnown = true;
    if (node !== undefined && !this.#nodeKnown) this.#nodeNames = namesOf(decision);
    this.#keep(explained);
  }

  #keep(explained: ExplainedAttempt): void {
    const { attempt, time, ...rest } = explained;
    const identity = JSON.stringify(rest);
    const last = this.#groups.at(-1);
    if (last !== undefined && identity === this.#identity) {
      this.#groups[this.#groups.length - 1] = {
        ...last,
        repeats: last.repeats + 1,
        lastAttempt: attempt,
        lastTime: time,
      };
      return;
    }
    this.#identity = identity;
    this.#groups.push({ ...explained, repeats: 0, lastAttempt: attempt, lastTime: time });
    if (this.#groups.length <= MAX_GROUPS) return;
    this.#groups.splice(1, 1);
    this.#omitted++;
  }

  explanation(pod: Pod | undefined): PodExplanation {
    return {
      pod: this.#key,
      attemptCount: this.#count,
      attempts: this.#groups,
      omitted: this.#omitted,
      fate: fateOf(pod, this.#count, this.#latest),
      known: pod !== undefined || this.#count > 0,
      nodeKnown: this.#nodeKnown,
      nodeNames: this.#nodeNames,
    };
  }
}

const namesOf = ({ framework: { snapshot } }: Decision): readonly string[] =>
  Array.from({ length: snapshot.nodeCount }, (_, i) => snapshot.nameOf(snapshot.order[i]!));

function fateOf(pod: Pod | undefined, attempts: number, latest: string): string {
  const never = attempts === 0;
  if (pod === undefined) {
    if (never) return 'gone before it was tried';
    return latest === '' ? 'gone without a node' : `went to ${latest}; gone since`;
  }
  const { nodeName = '', schedulingGates = [], schedulerName = DEFAULT_SCHEDULER_NAME } = pod.spec;
  if (nodeName !== '') return never ? `on ${nodeName}, which its creator chose for it` : `on ${nodeName}`;
  if (schedulingGates.length > 0)
    return `kept out of the queue by its scheduling gates: ${schedulingGates.map(({ name }) => name).join(', ')}`;
  if (!never) return latest === '' ? 'waits for a node' : `on its way to ${latest}`;
  return schedulerName === DEFAULT_SCHEDULER_NAME
    ? 'not tried before the run ended'
    : `not tried: waits for a scheduler called ${schedulerName}`;
}
