/**
 * What the methods of a plugin may answer. Types hold only those plugins to it that are type-checked; every answer is looked at
 * when it comes.
 */
import type { EventInterest, QueueingHint } from './cluster-event.ts';
import {
  type BatchForm,
  type ExtensionPoints,
  MAX_NODE_SCORE,
  type Pause,
  type PermitResult,
  type PostFilterResult,
  type PreFilterResult,
  type Shortcuts,
  type StepOutcome,
} from './interface.ts';
import { isRejection, Status } from './status.ts';

export interface Answer<T> {
  /** The extension point: upstream's name of it, or the method's if upstream has none. */
  readonly point: string;
  /** For people, after "not". */
  readonly expected: string;
  is(answer: unknown): answer is T;
}

/** Everything that the framework calls. */
export type Methods = ExtensionPoints &
  Omit<Shortcuts, 'nodeLocal'> &
  BatchForm & { hint: QueueingHint<unknown> };
export type Method = keyof Methods;
type Answers = { readonly [M in Method]: Answer<ReturnType<Methods[M]>> };

export const ANSWERS: Answers = {
  events: {
    point: 'EventsToRegister',
    expected: 'a list of { resource, actions, hint? }',
    is: (answer): answer is readonly EventInterest[] => Array.isArray(answer) && answer.every(isInterest),
  },
  hint: yesOrNo('QueueingHint'),
  preEnqueue: success('PreEnqueue'),
  less: yesOrNo('QueueSort'),
  queueGroup: {
    point: 'QueueSort',
    expected: 'a string',
    is: (answer): answer is string => typeof answer === 'string',
  },
  ignores: yesOrNo('ignores'),
  preFilter: {
    point: 'PreFilter',
    expected: 'a Status, { nodeNames } with a Set, or undefined',
    is: (answer): answer is Status | PreFilterResult | undefined =>
      isSuccess(answer) || (isObject(answer) && answer['nodeNames'] instanceof Set),
  },
  addPod: success('PreFilterExtensions'),
  removePod: success('PreFilterExtensions'),
  idle: yesOrNo('idle'),
  filter: success('Filter'),
  filterRows: nothing('Filter'),
  refusal: {
    point: 'Filter',
    expected: 'a Status that rejects the pod, which the verdict did',
    is: (answer): answer is Status => answer instanceof Status && isRejection(answer),
  },
  postFilter: {
    point: 'PostFilter',
    expected: '{ status, nominatedNodeName?, preemption?: { node, victims }, retryAfter?: microseconds }',
    is: isPostFilterResult,
  },
  preScore: success('PreScore'),
  uniformScore: {
    point: 'uniformScore',
    expected: `an integer from 0 to ${MAX_NODE_SCORE} or undefined`,
    is: (answer): answer is number | undefined => answer === undefined || isNodeScore(answer),
  },
  score: {
    point: 'Score',
    expected: 'an integer',
    is: (answer): answer is number => Number.isSafeInteger(answer),
  },
  scoreRows: nothing('Score'),
  normalizeScore: success('NormalizeScore'),
  normalizeRows: nothing('NormalizeScore'),
  reserve: success('Reserve'),
  unreserve: nothing('Unreserve'),
  permit: {
    point: 'Permit',
    expected: '{ status, timeout?: microseconds }, where status is a Status or undefined',
    is: (answer): answer is PermitResult => hasStatus(answer) && isOptionalDuration(answer['timeout']),
  },
  preBind: step('PreBind'),
  bind: step('Bind'),
  postBind: nothing('PostBind'),
};

export const isNodeScore = (score: unknown): score is number =>
  typeof score === 'number' && score >= 0 && score <= MAX_NODE_SCORE && Math.trunc(score) === score;

function success(point: string): Answer<Status | undefined> {
  return { point, expected: 'a Status or undefined', is: isSuccess };
}

function yesOrNo(point: string): Answer<boolean> {
  return {
    point,
    expected: 'true or false',
    is: (answer): answer is boolean => typeof answer === 'boolean',
  };
}

/** What comes is passed over, as `void` has it; but what a promise does would be done after its instant. */
function nothing(point: string): Answer<undefined> {
  return {
    point,
    expected: 'undefined',
    is: (answer): answer is undefined => !(isObject(answer) && 'then' in answer),
  };
}

function step(point: string): Answer<StepOutcome> {
  return {
    point,
    expected: 'a Status, { requests?, pollAfter?: microseconds } with one or both, or undefined',
    is: (answer): answer is StepOutcome => isSuccess(answer) || isPause(answer),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isSuccess(answer: unknown): answer is Status | undefined {
  return answer === undefined || answer instanceof Status;
}

const hasStatus = (answer: unknown): answer is Readonly<Record<string, unknown>> =>
  isObject(answer) && 'status' in answer && isSuccess(answer['status']);

const isOptionalDuration = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);

const isOptionalName = (value: unknown): boolean => value === undefined || typeof value === 'string';

const isInterest = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['resource'] === 'string' &&
  Number.isInteger(value['actions']) &&
  (value['hint'] === undefined || typeof value['hint'] === 'function');

function isPostFilterResult(answer: unknown): answer is PostFilterResult {
  if (!hasStatus(answer)) return false;
  const { nominatedNodeName, preemption, retryAfter } = answer;
  return isOptionalName(nominatedNodeName) && isOptionalDuration(retryAfter) && isOptionalPlan(preemption);
}

const isOptionalPlan = (value: unknown): boolean =>
  value === undefined ||
  (isObject(value) && typeof value['node'] === 'string' && Array.isArray(value['victims']));

function isPause(answer: unknown): answer is Pause {
  if (!isObject(answer)) return false;
  const { requests, pollAfter } = answer;
  if (requests === undefined && pollAfter === undefined) return false;
  return isOptionalDuration(pollAfter) && (requests === undefined || isRequests(requests));
}

const isRequests = (value: unknown): boolean =>
  Array.isArray(value) && value.every((request) => isObject(request) && typeof request['verb'] === 'string');
