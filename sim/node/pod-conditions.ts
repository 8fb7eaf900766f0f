/**
 * The kubelet's conditions of a pod from the statuses of its containers. Source: kubelet `status/generate.go`, Kubernetes v1.36.3,
 * default feature gates.
 */
import type { Condition, Container, ContainerStatus, PodPhase } from '../api/index.ts';
import { isSidecar, statusOf } from './containers.ts';
import { anyRegularStarted, type PodFacts } from './pod-phase.ts';

/** The kubelet's own conditions, in the order in which it posts them. */
export const OWN = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'] as const;
/** A place in OWN. */
export type OwnCondition = 0 | 1 | 2 | 3;
export const READY_TO_START = 0;
export const INITIALIZED = 1;
export const READY = 2;
export const CONTAINERS_READY = 3;

/**
 * What a condition says; its times and generation come from the pod and its former status. Those below outlive a run, and so does
 * the condition each made last; both are immutable and what is shared is only their identity: no result depends on it.
 */
export class Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly #last: (Condition | undefined)[] = [undefined, undefined, undefined, undefined];

  constructor(status: 'True' | 'False', reason?: string, message?: string) {
    this.status = status;
    this.reason = reason;
    this.message = message;
  }

  /** Pods of which it holds since the same second share the condition. */
  condition(own: OwnCondition, generation: number | undefined, since: string | undefined): Condition {
    const last = this.#last[own];
    if (last !== undefined && last.lastTransitionTime === since && last.observedGeneration === generation)
      return last;
    const { status, reason, message } = this;
    const next: Condition = {
      type: OWN[own],
      observedGeneration: generation,
      status,
      lastTransitionTime: since,
      reason,
      message,
    };
    this.#last[own] = next;
    return next;
  }
}

const TRUE = new Verdict('True');
const FALSE = new Verdict('False');
const COMPLETED = new Verdict('True', 'PodCompleted');
const NOT_READY_COMPLETED = new Verdict('False', 'PodCompleted');
const NOT_READY_FAILED = new Verdict('False', 'PodFailed');
const UNKNOWN = new Verdict('False', 'UnknownContainerStatuses');

/** PodReadyToStartContainers, Initialized, ContainersReady and Ready. */
export interface PodVerdicts {
  readonly readyToStart: Verdict;
  readonly initialized: Verdict;
  readonly containersReady: Verdict;
  readonly ready: Verdict;
}

export function podVerdicts(facts: PodFacts, phase: PodPhase): PodVerdicts {
  const initialized = initialization(facts, phase);
  const containersReady = containersReadiness(facts, phase);
  const ready = containersReady === TRUE ? gatesReadiness(facts) : containersReady;
  return { readyToStart: facts.sandboxReady ? TRUE : FALSE, initialized, containersReady, ready };
}

/** The condition as posted; `before` itself if nothing changed, and its transition time if only the wording did. */
export function postedCondition(
  own: OwnCondition,
  verdict: Verdict,
  generation: number | undefined,
  before: Condition | undefined,
  timestamp: string | undefined,
): Condition {
  if (before === undefined || before.status !== verdict.status)
    return verdict.condition(own, generation, timestamp);
  const same =
    before.reason === verdict.reason &&
    before.message === verdict.message &&
    before.observedGeneration === generation;
  return same ? before : verdict.condition(own, generation, before.lastTransitionTime);
}

function containersReadiness({ pod, statuses }: PodFacts, phase: PodPhase): Verdict {
  if (statuses === undefined) return UNKNOWN;
  const { initContainers, containers } = pod.spec;
  const named = new Named();
  for (let i = 0; initContainers !== undefined && i < initContainers.length; i++) {
    const container = initContainers[i]!;
    if (isSidecar(container)) lookForReady(container, statuses, named);
  }
  for (let i = 0; containers !== undefined && i < containers.length; i++) {
    lookForReady(containers[i]!, statuses, named);
  }
  if (phase === 'Succeeded' && named.unknown === '') return NOT_READY_COMPLETED;
  if (phase === 'Failed') return NOT_READY_FAILED;
  return named.empty ? TRUE : notReady(named);
}

function lookForReady({ name }: Container, statuses: readonly ContainerStatus[], named: Named): void {
  const status = statusOf(statuses, name);
  if (status === undefined) named.addUnknown(name);
  else if (!status.ready) named.addBad(name);
}

/** Names of containers whose status is not known, or not good. */
class Named {
  unknown = '';
  bad = '';

  get empty(): boolean {
    return this.unknown === '' && this.bad === '';
  }

  addUnknown(name: string): void {
    this.unknown = this.unknown === '' ? name : `${this.unknown} ${name}`;
  }

  addBad(name: string): void {
    this.bad = this.bad === '' ? name : `${this.bad} ${name}`;
  }

  message(word: string): string {
    const unknown = `containers with unknown status: [${this.unknown}]`;
    const bad = `containers with ${word} status: [${this.bad}]`;
    if (this.unknown === '') return bad;
    return this.bad === '' ? unknown : `${unknown}, ${bad}`;
  }
}

/** The verdict on such containers. The last one is remembered: pods of one template wait for the same names. */
function falseFor(reason: string, word: string): (named: Named) => Verdict {
  let unknown = '';
  let bad = '';
  let last = new Verdict('False', reason, new Named().message(word));
  return (named) => {
    if (named.unknown !== unknown || named.bad !== bad) {
      ({ unknown, bad } = named);
      last = new Verdict('False', reason, named.message(word));
    }
    return last;
  };
}
const notReady = falseFor('ContainersNotReady', 'unready');
const notInitialized = falseFor('ContainersNotInitialized', 'incomplete');

function gatesReadiness({ pod, gateConditions }: PodFacts): Verdict {
  const gates = pod.spec.readinessGates;
  if (gates === undefined) return TRUE;
  const unmet: string[] = [];
  for (const { conditionType } of gates) {
    const condition = gateConditions?.find((candidate) => candidate.type === conditionType);
    if (condition === undefined) {
      unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (condition.status !== 'True') {
      unmet.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`,
      );
    }
  }
  return unmet.length === 0 ? TRUE : new Verdict('False', 'ReadinessGatesNotReady', unmet.join(', '));
}

function initialization({ pod, statuses, oldConditions }: PodFacts, phase: PodPhase): Verdict {
  const { initContainers } = pod.spec;
  if (initContainers === undefined || initContainers.length === 0)
    return phase === 'Succeeded' ? COMPLETED : TRUE;
  if (statuses === undefined) return UNKNOWN;
  const named = new Named();
  for (const container of initContainers) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) named.addUnknown(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) named.addBad(container.name);
  }
  if (phase === 'Succeeded' && named.unknown === '') return COMPLETED;
  if (named.empty || wasInitialized(oldConditions) || anyRegularStarted(pod.spec, statuses)) return TRUE;
  return notInitialized(named);
}

const wasInitialized = (conditions: readonly Condition[] | undefined): boolean =>
  conditions?.some((condition) => condition.type === 'Initialized' && condition.status === 'True') ?? false;
