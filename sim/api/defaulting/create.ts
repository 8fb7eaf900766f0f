/**
 * What the registry does to a new object after defaulting and before admission plugins and validation: the PrepareForCreate
 * strategies under pkg/registry (Kubernetes v1.36). A status sent by the client is discarded.
 */
import { qosClass } from '../qos.ts';
import type { ObjectOf, ResourceName } from '../resources.ts';
import type { DaemonSet } from '../types/apps.ts';
import type { Job } from '../types/batch.ts';
import type { Namespace, Node } from '../types/core.ts';
import type { Draft, Labels } from '../types/meta.ts';
import type { Pod } from '../types/pod.ts';
import { withFields } from '../with-fields.ts';
import { fill } from './fill.ts';
import { mergeMatchLabelKeys } from './match-label-keys.ts';

type Preparation<R extends ResourceName> = (object: Draft<ObjectOf<R>>, uid: string) => Draft<ObjectOf<R>>;
type Preparations = { readonly [R in ResourceName]?: Preparation<R> };

/** Object with a fresh status. */
const startingWith =
  (status: object) =>
  <T extends object>(object: T): T =>
    withFields(object, { status });

const preparations: Preparations = {
  pods: (pod: Draft<Pod>) => {
    const { apiVersion, kind, metadata } = pod;
    const spec = mergeMatchLabelKeys(pod.spec, metadata.labels);
    const status = NEW_POD[qosClass(spec)];
    return {
      apiVersion,
      kind,
      metadata,
      spec,
      status: isGated(spec) ? { ...status, conditions: [GATED] } : status,
    };
  },
  replicationcontrollers: startingWith({ replicas: 0 }),
  replicasets: startingWith({ replicas: 0 }),
  deployments: startingWith({}),
  statefulsets: startingWith({ replicas: 0, availableReplicas: 0 }),
  daemonsets: (set: Draft<DaemonSet>) => ({
    ...set,
    metadata: {
      ...set.metadata,
      annotations: fill<Labels>(set.metadata.annotations ?? {}, { [TEMPLATE_GENERATION]: '1' }),
    },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  }),
  jobs: (job, uid) => ({ ...generateJobSelector(job, uid), status: {} }),
  cronjobs: startingWith({}),
  services: startingWith({ loadBalancer: {} }),
  ingresses: startingWith({ loadBalancer: {} }),
  nodes: (node: Draft<Node>) => ({
    ...node,
    status: {
      ...fill(node.status ?? {}, { daemonEndpoints: { kubeletEndpoint: { Port: 0 } } }),
      nodeInfo: fill(node.status?.nodeInfo ?? {}, UNKNOWN_NODE),
    },
  }),
  namespaces: (namespace: Draft<Namespace>) => ({
    ...namespace,
    spec: fill(namespace.spec ?? {}, { finalizers: ['kubernetes'] }),
    status: { phase: 'Active' },
  }),
  persistentvolumeclaims: startingWith({ phase: 'Pending' }),
  persistentvolumes: startingWith({ phase: 'Pending' }),
  resourcequotas: startingWith({}),
  horizontalpodautoscalers: startingWith({ desiredReplicas: 0 }),
  poddisruptionbudgets: startingWith({
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  }),
};

/** New pods share their status. */
const NEW_POD = {
  Guaranteed: { phase: 'Pending', qosClass: 'Guaranteed' },
  Burstable: { phase: 'Pending', qosClass: 'Burstable' },
  BestEffort: { phase: 'Pending', qosClass: 'BestEffort' },
} as const;

const isGated = (spec: Pod['spec']): boolean => (spec.schedulingGates ?? []).length > 0;
const GATED = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
} as const;

/** Upstream writes these out even when nothing is known. */
const UNKNOWN_NODE = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const JOB_NAME = 'batch.kubernetes.io/job-name';

/** Unless the user manages the selector, a Job selects its pods by its own UID. */
function generateJobSelector(job: Draft<Job>, uid: string): Draft<Job> {
  if (job.spec.manualSelector === true) return job;
  const name = job.metadata.name ?? '';
  const { template, selector } = job.spec;
  const own = { 'controller-uid': uid, 'job-name': name, [CONTROLLER_UID]: uid, [JOB_NAME]: name };
  const labels = { ...template.metadata?.labels, ...own };
  const matchLabels = { ...selector?.matchLabels, [CONTROLLER_UID]: uid };
  return {
    ...job,
    metadata: { ...job.metadata, labels: { ...own, ...job.metadata.labels } },
    spec: {
      ...job.spec,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** The object as admission plugins get to see it; `uid` is the one it will be stored with. */
export function prepareForCreate<R extends ResourceName>(
  resource: R,
  object: Draft<ObjectOf<R>>,
  uid: string,
): Draft<ObjectOf<R>> {
  const prepare: Preparation<R> | undefined = preparations[resource];
  return prepare === undefined ? object : prepare(object, uid);
}
