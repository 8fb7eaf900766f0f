import { dnsLabelProblems } from '../names.ts';
import { compileSelector } from '../selectors.ts';
import { type Job, type JobSpec, type PodFailurePolicyRule, successPolicy } from '../types/batch.ts';
import type { Draft, Labels } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { validateTemplate } from './pod.ts';
import { choice, labelSelector, nonNegative, optionalChoice } from './rules.ts';
import { matchTemplate, shownLabels, shownSelector } from './workloads.ts';

/** Indexes of one Job that may run at a time. */
const MAX_INDEXED_PARALLELISM = 100_000;
const MAX_EXIT_CODES = 255;
const PREFIX = 'batch.kubernetes.io/';

export function validateJob(errors: ErrorList, job: Draft<Job>): void {
  if (job.spec.manualSelector !== true) validateGeneratedSelector(errors, job);
  validateJobAndSelector(errors, job.spec);
  const { completionMode, completions = 0 } = job.spec;
  const name = job.metadata.name ?? '';
  if (completionMode !== 'Indexed' || completions <= 0) return;
  const lastHostname = `${name}-${completions - 1}`;
  if (dnsLabelProblems(lastHostname).length === 0) return;
  errors.invalid(
    'metadata.name',
    name,
    `will not able to create pod with invalid DNS label: ${lastHostname}`,
  );
}

function validateGeneratedSelector(errors: ErrorList, { metadata, spec }: Draft<Job>): void {
  if (spec.selector === undefined) return;
  const { uid = '', name = '' } = metadata;
  if (uid === '') errors.required('metadata.uid');
  const expected: Labels = {
    'controller-uid': uid,
    'job-name': name,
    [`${PREFIX}controller-uid`]: uid,
    [`${PREFIX}job-name`]: name,
  };
  const labels = spec.template.metadata?.labels;
  for (const [key, value] of Object.entries(expected)) {
    const field = 'spec.template.metadata.labels';
    if (labels?.[key] === undefined) errors.required(field, `must be '${value}'`);
    else if (labels[key] !== value) errors.invalid(field, shownLabels(labels), `must be '${value}'`);
  }
  if (!compileSelector(spec.selector).matches(expected)) {
    errors.invalid('spec.selector', shownSelector(spec.selector), '`selector` not auto-generated');
  }
}

/** Everything below `spec` of a Job. */
export function validateJobAndSelector(errors: ErrorList, spec: JobSpec): void {
  validateJobSpec(errors, 'spec', spec);
  if (spec.selector === undefined) errors.required('spec.selector');
  else labelSelector(errors, 'spec.selector', spec.selector);
  matchTemplate(errors, spec.selector, spec.template);
}

/** Also of the Job inside a CronJob, which has no selector. */
export function validateJobSpec(errors: ErrorList, path: string, spec: JobSpec): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const) {
    nonNegative(errors, `${path}.${field}`, spec[field]);
  }
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  }
  optionalChoice(errors, `${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']);
  if (spec.completionMode === 'Indexed') validateIndexed(errors, path, spec);
  else refuseIndexed(errors, path, spec);
  for (const [i, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    validateFailureRule(errors, `${path}.podFailurePolicy.rules[${i}]`, rule, spec);
  }
  validateReplacement(errors, `${path}.podReplacementPolicy`, spec);
  validateTemplate(errors, `${path}.template`, spec.template);
  validateRestartPolicy(errors, `${path}.template.spec.restartPolicy`, spec);
}

function validateIndexed(
  errors: ErrorList,
  path: string,
  { completions, parallelism, ...spec }: JobSpec,
): void {
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  const limit = `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`;
  if (parallelism !== undefined && parallelism > MAX_INDEXED_PARALLELISM) {
    errors.invalid(`${path}.parallelism`, parallelism, limit);
  }
  const { maxFailedIndexes } = spec;
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions');
  }
}

function refuseIndexed(errors: ErrorList, path: string, spec: JobSpec): void {
  const detail = 'requires indexed completion mode';
  if (spec.backoffLimitPerIndex !== undefined) {
    errors.invalid(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, detail);
  }
  if (spec.maxFailedIndexes !== undefined)
    errors.invalid(`${path}.maxFailedIndexes`, spec.maxFailedIndexes, detail);
  if (spec.successPolicy === undefined) return;
  errors.invalid(`${path}.successPolicy`, internalJson(successPolicy, spec.successPolicy), detail);
}

function validateFailureRule(
  errors: ErrorList,
  path: string,
  rule: PodFailurePolicyRule,
  spec: JobSpec,
): void {
  const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
  if (!rule.action)
    errors.required(`${path}.action`, `valid values: ${actions.map((a) => JSON.stringify(a)).join(', ')}`);
  else choice(errors, `${path}.action`, rule.action, actions);
  if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.invalid(`${path}.action`, 'FailIndex', 'requires the backoffLimitPerIndex to be set');
  }
  const { onExitCodes, onPodConditions = [] } = rule;
  if (onExitCodes !== undefined) validateExitCodes(errors, `${path}.onExitCodes`, onExitCodes, spec);
  for (const [i, { type, status }] of onPodConditions.entries()) {
    const field = `${path}.onPodConditions[${i}]`;
    if (type === '') errors.required(`${field}.type`);
    choice(errors, `${field}.status`, status, ['False', 'True', 'Unknown']);
  }
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    errors.invalid(path, null, 'specifying both OnExitCodes and OnPodConditions is not supported');
  } else if (onExitCodes === undefined && onPodConditions.length === 0) {
    errors.invalid(path, null, 'specifying one of OnExitCodes and OnPodConditions is required');
  }
}

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;

function validateExitCodes(
  errors: ErrorList,
  path: string,
  { operator, values, containerName }: ExitCodes,
  spec: JobSpec,
): void {
  choice(errors, `${path}.operator`, operator, ['In', 'NotIn']);
  const { containers, initContainers = [] } = spec.template.spec;
  const known = [...containers, ...initContainers].map((container) => container.name);
  if (containerName !== undefined && !known.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.invalid(`${path}.containerName`, containerName, detail);
  }
  if (values.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required');
  else if (values.length > MAX_EXIT_CODES) errors.tooMany(`${path}.values`, values.length, MAX_EXIT_CODES);
  let ordered = true;
  const seen = new Set<number>();
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.invalid(`${path}.values[${i}]`, value, 'must not be 0 for the In operator');
    if (seen.has(value)) errors.duplicate(`${path}.values[${i}]`, value);
    seen.add(value);
    if (value < (values[i - 1] ?? value)) ordered = false;
  }
  if (!ordered) errors.invalid(`${path}.values`, values, 'must be ordered');
}

function validateReplacement(
  errors: ErrorList,
  field: string,
  { podReplacementPolicy, podFailurePolicy }: JobSpec,
): void {
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  optionalChoice(errors, field, podReplacementPolicy, supported);
}

function validateRestartPolicy(errors: ErrorList, field: string, spec: JobSpec): void {
  const { restartPolicy } = spec.template.spec;
  if (restartPolicy === undefined || restartPolicy === 'Always') {
    errors.required(field, 'valid values: "OnFailure", "Never"');
  } else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.notSupported(field, restartPolicy, ['OnFailure', 'Never']);
  } else if (spec.podFailurePolicy !== undefined && restartPolicy !== 'Never') {
    errors.invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified');
  } else if (spec.backoffLimitPerIndex !== undefined && restartPolicy !== 'Never') {
    errors.invalid(field, restartPolicy, 'only "Never" is supported when backoffLimitPerIndex is specified');
  }
}
