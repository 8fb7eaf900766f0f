/**
 * The scenario file: one YAML document (YAML 1.2, unknown keys are errors) that describes a cluster, its
 * workload, traffic, faults and timeline. Units are Kubernetes quantities and Go durations (`10m`, `1.5s`).
 */
import { z } from 'zod';
import { CSV_NAMES } from '../metrics/index.ts';
import { TRACE_FORMAT_NAMES } from '../workload/index.ts';
import { DURATION_PATTERN, QUANTITY_PATTERN } from './units.ts';

export const SCENARIO_API_VERSION = 'kubedes.io/v1';

const notDuration = 'expected a duration such as 10m, 1.5s, 300ms or 1h30m';
const duration = z
  .string({ error: ({ input }) => (input === undefined ? undefined : notDuration) })
  .regex(DURATION_PATTERN, { error: notDuration })
  .meta({ description: 'Duration: 300ms, 1.5s, 10m, 1h30m' });
const quantity = z
  .union([
    z.string().regex(QUANTITY_PATTERN, { error: 'expected a Kubernetes quantity such as 500m, 4 or 16Gi' }),
    z.number().nonnegative(),
  ])
  .meta({ description: 'Kubernetes quantity: 500m, 4, 16Gi' });
const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, {
  error: 'expected a DNS name: lower case letters, digits, - and .',
});
const file = z.string().min(1).meta({ description: 'Path, relative to the scenario file' });
const labels = z.record(z.string(), z.string());
const count = z.int().nonnegative();
const manifest = z.union(
  [
    file,
    z.strictObject({
      file,
      count: count.meta({ description: 'So many copies; <n> in the texts of the file numbers them from 0' }),
    }),
  ],
  { error: 'expected a file, or {file, count}' },
);
const positive = z.number().positive();
const object = z.record(z.string(), z.unknown());

const weighted = z.lazy(() => z.strictObject({ weight: positive, of: distribution }));

/** A duration, or how durations are distributed. Sampled through keyed streams. */
const distribution: z.ZodType<DistributionInput> = z.union(
  [
    duration,
    z.strictObject({ uniform: z.strictObject({ min: duration, max: duration }) }),
    z.strictObject({ exponential: z.strictObject({ mean: duration }) }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: duration }) }),
    z.strictObject({ lognormal: z.strictObject({ median: duration, sigma: positive }) }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: duration }) }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: duration }) }),
    z.strictObject({ empirical: z.array(duration).min(1) }),
    z.strictObject({ mixture: z.array(weighted).min(1) }),
  ],
  {
    error:
      'expected a duration (10m) or one of uniform, exponential, weibull, lognormal, pareto, gamma, empirical, mixture',
  },
);

export type DistributionInput =
  | string
  | { uniform: { min: string; max: string } }
  | { exponential: { mean: string } }
  | { weibull: { shape: number; scale: string } }
  | { lognormal: { median: string; sigma: number } }
  | { pareto: { shape: number; scale: string } }
  | { gamma: { shape: number; scale: string } }
  | { empirical: string[] }
  | { mixture: { weight: number; of: DistributionInput }[] };

const taint = z.strictObject({
  key: z.string(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const nodeTemplate = z.strictObject({
  name: name.meta({ description: 'Nodes are called <name>-0, <name>-1, …' }),
  count: count.default(1),
  zones: z.array(z.string()).min(1).optional().meta({ description: 'Zones, dealt out in turn' }),
  racksPerZone: z.int().positive().optional(),
  region: z.string().optional(),
  labels: labels.optional(),
  taints: z.array(taint).optional(),
  capacity: z.record(z.string(), quantity).default({ cpu: '16', memory: '64Gi', pods: 110 }),
});

const cluster = z.strictObject({
  nodes: z.array(nodeTemplate).optional(),
  manifests: z.array(manifest).optional().meta({ description: 'Files with real Node manifests' }),
  trace: z
    .strictObject({ file, format: z.enum(['openb']).default('openb'), pods: z.int().positive().default(110) })
    .optional()
    .meta({ description: 'Machines of a published node list; `pods` is what each may run' }),
  leases: z.enum(['accounted', 'written']).default('accounted').meta({
    description:
      'Heartbeats of kubelets: a closed form while nodes are healthy, or Lease objects renewed every 10 s',
  }),
});

const latency = z.strictObject({
  requestHop: duration.optional(),
  processing: duration.optional(),
  etcdCommit: duration.optional(),
  responseHop: duration.optional(),
  watchDelivery: duration.optional(),
});

const clientLimit = z
  .strictObject({ qps: z.number(), burst: count })
  .meta({ description: 'Requests per second (0 or less: no limit) and at once' });

/** Components that send requests. A kube-proxy only watches: it has nothing to limit. */
const clients = z.strictObject({
  'kube-controller-manager': clientLimit.optional(),
  'kube-scheduler': clientLimit.optional(),
  kubelet: clientLimit.optional(),
});

/** Flags of the kube-controller-manager. */
const controllers = z.strictObject({
  nodeMonitorGracePeriod: duration.optional(),
  nodeEvictionRate: z.number().nonnegative().optional().meta({ description: 'Nodes per second and zone' }),
  terminatedPodGcThreshold: count.optional().meta({ description: '0: terminated pods are kept' }),
  endpointUpdatesBatchPeriod: duration
    .optional()
    .meta({ description: 'How long changes of pods are gathered for Endpoints; absent: not at all' }),
  endpointSliceUpdatesBatchPeriod: duration.optional().meta({ description: 'The same for EndpointSlices' }),
});

const scheduler = z.strictObject({
  profile: z
    .string()
    .optional()
    .meta({ description: 'Name of a profile, or path of a policy module relative to the scenario file' }),
  pluginConfig: z
    .record(z.string(), object)
    .optional()
    .meta({ description: 'Arguments by plugin, for whatever profile has it' }),
  config: z
    .union([file, object])
    .optional()
    .meta({ description: 'A KubeSchedulerConfiguration document or its file' }),
  tieBreak: z.enum(['random', 'lowest-name']).optional(),
  cycleTime: duration.optional().meta({ description: 'Simulated time that one scheduling cycle takes' }),
});

const modulatedState = z.strictObject({
  perSecond: z.number().nonnegative(),
  stay: duration.meta({ description: 'Mean time in this state, exponentially distributed' }),
});

const sinusoid = z.strictObject({
  perSecond: positive.meta({ description: 'Mean over the period' }),
  amplitude: z.number().min(0).max(1).meta({ description: 'Share of the mean by which the rate swings' }),
  period: duration.default('24h'),
  peak: duration.default('14h').meta({ description: 'When in the period the rate is highest' }),
});

const dailyRates = z.strictObject({
  rates: z
    .array(z.strictObject({ from: duration, perSecond: z.number().nonnegative() }))
    .min(1)
    .meta({ description: 'Rates in force from these times of the period on; the first from 0' }),
  period: duration.default('24h'),
});

const drawn = { step: quantity.optional(), most: quantity.optional() };

const arrival = z.union(
  [
    z.strictObject({ every: distribution }),
    z.strictObject({ poisson: z.strictObject({ perSecond: positive }) }),
    z.strictObject({ at: duration }),
    z.strictObject({ bursty: z.strictObject({ quiet: modulatedState, burst: modulatedState }) }),
    z.strictObject({
      diurnal: z.union([sinusoid, dailyRates], { error: 'expected {perSecond, amplitude} or {rates}' }),
    }),
  ],
  { error: 'expected one of every, poisson, at, bursty, diurnal' },
);

/** Quantities, or how they are distributed: rounded up to `step`, at most `most`. */
const drawnQuantity = z.union(
  [
    quantity,
    z.strictObject({ uniform: z.strictObject({ min: quantity, max: quantity }), ...drawn }),
    z.strictObject({ exponential: z.strictObject({ mean: quantity }), ...drawn }),
    z.strictObject({ lognormal: z.strictObject({ median: quantity, sigma: positive }), ...drawn }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
  ],
  { error: 'expected a quantity or one of uniform, exponential, lognormal, weibull, gamma, pareto' },
);

const sizeClass = z.strictObject({
  weight: positive.default(1),
  requests: z.record(z.string(), drawnQuantity),
  limits: z.literal('as-requests').optional(),
  runTime: distribution.optional().meta({ description: 'How long pods of this class run' }),
  priorityClassName: z.string().optional(),
});

const podShape = z.strictObject({
  labels: labels.optional(),
  annotations: labels.optional(),
  requests: z.record(z.string(), quantity).optional(),
  limits: z.record(z.string(), quantity).optional(),
  image: z.string().default('registry.k8s.io/pause:3.10'),
  priorityClassName: z.string().optional(),
  spec: object.optional().meta({ description: 'Any further PodSpec fields, as in a manifest' }),
});

const generated = z.strictObject({
  name,
  namespace: name.default('default'),
  arrival,
  count: count.optional().meta({ description: 'How many pods at most' }),
  from: duration.optional(),
  until: duration.optional(),
  runTime: distribution.optional().meta({ description: 'How long a pod runs; absent: for ever' }),
  pod: podShape.prefault({}),
  sizes: z.array(sizeClass).min(1).optional().meta({ description: 'What pods request, drawn by weight' }),
});

const traced = z.strictObject({
  trace: file.meta({ description: 'The trace; may be gzipped' }),
  format: z.enum(TRACE_FORMAT_NAMES).default('csv'),
  namespace: name.default('default'),
  limit: count.optional().meta({ description: 'Only the first so many pods of the file' }),
  from: duration.optional().meta({ description: 'When the trace starts' }),
  timeScale: positive.default(1).meta({ description: '0.1 plays the trace ten times as fast' }),
  spacing: distribution
    .optional()
    .meta({ description: 'Time between arrivals, instead of the recorded ones' }),
  runTimes: z.enum(['recorded', 'none']).default('recorded').meta({ description: 'none: pods run for ever' }),
  order: z.enum(['recorded', 'shuffled']).default('recorded'),
  orders: z.record(z.string(), file).optional().meta({
    description: 'By seed: a list that comes as it is in runs of this seed, not shuffled, not inflated',
  }),
  inflate: z
    .strictObject({ resource: z.enum(['gpu', 'cpu', 'memory']), to: positive })
    .optional()
    .meta({
      description: 'Copies or drops pods until they ask for so much of the capacity; needs `spacing`',
    }),
  sharedGpus: z
    .boolean()
    .default(false)
    .meta({ description: 'Pods with a share of a GPU request no whole device' }),
  swf: z
    .strictObject({
      podsPer: z.enum(['job', 'processor']).default('job'),
      processor: z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).optional(),
    })
    .optional(),
  swim: z
    .strictObject({
      pod: z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).optional(),
      bytesPerSecond: quantity.optional().meta({ description: 'What a pod processes' }),
      split: quantity.optional().meta({ description: 'Input of one pod; absent: one pod per job' }),
    })
    .optional(),
});

const traffic = z.strictObject({
  name: name.optional(),
  service: z.string().regex(/^[^/]+\/[^/]+$/, { error: 'expected namespace/name of a Service' }),
  port: z.int().positive().optional(),
  rate: z
    .union([
      positive,
      z.array(z.strictObject({ from: duration, perSecond: z.number().nonnegative() })).min(1),
    ])
    .optional()
    .meta({ description: 'Open loop: requests per second (Poisson), or steps of them' }),
  clients: z.int().positive().optional().meta({ description: 'Closed loop: number of clients' }),
  thinkTime: distribution
    .default('1s')
    .meta({ description: 'Closed loop: from an answer to the next request' }),
  serviceTime: distribution.default('1ms').meta({ description: 'How long a pod works on a request' }),
  clientsAt: z
    .enum(['inside', 'outside'])
    .default('inside')
    .meta({ description: 'On the nodes, or behind a load balancer' }),
  concurrency: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Requests that a pod serves at once; absent: no limit' }),
  requestsPerConnection: z.int().positive().optional().meta({ description: '1: no keep-alive' }),
  connectTimeout: duration.optional(),
  from: duration.optional(),
  until: duration.optional(),
});

const target = z.union([
  z.strictObject({ node: z.string() }),
  z.strictObject({
    nodeRunning: labels.meta({
      description: 'The first node, by name, that runs a pod with these labels then',
    }),
  }),
  z.strictObject({ zone: z.string() }),
  z.strictObject({ rack: z.string() }),
  z.strictObject({
    kubelet: z.string().meta({ description: 'A node whose kubelet stops; containers go on' }),
  }),
  z.strictObject({
    pod: z.string().meta({ description: 'namespace/name' }),
    container: z.string().optional(),
    exitCode: z.int().optional(),
  }),
]);

const scriptedFault = z.strictObject({ at: duration, fail: target, for: duration.optional() });

const fault = z.union(
  [
    scriptedFault,
    z.strictObject({
      name,
      failEvery: distribution.meta({ description: 'Time between failures of one node' }),
      repair: distribution.meta({ description: 'Time to repair' }),
      nodes: labels.optional().meta({ description: 'Labels of the nodes concerned; absent: all' }),
      level: z.enum(['node', 'rack', 'zone']).default('node'),
    }),
  ],
  { error: 'expected {at, fail, for} or {name, failEvery, repair}' },
);

const reference = z.strictObject({ kind: z.string(), name: z.string(), namespace: name.default('default') });

const when = {
  at: duration,
  repeat: z
    .strictObject({ every: duration, count })
    .optional()
    .meta({ description: 'So many times in all; <n> in the texts of the step numbers them from 0' }),
};

const step = z.union(
  [
    z.strictObject({ ...when, apply: file }),
    z.strictObject({ ...when, delete: reference }),
    z.strictObject({ ...when, scale: reference.extend({ replicas: count }) }),
    z.strictObject({ ...when, patch: reference.extend({ patch: object }) }),
    z.strictObject({
      ...when,
      setImage: reference.extend({ container: z.string(), image: z.string() }),
    }),
    z.strictObject({ ...when, cordon: z.string() }),
    z.strictObject({ ...when, uncordon: z.string() }),
    z.strictObject({ ...when, drain: z.string() }),
    scriptedFault,
  ],
  { error: 'expected `at` with one of apply, delete, scale, patch, setImage, cordon, uncordon, drain, fail' },
);

const variant = z.strictObject({
  name,
  set: z.record(z.string(), z.unknown()).meta({ description: 'path: value, as --set' }),
});

export const scenarioSchema = z.strictObject({
  apiVersion: z.literal(SCENARIO_API_VERSION),
  kind: z.literal('Scenario'),
  metadata: z.strictObject({
    name,
    question: z.string().optional(),
    expect: z.string().optional().meta({ description: 'The shape of the expected answer' }),
  }),
  seed: z.union([z.int(), z.string()]).default(1),
  epoch: z.iso
    .datetime({ offset: true, error: 'expected a date such as 2026-01-01T00:00:00Z' })
    .default('2026-01-01T00:00:00Z'),
  duration: duration.optional().meta({ description: 'How long to simulate; with `stop`, at most' }),
  stop: z.enum(['settled', 'workload-done']).optional(),
  cluster: cluster.default({
    leases: 'accounted',
    nodes: [{ name: 'node', count: 3, capacity: { cpu: '16', memory: '64Gi', pods: 110 } }],
  }),
  apiserver: z.strictObject({ latency: latency.optional() }).optional(),
  scheduler: scheduler.optional(),
  controllers: controllers.optional(),
  clients: clients.optional(),
  images: z
    .record(z.string(), quantity)
    .optional()
    .meta({ description: 'Compressed size of images by name' }),
  registryBandwidth: quantity.optional().meta({ description: 'Bytes per second per node' }),
  manifests: z.array(manifest).optional(),
  workload: z
    .array(z.union([generated, traced], { error: 'expected a generator {name, arrival, …} or {trace}' }))
    .optional(),
  proxyMode: z.string().default('iptables'),
  traffic: z.array(traffic).optional(),
  faults: z.array(fault).optional(),
  timeline: z.array(step).optional(),
  variants: z.array(variant).min(1).optional().meta({ description: 'Runs to be made side by side' }),
  record: z
    .strictObject({
      interval: duration.default('10s').meta({ description: 'Between two samples' }),
      files: z.array(z.enum(CSV_NAMES)).optional().meta({ description: 'CSV files to write; absent: all' }),
    })
    .prefault({}),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type NodeTemplate = z.output<typeof nodeTemplate>;
export type GeneratedWorkload = z.output<typeof generated>;
export type SizeClassSpec = z.output<typeof sizeClass>;
export type DrawnQuantity = z.output<typeof drawnQuantity>;
export type TracedWorkload = z.output<typeof traced>;
export type TrafficSpec = z.output<typeof traffic>;
export type FaultSpec = z.output<typeof fault>;
export type ManifestFile = z.output<typeof manifest>;
export type TimelineStep = z.output<typeof step>;
export type VariantSpec = z.output<typeof variant>;

/** JSON Schema (2020-12) of the scenario file, for editors. */
export const scenarioJsonSchema = (): unknown => z.toJSONSchema(scenarioSchema, { io: 'input' });
