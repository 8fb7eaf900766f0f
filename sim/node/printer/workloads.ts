/** Rows of Deployments and Jobs as `kubectl get -o wide` shows them. Source: server-side printers, Kubernetes v1.36.3. */
import type { Deployment, Job, PodTemplateSpec } from '../../api/index.ts';
import { age, humanDuration, selectorCell } from './cells.ts';

export interface DeploymentRow {
  readonly Name: string;
  readonly Ready: string;
  readonly 'Up-to-date': number;
  readonly Available: number;
  readonly Age: string;
  readonly Containers: string;
  readonly Images: string;
  readonly Selector: string;
}

/** `nowMs` is the calendar instant in ms. */
export function printDeployment(deployment: Deployment, nowMs: number): DeploymentRow {
  const { spec, status } = deployment;
  return {
    Name: deployment.metadata.name,
    Ready: `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    'Up-to-date': status?.updatedReplicas ?? 0,
    Available: status?.availableReplicas ?? 0,
    Age: age(deployment.metadata.creationTimestamp, nowMs),
    ...templateCells(spec?.template),
    Selector: selectorCell(spec?.selector),
  };
}

export interface JobRow {
  readonly Name: string;
  readonly Status: string;
  readonly Completions: string;
  readonly Duration: string;
  readonly Age: string;
  readonly Containers: string;
  readonly Images: string;
  readonly Selector: string;
}

/** `nowMs` is the calendar instant in ms. */
export function printJob(job: Job, nowMs: number): JobRow {
  return {
    Name: job.metadata.name,
    Status: jobStatusCell(job),
    Completions: completionsCell(job),
    Duration: durationCell(job, nowMs),
    Age: age(job.metadata.creationTimestamp, nowMs),
    ...templateCells(job.spec?.template),
    Selector: selectorCell(job.spec?.selector),
  };
}

function jobStatusCell(job: Job): string {
  const holds = (type: string): boolean =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ??
    false;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (holds(type)) return type;
  return 'Running';
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, nowMs: number): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime);
  return humanDuration(end - Date.parse(status.startTime));
}

function templateCells(template: PodTemplateSpec | undefined) {
  const containers = template?.spec.containers ?? [];
  return {
    Containers: containers.map((container) => container.name).join(','),
    Images: containers.map((container) => container.image ?? '').join(','),
  };
}
