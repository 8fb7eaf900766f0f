/** A history as scenario files: the same that the command line runs. */
import type { FileSource } from '../../sim/scenario/index.ts';
import { type Command, type History, type PodSize, QUIET_FROM_S, type TimedCommand } from './commands.ts';

/** After everything is back: longer than evictions (5 min), crash-loop waits (5 min) and Job back-offs. */
const SETTLE_S = 2400;
export const ENTRY = 'history.yaml';

/** JSON is YAML. */
export function filesOf(history: History): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (name: string, objects: readonly object[]): string => {
    files.set(name, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    return name;
  };
  const applied = new Set(history.commands.map(({ command }) => appliedBy(command)));
  const possible = history.commands.filter(({ command }) => {
    const target = targetOf(command);
    return target === undefined || applied.has(target);
  });
  const timeline = possible.flatMap((timed, i) =>
    stepsOf(timed, history, (object) => add(`${i}.yaml`, [object])),
  );
  const scenario = {
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: 'history' },
    seed: history.seed,
    duration: `${QUIET_FROM_S + SETTLE_S}s`,
    cluster: { nodes: [nodesOf(history)] },
    apiserver: { latency: LATENCIES[history.latency] },
    manifests: [add('base.yaml', [PRIORITY_CLASS, SERVICE, BUDGET])],
    timeline: [...timeline, ...uncordonAll(history)],
  };
  files.set(ENTRY, JSON.stringify(scenario));
  return files;
}

export const sourceOf = (files: ReadonlyMap<string, string>): FileSource => ({
  read: (path) => files.get(path),
  resolve: (_from, reference) => reference,
  show: (path) => path,
});

const PRIORITY_CLASS = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'high' },
  value: 1000,
};
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'd0' }, ports: [{ port: 80 }] },
};

const BUDGET = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'd1' },
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'd1' } } },
};

const LATENCIES = {
  default: {},
  none: { requestHop: '0s', processing: '0s', etcdCommit: '0s', responseHop: '0s', watchDelivery: '0s' },
  'slow-watch': { watchDelivery: '1s' },
} as const;

const nodesOf = ({ nodes, zones, cores, podsPerNode }: History) => ({
  name: 'node',
  count: nodes,
  zones: ['zone-0', 'zone-1'].slice(0, zones),
  capacity: { cpu: String(cores), memory: '8Gi', pods: String(podsPerNode) },
});

const uncordonAll = ({ nodes }: History) =>
  Array.from({ length: nodes }, (_, i) => ({ at: `${QUIET_FROM_S}s`, uncordon: `node-${i}` }));

/** Kind and name; undefined if it applies nothing. */
function appliedBy(command: Command): string | undefined {
  if (command.do === 'apply-deployment') return `Deployment ${command.name}`;
  if (command.do === 'apply-job') return `Job ${command.name}`;
  return command.do === 'apply-pod' ? `Pod ${command.name}` : undefined;
}

/** What it takes to be there already. A scenario that never applies it is a mistake that is told before the run. */
function targetOf(command: Command): string | undefined {
  if (command.do === 'delete') return `${command.kind} ${command.name}`;
  const isOnDeployment = command.do === 'scale-deployment' || command.do === 'set-image';
  return isOnDeployment ? `Deployment ${command.name}` : undefined;
}

type AddFile = (object: object) => string;

/** A command about a zone that is not there, or a node beyond the last, is about one that is. */
function stepsOf({ atMs, command }: TimedCommand, { nodes, zones }: History, file: AddFile): object[] {
  const at = `${atMs}ms`;
  const node = 'node' in command && command.node !== undefined ? `node-${command.node % nodes}` : undefined;
  switch (command.do) {
    case 'apply-deployment':
      return [{ at, apply: file(deployment(command)) }];
    case 'apply-job':
      return [{ at, apply: file(job(command)) }];
    case 'apply-pod':
      return [{ at, apply: file(pod(command, node)) }];
    case 'scale-deployment':
      return [{ at, scale: { kind: 'Deployment', name: `d${command.name}`, replicas: command.replicas } }];
    case 'set-image':
      return [
        {
          at,
          setImage: {
            kind: 'Deployment',
            name: `d${command.name}`,
            container: 'main',
            image: `app:${command.image}`,
          },
        },
      ];
    case 'delete':
      return [
        { at, delete: { kind: command.kind, name: `${command.kind[0]!.toLowerCase()}${command.name}` } },
      ];
    case 'delete-node':
      return [{ at, delete: { kind: 'Node', name: node } }];
    case 'cordon':
    case 'uncordon':
    case 'drain':
      return [{ at, [command.do]: node }];
    case 'crash':
      return [{ at, fail: { node }, for: `${command.forSeconds}s` }];
    case 'stop-kubelet':
      return [{ at, fail: { kubelet: node }, for: `${command.forSeconds}s` }];
    case 'crash-container':
      return [{ at, fail: { pod: `default/p${command.name}`, exitCode: command.exitCode } }];
    case 'fail-zone':
      return [
        {
          at,
          fail: { zone: `zone-${command.zone % Math.min(zones, nodes)}` },
          for: `${command.forSeconds}s`,
        },
      ];
  }
}

type Applied<K extends Command['do']> = Extract<Command, { do: K }>;

const podSpec = ({ cpuMilli, important }: PodSize, more: object = {}) => ({
  containers: [{ name: 'main', image: 'app:0', resources: { requests: { cpu: `${cpuMilli}m` } } }],
  ...(important && { priorityClassName: 'high' }),
  ...more,
});

const process = (runSeconds: number | undefined, exitCode: number) => ({
  ...(runSeconds !== undefined && { 'kubedes.io/run-time': `${runSeconds}s` }),
  'kubedes.io/exit-code': String(exitCode),
});

const deployment = (command: Applied<'apply-deployment'>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `d${command.name}` },
  spec: {
    replicas: command.replicas,
    selector: { matchLabels: { app: `d${command.name}` } },
    strategy: command.recreate
      ? { type: 'Recreate', rollingUpdate: null }
      : {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: command.maxSurge, maxUnavailable: command.maxUnavailable },
        },
    template: {
      metadata: { labels: { app: `d${command.name}` } },
      spec: podSpec(command, command.apart ? { affinity: apartFrom(`d${command.name}`) } : {}),
    },
  },
});

const apartFrom = (app: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
    ],
  },
});

const job = (command: Applied<'apply-job'>) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: `j${command.name}` },
  spec: {
    completions: command.completions,
    parallelism: command.parallelism,
    backoffLimit: command.backoffLimit,
    template: {
      metadata: { annotations: process(command.runSeconds, command.exitCode) },
      spec: podSpec(command, { restartPolicy: 'Never' }),
    },
  },
});

const initContainers = ({ init, sidecar }: Applied<'apply-pod'>) => [
  ...(sidecar ? [{ name: 'sidecar', image: 'app:0', restartPolicy: 'Always' }] : []),
  ...(init ? [{ name: 'init', image: 'app:0' }] : []),
];

const pod = (command: Applied<'apply-pod'>, nodeName: string | undefined) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${command.name}`, annotations: process(command.runSeconds, command.exitCode) },
  spec: podSpec(command, {
    restartPolicy: command.restartPolicy,
    ...(nodeName !== undefined && { nodeName }),
    ...(command.init || command.sidecar ? { initContainers: initContainers(command) } : {}),
  }),
});
