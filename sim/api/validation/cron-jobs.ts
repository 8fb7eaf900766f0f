/** CronJobs (Kubernetes v1.36, pkg/apis/batch/validation). */
import { parseCron } from '../cron.ts';
import { isTimeZone } from '../time-zones.ts';
import type { CronJob } from '../types/batch.ts';
import type { Draft } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';
import { validateJobSpec } from './jobs.ts';
import { validateCronJobName } from './metadata.ts';
import { choice, nonNegative } from './rules.ts';

export function validateCronJob(errors: ErrorList, { spec }: Draft<CronJob>): void {
  validateSchedule(errors, spec);
  nonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (spec.timeZone !== undefined) validateTimeZone(errors, spec.timeZone);
  choice(errors, 'spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
  validateJobSpec(errors, 'spec.jobTemplate.spec', spec.jobTemplate.spec);
  nonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  nonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
}

export const validateNewCronJob = (errors: ErrorList, cron: Draft<CronJob>): void => {
  validateCronJob(errors, cron);
  validateCronJobName(errors, cron.metadata.name ?? '');
};

function validateSchedule(errors: ErrorList, { schedule }: CronJob['spec']): void {
  const field = 'spec.schedule';
  if (schedule === '') {
    errors.required(field);
    return;
  }
  const parsed = parseCron(schedule);
  if ('error' in parsed) errors.invalid(field, schedule, parsed.error);
  if (schedule.includes('TZ')) {
    errors.invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  }
}

function validateTimeZone(errors: ErrorList, zone: string): void {
  const field = 'spec.timeZone';
  if (zone === '') errors.invalid(field, zone, 'timeZone must be nil or non-empty string');
  else if (zone.toLowerCase() === 'local') {
    errors.invalid(
      field,
      zone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    );
  } else if (!isTimeZone(zone)) errors.invalid(field, zone, `unknown time zone ${zone}`);
}
