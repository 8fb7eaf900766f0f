/**
 * Every CSV file and column that a run writes: name, unit and meaning, defined once. The recorders, the `schema`
 * command and the documentation are made from this table.
 */

export type Unit =
  | 's'
  | 'us'
  | 'milli-cpu'
  | 'milli-gpu'
  | 'bytes'
  | 'count'
  | 'ratio'
  | 'factor'
  | 'text'
  | 'varies';

export interface Column {
  readonly name: string;
  readonly unit: Unit;
  readonly meaning: string;
}

const column = (name: string, unit: Unit, meaning: string): Column => ({ name, unit, meaning });
const time = column('time_s', 's', 'simulated time since the start of the run');

/** One row per pod, written when the pod is gone or the run ends. Instants are simulated seconds, empty if never reached. */
const pods = [
  column('namespace', 'text', 'namespace of the pod'),
  column('name', 'text', 'name of the pod'),
  column('owner', 'text', 'kind/name of the controlling owner, empty if none'),
  column('tenant', 'text', 'annotation kubedes.io/tenant, else the namespace'),
  column('priority', 'count', 'spec.priority'),
  column('qos_class', 'text', 'Guaranteed, Burstable or BestEffort'),
  column('cpu_request_milli', 'milli-cpu', 'effective CPU request'),
  column('memory_request_bytes', 'bytes', 'effective memory request'),
  column('created_s', 's', 'the API server stored the pod'),
  column('first_attempt_s', 's', 'the first scheduling attempt ended'),
  column('bound_s', 's', 'the binding was stored; the creation, if the pod was created with a node'),
  column('admitted_s', 's', 'the kubelet admitted the pod'),
  column('sandbox_ready_s', 's', 'the pause container ran and the pod had its IP'),
  column('images_pulled_s', 's', 'the last image was on the node'),
  column('initialized_s', 's', 'init containers had ended well, and sidecars among them had started'),
  column('started_s', 's', 'all containers ran for the first time'),
  column('ready_s', 's', 'the pod was Ready for the first time'),
  column(
    'finished_s',
    's',
    'the pod reached a terminal phase on its node: by itself, told to stop or, if not to be restarted, with its machine',
  ),
  column('deleting_s', 's', 'deletion was requested'),
  column('deleted_s', 's', 'the object was removed from the API'),
  column('node', 'text', 'node the pod was bound to'),
  column('attempts', 'count', 'scheduling attempts'),
  column('restarts', 'count', 'container restarts'),
  column('phase', 'text', 'last phase'),
  column(
    'reason',
    'text',
    'last status.reason; for a pod never bound the message of its condition PodScheduled: why it still waits',
  ),
] as const;

/** One row per node and sample, only if something of the node changed since its previous row. */
const nodes = [
  time,
  column('node', 'text', 'name of the node'),
  column('zone', 'text', 'label topology.kubernetes.io/zone'),
  column('up', 'count', '1 while the machine runs, else 0'),
  column('ready', 'count', '1 while the API shows condition Ready=True, else 0'),
  column('pods', 'count', 'pods bound and not terminal'),
  column('cpu_allocatable_milli', 'milli-cpu', 'allocatable CPU'),
  column('cpu_requested_milli', 'milli-cpu', 'sum of the CPU requests of those pods'),
  column(
    'cpu_used_milli',
    'milli-cpu',
    'sum of the CPU use of pods that have started and have a container running',
  ),
  column('memory_allocatable_bytes', 'bytes', 'allocatable memory'),
  column('memory_requested_bytes', 'bytes', 'sum of the memory requests of those pods'),
  column('memory_used_bytes', 'bytes', 'sum of the memory use of those pods'),
  column(
    'gpu_allocatable_milli',
    'milli-gpu',
    'allocatable GPUs; empty for a node that has none and is asked for none',
  ),
  column('gpu_requested_milli', 'milli-gpu', 'sum of the GPU requests of those pods, shares counted as such'),
] as const;

/** One row per sample. */
const cluster = [
  time,
  column('nodes', 'count', 'Node objects'),
  column('nodes_ready', 'count', 'nodes with condition Ready=True'),
  column('pods', 'count', 'Pod objects'),
  column('pods_pending', 'count', 'pods not bound'),
  column('pods_starting', 'count', 'pods bound, phase Pending'),
  column('pods_running', 'count', 'pods in phase Running'),
  column('pods_ready', 'count', 'pods with condition Ready=True'),
  column('pods_succeeded', 'count', 'pods in phase Succeeded'),
  column('pods_failed', 'count', 'pods in phase Failed'),
  column('cpu_requested_ratio', 'ratio', 'CPU requested by bound pods over allocatable CPU'),
  column('cpu_used_ratio', 'ratio', 'CPU used over allocatable CPU'),
  column('memory_requested_ratio', 'ratio', 'memory requested by bound pods over allocatable memory'),
  column('memory_used_ratio', 'ratio', 'memory used over allocatable memory'),
  column(
    'gpu_demanded_ratio',
    'ratio',
    'GPUs that all pods ask for, with or without a node, over allocatable GPUs',
  ),
  column(
    'gpu_requested_ratio',
    'ratio',
    'GPUs requested by bound pods over allocatable GPUs, shares counted as such',
  ),
] as const;

/** One row per sample interval in which a scheduling attempt ended. */
const scheduling = [
  time,
  column('profile', 'text', 'scheduler name of the profile'),
  column('attempts', 'count', 'attempts that ended in the interval'),
  column('scheduled', 'count', 'of these, pods given a node: Permit may still wait, and binding fail'),
  column('unschedulable', 'count', 'of these, no node fitted, or Reserve or Permit rejected the pod'),
  column('errors', 'count', 'of these, failed otherwise'),
  column('evaluated_nodes_mean', 'count', 'nodes filtered per attempt'),
  column('feasible_nodes_mean', 'count', 'nodes that passed per attempt'),
  column('queue_time_p50_s', 's', 'median time from entering the queue to the end of a successful attempt'),
  column('queue_time_p99_s', 's', '99th percentile of the same'),
  column('queue_time_max_s', 's', 'maximum of the same'),
] as const;

/** One row per Service and sample interval with requests. */
const services = [
  time,
  column('service', 'text', 'namespace/name of the Service'),
  column('mode', 'text', 'kube-proxy mode'),
  column('requests', 'count', 'requests that ended in the interval'),
  column('ok', 'count', 'of these, answered'),
  column('no_endpoints', 'count', 'rejected: the rules held no endpoint'),
  column('connection_refused', 'count', 'the endpoint address answered with a refusal'),
  column('connect_timeout', 'count', 'the endpoint address did not answer'),
  column('connection_reset', 'count', 'the endpoint went while the request was served'),
  column('client_down', 'count', 'the client itself went down'),
  column('stale', 'count', 'requests sent to an endpoint that the API already knew to be gone'),
  column('latency_p50_us', 'us', 'median latency of answered requests'),
  column('latency_p90_us', 'us', '90th percentile'),
  column('latency_p99_us', 'us', '99th percentile'),
  column('latency_p999_us', 'us', '99.9th percentile'),
  column('latency_max_us', 'us', 'maximum'),
] as const;

/** One row per sync of a rule model shared by several kube-proxies. */
const proxy = [
  time,
  column('mode', 'text', 'kube-proxy mode'),
  column('nodes', 'count', 'nodes that made this sync'),
  column('full', 'count', '1 for a full sync, 0 for a partial one'),
  column('services', 'count', 'service ports in the model'),
  column('endpoints', 'count', 'endpoints in the model'),
  column('rules_total', 'count', 'rules in force after the sync'),
  column('rules_written', 'count', 'lines or calls written by the sync'),
  column('took_s', 's', 'how long the sync took'),
  column(
    'programming_latency_s',
    's',
    'oldest change in the sync to its rules in force, from the trigger time of its slice (whole seconds)',
  ),
] as const;

/** One row per API Event recorded. */
const events = [
  time,
  column('type', 'text', 'Normal or Warning'),
  column('reason', 'text', 'reason of the event'),
  column('object', 'text', 'kind/namespace/name of the object'),
  column('source', 'text', 'component that reported it'),
  column('message', 'text', 'message'),
] as const;

/** One row per metric of the whole run. */
const summary = [
  column('metric', 'text', 'name of the metric'),
  column('value', 'varies', 'value, empty if there was no observation'),
  column('unit', 'text', 'unit of the value'),
  column('meaning', 'text', 'what it says'),
] as const;

export const CSV_FILES = { pods, nodes, cluster, scheduling, services, proxy, events, summary } as const;
export type CsvName = keyof typeof CSV_FILES;
export const CSV_NAMES = Object.keys(CSV_FILES) as [CsvName, ...CsvName[]];
