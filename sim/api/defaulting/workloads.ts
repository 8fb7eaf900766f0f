/** Defaults of workload kinds (Kubernetes v1.36, pkg/apis/apps/v1, batch/v1 and core/v1 defaults.go). */
import type { DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet } from '../types/apps.ts';
import type { CronJob, Job, JobSpec } from '../types/batch.ts';
import type { Draft, Labels } from '../types/meta.ts';
import type { PodTemplateSpec } from '../types/pod.ts';
import type { PersistentVolumeClaimTemplate } from '../types/storage.ts';
import { change, fill, mapSame, replace } from './fill.ts';
import { defaultTemplate } from './pod.ts';
import { defaultClaimSpec } from './volume.ts';

/** `backoffLimit` of a Job that limits failures per index instead. */
const MAX_INT32 = 2_147_483_647;

/** Kinds of the core and batch groups take over the labels of their pods if they have none. */
function withTemplateLabels<T extends { readonly metadata: { readonly labels?: Labels | undefined } }>(
  object: T,
  template: PodTemplateSpec | undefined,
): T {
  const labels = template?.metadata?.labels;
  if (labels === undefined) return object;
  return { ...object, metadata: fill<T['metadata']>(object.metadata, { labels } as Partial<T['metadata']>) };
}

export function defaultReplicationController(rc: Draft<ReplicationController>): Draft<ReplicationController> {
  const spec = change(fill(rc.spec, { replicas: 1 }), 'template', defaultTemplate);
  const labels = spec.template?.metadata?.labels;
  return withTemplateLabels({ ...rc, spec: fill(spec, { selector: labels }) }, spec.template);
}

export const defaultReplicaSet = (rs: Draft<ReplicaSet>): Draft<ReplicaSet> => ({
  ...rs,
  spec: change(fill(rs.spec, { replicas: 1 }), 'template', defaultTemplate),
});

type DeploymentSpec = Deployment['spec'];

export function defaultDeployment(deployment: Draft<Deployment>): Draft<Deployment> {
  const spec: DeploymentSpec = fill(deployment.spec, {
    replicas: 1,
    strategy: {},
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  let strategy = fill(spec.strategy ?? {}, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = fill(strategy.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' });
    strategy = replace(strategy, 'rollingUpdate', rollingUpdate);
  }
  return { ...deployment, spec: change(replace(spec, 'strategy', strategy), 'template', defaultTemplate) };
}

export function defaultStatefulSet(set: Draft<StatefulSet>): Draft<StatefulSet> {
  let updateStrategy = set.spec.updateStrategy ?? {};
  if (updateStrategy.type === undefined)
    updateStrategy = fill(updateStrategy, { type: 'RollingUpdate', rollingUpdate: {} });
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy = change(updateStrategy, 'rollingUpdate', (rolling) => fill(rolling, { partition: 0 }));
  }
  const retention = fill(set.spec.persistentVolumeClaimRetentionPolicy ?? {}, {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  });
  let spec = fill(set.spec, {
    serviceName: '',
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    revisionHistoryLimit: 10,
  });
  spec = replace(spec, 'updateStrategy', updateStrategy);
  spec = replace(spec, 'persistentVolumeClaimRetentionPolicy', retention);
  spec = change(spec, 'volumeClaimTemplates', (claims) => mapSame(claims, defaultClaimTemplate));
  return { ...set, spec: change(spec, 'template', defaultTemplate) };
}

const defaultClaimTemplate = (claim: PersistentVolumeClaimTemplate): PersistentVolumeClaimTemplate => {
  const typed = fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: {} });
  return change(change(typed, 'spec', defaultClaimSpec), 'status', (status) =>
    fill(status, { phase: 'Pending' }),
  );
};

export function defaultDaemonSet(set: Draft<DaemonSet>): Draft<DaemonSet> {
  let updateStrategy = fill(set.spec.updateStrategy ?? {}, { type: 'RollingUpdate' });
  if (updateStrategy.type === 'RollingUpdate') {
    const rollingUpdate = fill(updateStrategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 });
    updateStrategy = replace(updateStrategy, 'rollingUpdate', rollingUpdate);
  }
  const spec = replace(fill(set.spec, { revisionHistoryLimit: 10 }), 'updateStrategy', updateStrategy);
  return { ...set, spec: change(spec, 'template', defaultTemplate) };
}

export function defaultJob(job: Draft<Job>): Draft<Job> {
  const single = job.spec.completions === undefined && job.spec.parallelism === undefined;
  const spec = fill<JobSpec>(job.spec, {
    ...(single ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: job.spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32,
    manualSelector: false,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: job.spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
  const complete = defaultJobTemplate(spec);
  return withTemplateLabels({ ...job, spec: complete }, complete.template);
}

/** What also applies to the Job inside a CronJob. */
function defaultJobTemplate(spec: JobSpec): JobSpec {
  const policy = change(spec, 'podFailurePolicy', (failure) =>
    change(failure, 'rules', (rules) =>
      mapSame(rules, (rule) =>
        change(rule, 'onPodConditions', (patterns) =>
          mapSame(patterns, (pattern) =>
            (pattern.status ?? '') === '' ? { ...pattern, status: 'True' } : pattern,
          ),
        ),
      ),
    ),
  );
  return change(policy, 'template', defaultTemplate);
}

export function defaultCronJob(cron: Draft<CronJob>): Draft<CronJob> {
  const spec = fill(cron.spec, {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  const jobTemplate = change(fill(spec.jobTemplate, { metadata: {} }), 'spec', defaultJobTemplate);
  return { ...cron, spec: replace(spec, 'jobTemplate', jobTemplate) };
}
