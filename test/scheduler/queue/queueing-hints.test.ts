/**
 * What makes a pod worth another try, by the plugin that rejected it: events asked for and verdicts of their queueing hints, from
 * `EventsToRegister` and `isSchedulableAfter…` of each plugin under `pkg/scheduler/framework/plugins`, Kubernetes v1.36. They are
 * not recorded, so this table is read off the source named with each plugin.
 */
import { describe, expect, it } from 'vitest';
import { defaultPlugins } from '../../../policies/index.ts';
import type { Node, Pod } from '../../../sim/api/index.ts';
import { Action, type EventResource } from '../../../sim/scheduler/index.ts';
import { loadCluster } from '../../support/scheduler/golden-cluster.ts';

const { framework } = loadCluster({});
const TIME = '2026-01-01T00:00:00Z';
const meta = (name: string, more: object = {}) => ({
  name,
  uid: name,
  resourceVersion: '1',
  creationTimestamp: TIME,
  ...more,
});

type Labels = Readonly<Record<string, string>>;
const made = <T>(object: object): T => object as T;
const pod = (spec: object = {}, labels: Labels = {}, name = 'waiting', namespace = 'default'): Pod =>
  made({ metadata: meta(name, { namespace, labels }), spec: { containers: [], ...spec } });
const running = (spec: object = {}, labels: Labels = {}, namespace = 'default'): Pod =>
  pod({ nodeName: 'n', ...spec }, labels, 'other', namespace);
const pending = (spec: object = {}, labels: Labels = {}): Pod => pod(spec, labels, 'other');
const nominated = (spec: object = {}): Pod => made({ ...pending(spec), status: { nominatedNodeName: 'n' } });
const node = (labels: Labels = {}, spec: object = {}, allocatable: Labels = {}): Node =>
  made({ metadata: meta('n', { labels }), spec, status: { allocatable } });
const asking = (cpu: string, more: Labels = {}): object => ({
  containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, ...more } } }],
});
const claim = (name: string, namespace = 'default') => ({ metadata: meta(name, { namespace }), spec: {} });
const claims = (...names: readonly string[]): object => ({
  volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
});
const ephemeral = { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }] };

type Verdict = 'queue' | 'skip' | 'not asked for';
type ActionName = keyof typeof Action;
/** What happened, to which object (before, after), and whether it helps the waiting pod. */
type Row = readonly [why: string, waiting: Pod, ActionName, before: unknown, after: unknown, Verdict];

function verdict(plugin: string, resource: EventResource, waiting: Pod, row: Row): Verdict {
  const [, , action, before, after] = row;
  const interests = (framework.plugins.byName.get(plugin)?.events?.() ?? []).filter(
    (each) => each.resource === resource && (each.actions & Action[action]) !== 0,
  );
  if (interests.length === 0) return 'not asked for';
  return interests.some(({ hint }) => hint === undefined || hint(waiting, before, after)) ? 'queue' : 'skip';
}

const port = (hostPort: number, hostIP = ''): object => ({
  containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort, hostIP, protocol: 'TCP' }] }],
});
const taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
const soft = { key: 'k', value: 'v', effect: 'PreferNoSchedule' };
const tolerating = pod({ tolerations: [{ key: 'k', operator: 'Exists' }] });
const CORDON_KEY = 'node.kubernetes.io/unschedulable';
const ssd = pod({ nodeSelector: { disk: 'ssd' } });
const near = (app: string, kind = 'podAffinity', key = 'zone'): object => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app } }, topologyKey: key },
      ],
    },
  },
});
const away = (app: string): object => near(app, 'podAntiAffinity');
const spread = (more: object = {}): object => ({
  topologySpreadConstraints: [
    {
      topologyKey: 'zone',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'a' } },
      ...more,
    },
  ],
});
const disk = (pdName: string, readOnly = false): object => ({
  volumes: [{ name: 'd', gcePersistentDisk: { pdName, readOnly } }],
});
const limits = (count?: number) => ({
  metadata: meta('n'),
  spec: { drivers: [{ name: 'csi', nodeID: 'n', allocatable: { count } }] },
});
const volume = (labels: Labels) => ({ metadata: meta('pv', { labels }), spec: {} });
const ZONE = 'topology.kubernetes.io/zone';
const storageClass = (more: object = {}) => ({ metadata: meta('sc'), provisioner: 'csi', ...more });
const capacity = (bytes?: string, maximumVolumeSize?: string) => ({
  metadata: meta('cap'),
  storageClassName: 'sc',
  capacity: bytes,
  maximumVolumeSize,
});
const driver = (storageCapacity?: boolean) => ({ metadata: meta('csi'), spec: { storageCapacity } });
const inline = pod({ volumes: [{ name: 'i', csi: { driver: 'csi' } }] });
const csiNode = (annotations: Labels) => ({ metadata: meta('n', { annotations }), spec: { drivers: [] } });
const MIGRATED = 'storage.alpha.kubernetes.io/migrated-plugins';

interface PluginTable {
  readonly source: string;
  /** Everything it asks for; with hints or without. */
  readonly events: Partial<Record<EventResource, readonly ActionName[]>>;
  readonly rows: Partial<Record<EventResource, readonly Row[]>>;
}

const TABLE: Readonly<Record<string, PluginTable>> = {
  SchedulingGates: {
    source: 'schedulinggates/scheduling_gates.go',
    events: { Pod: ['updatePodSchedulingGatesEliminated'] },
    rows: {
      Pod: [
        ['its own gates are gone', pod(), 'updatePodSchedulingGatesEliminated', pod(), pod(), 'queue'],
        ['another pod', pod(), 'updatePodSchedulingGatesEliminated', pending(), pending(), 'skip'],
        ['its labels change', pod(), 'updatePodLabel', pod(), pod({}, { a: 'b' }), 'not asked for'],
      ],
    },
  },
  PrioritySort: { source: 'queuesort/priority_sort.go', events: {}, rows: {} },
  NodeUnschedulable: {
    source: 'nodeunschedulable/node_unschedulable.go',
    events: { Node: ['add', 'updateNodeTaint'], Pod: ['updatePodToleration'] },
    rows: {
      Node: [
        ['a new node', pod(), 'add', undefined, node(), 'queue'],
        ['a new cordoned node', pod(), 'add', undefined, node({}, { unschedulable: true }), 'skip'],
        ['uncordoned', pod(), 'updateNodeTaint', node({}, { unschedulable: true }), node(), 'queue'],
        ['cordoned', pod(), 'updateNodeTaint', node(), node({}, { unschedulable: true }), 'skip'],
        ['another taint goes', pod(), 'updateNodeTaint', node({}, { taints: [taint] }), node(), 'skip'],
        ['relabelled', pod(), 'updateNodeLabel', node(), node({ a: 'b' }), 'not asked for'],
      ],
      Pod: [
        [
          'it tolerates cordons now',
          pod(),
          'updatePodToleration',
          pod(),
          pod({ tolerations: [{ key: CORDON_KEY, operator: 'Exists' }] }),
          'queue',
        ],
        ['it tolerates something else', pod(), 'updatePodToleration', pod(), tolerating, 'skip'],
        [
          'another pod',
          pod(),
          'updatePodToleration',
          pending(),
          pending({ tolerations: [{ operator: 'Exists' }] }),
          'skip',
        ],
      ],
    },
  },
  NodeName: {
    source: 'nodename/node_name.go',
    events: { Node: ['add'] },
    rows: {
      Node: [
        ['any new node', pod({ nodeName: 'x' }), 'add', undefined, node(), 'queue'],
        ['a node goes', pod({ nodeName: 'x' }), 'delete', node(), undefined, 'not asked for'],
      ],
    },
  },
  TaintToleration: {
    source: 'tainttoleration/taint_toleration.go',
    events: { Node: ['add', 'updateNodeTaint'], Pod: ['updatePodToleration'] },
    rows: {
      Node: [
        ['a new node without taints', pod(), 'add', undefined, node(), 'queue'],
        ['a new tainted node', pod(), 'add', undefined, node({}, { taints: [taint] }), 'skip'],
        ['a tolerated one', tolerating, 'add', undefined, node({}, { taints: [taint] }), 'queue'],
        ['the taint goes', pod(), 'updateNodeTaint', node({}, { taints: [taint] }), node(), 'queue'],
        [
          'it becomes soft',
          pod(),
          'updateNodeTaint',
          node({}, { taints: [taint] }),
          node({}, { taints: [soft] }),
          'queue',
        ],
        ['a taint comes', pod(), 'updateNodeTaint', node(), node({}, { taints: [taint] }), 'skip'],
        ['tolerable before', pod(), 'updateNodeTaint', node({}, { taints: [soft] }), node(), 'skip'],
      ],
      Pod: [
        ['its own tolerations', pod(), 'updatePodToleration', pod(), tolerating, 'queue'],
        ['those of another pod', pod(), 'updatePodToleration', pending(), pending(), 'skip'],
      ],
    },
  },
  NodeAffinity: {
    source: 'nodeaffinity/node_affinity.go',
    events: { Node: ['add', 'updateNodeLabel'] },
    rows: {
      Node: [
        ['a new node that matches', ssd, 'add', undefined, node({ disk: 'ssd' }), 'queue'],
        ['a new node that does not', ssd, 'add', undefined, node({ disk: 'hdd' }), 'skip'],
        ['begins to match', ssd, 'updateNodeLabel', node(), node({ disk: 'ssd' }), 'queue'],
        [
          'matched before',
          ssd,
          'updateNodeLabel',
          node({ disk: 'ssd' }),
          node({ disk: 'ssd', a: 'b' }),
          'skip',
        ],
        ['ceases to match', ssd, 'updateNodeLabel', node({ disk: 'ssd' }), node(), 'skip'],
        [
          'a taint goes',
          ssd,
          'updateNodeTaint',
          node({ disk: 'ssd' }),
          node({ disk: 'ssd' }),
          'not asked for',
        ],
      ],
    },
  },
  NodePorts: {
    source: 'nodeports/node_ports.go',
    events: { Pod: ['delete'], Node: ['add'] },
    rows: {
      Pod: [
        ['a pod with the port goes', pod(port(80)), 'delete', running(port(80)), undefined, 'queue'],
        ['on all addresses', pod(port(80, '10.0.0.1')), 'delete', running(port(80)), undefined, 'queue'],
        [
          'a nominated pod with the port goes',
          pod(port(80)),
          'delete',
          nominated(port(80)),
          undefined,
          'queue',
        ],
        ['another port', pod(port(80)), 'delete', running(port(81)), undefined, 'skip'],
        [
          'another address',
          pod(port(80, '10.0.0.1')),
          'delete',
          running(port(80, '10.0.0.2')),
          undefined,
          'skip',
        ],
        ['no ports', pod(port(80)), 'delete', running(), undefined, 'skip'],
        ['a pod that never ran', pod(port(80)), 'delete', pending(port(80)), undefined, 'skip'],
        ['a pod comes', pod(port(80)), 'add', undefined, running(port(80)), 'not asked for'],
      ],
      Node: [['any new node', pod(port(80)), 'add', undefined, node(), 'queue']],
    },
  },
  NodeResourcesFit: {
    source: 'noderesources/fit.go',
    events: { Pod: ['delete', 'updatePodScaleDown'], Node: ['add', 'updateNodeAllocatable'] },
    rows: {
      Pod: [
        ['a running pod goes', pod(asking('1')), 'delete', running(), undefined, 'queue'],
        ['a nominated pod goes', pod(asking('1')), 'delete', nominated(), undefined, 'queue'],
        ['a pod that never ran goes', pod(asking('1')), 'delete', pending(asking('1')), undefined, 'skip'],
        [
          'it asks for less itself',
          pod(asking('1')),
          'updatePodScaleDown',
          pod(asking('2')),
          pod(asking('1')),
          'queue',
        ],
        [
          'a running pod asks for less of it',
          pod(asking('1')),
          'updatePodScaleDown',
          running(asking('2')),
          running(asking('1')),
          'queue',
        ],
        [
          'a running pod asks for less of something else',
          pod(asking('1')),
          'updatePodScaleDown',
          running(asking('1', { memory: '2Gi' })),
          running(asking('1', { memory: '1Gi' })),
          'skip',
        ],
        [
          'a resource that it asks none of',
          pod(asking('1', { memory: '0' })),
          'updatePodScaleDown',
          running(asking('1', { memory: '2Gi' })),
          running(asking('1', { memory: '1Gi' })),
          'skip',
        ],
        [
          'a waiting pod asks for less',
          pod(asking('1')),
          'updatePodScaleDown',
          pending(asking('2')),
          pending(asking('1')),
          'skip',
        ],
      ],
      Node: [
        [
          'a new node with room',
          pod(asking('1')),
          'add',
          undefined,
          node({}, {}, { cpu: '2', pods: '1' }),
          'queue',
        ],
        [
          'a new node that is too small',
          pod(asking('3')),
          'add',
          undefined,
          node({}, {}, { cpu: '2', pods: '1' }),
          'skip',
        ],
        [
          'a new node without pod slots',
          pod(asking('1')),
          'add',
          undefined,
          node({}, {}, { cpu: '2', pods: '0' }),
          'skip',
        ],
        [
          'grows',
          pod(asking('1')),
          'updateNodeAllocatable',
          node({}, {}, { cpu: '2', pods: '1' }),
          node({}, {}, { cpu: '3', pods: '1' }),
          'queue',
        ],
        [
          'grows in something else',
          pod(asking('1')),
          'updateNodeAllocatable',
          node({}, {}, { cpu: '2', memory: '1Gi', pods: '1' }),
          node({}, {}, { cpu: '2', memory: '2Gi', pods: '1' }),
          'skip',
        ],
        [
          'takes more pods',
          pod(asking('1')),
          'updateNodeAllocatable',
          node({}, {}, { cpu: '2', pods: '1' }),
          node({}, {}, { cpu: '2', pods: '2' }),
          'queue',
        ],
        [
          'grows, but not enough',
          pod(asking('4')),
          'updateNodeAllocatable',
          node({}, {}, { cpu: '2', pods: '1' }),
          node({}, {}, { cpu: '3', pods: '1' }),
          'skip',
        ],
        [
          'gets the device',
          pod(asking('1', { 'example.com/gpu': '1' })),
          'updateNodeAllocatable',
          node({}, {}, { cpu: '2', pods: '1' }),
          node({}, {}, { cpu: '2', pods: '1', 'example.com/gpu': '1' }),
          'queue',
        ],
      ],
    },
  },
  VolumeRestrictions: {
    source: 'volumerestrictions/volume_restrictions.go',
    events: { Pod: ['delete'], Node: ['add'], PersistentVolumeClaim: ['add'] },
    rows: {
      Pod: [
        ['a pod with the disk goes', pod(disk('a')), 'delete', running(disk('a')), undefined, 'queue'],
        ['both only read it', pod(disk('a', true)), 'delete', running(disk('a', true)), undefined, 'skip'],
        ['another disk', pod(disk('a')), 'delete', running(disk('b')), undefined, 'skip'],
        [
          'a pod with the claim goes',
          pod(claims('a')),
          'delete',
          running(claims('a', 'b')),
          undefined,
          'queue',
        ],
        ['another claim', pod(claims('a')), 'delete', running(claims('b')), undefined, 'skip'],
        ['another namespace', pod(claims('a')), 'delete', running(claims('a'), {}, 'ns'), undefined, 'skip'],
      ],
      Node: [['any new node', pod(disk('a')), 'add', undefined, node(), 'queue']],
      PersistentVolumeClaim: [
        ['its claim comes', pod(claims('a')), 'add', undefined, claim('a'), 'queue'],
        ['another claim', pod(claims('a')), 'add', undefined, claim('b'), 'skip'],
        ['another namespace', pod(claims('a')), 'add', undefined, claim('a', 'ns'), 'skip'],
        ['its claim changes', pod(claims('a')), 'update', claim('a'), claim('a'), 'not asked for'],
      ],
    },
  },
  NodeVolumeLimits: {
    source: 'nodevolumelimits/csi.go',
    events: {
      CSINode: ['add', 'update'],
      Pod: ['delete'],
      PersistentVolumeClaim: ['add'],
      VolumeAttachment: ['delete'],
    },
    rows: {
      CSINode: [
        ['any new one', pod(claims('a')), 'add', undefined, limits(1), 'queue'],
        ['a limit is raised', pod(claims('a')), 'update', limits(1), limits(2), 'queue'],
        ['a limit is lowered', pod(claims('a')), 'update', limits(2), limits(1), 'skip'],
      ],
      Pod: [
        ['a pod with a claim goes', pod(claims('a')), 'delete', running(claims('b')), undefined, 'queue'],
        ['one with an ephemeral volume', pod(claims('a')), 'delete', running(ephemeral), undefined, 'queue'],
        ['one without volumes', pod(claims('a')), 'delete', running(), undefined, 'skip'],
        ['one that never ran', pod(claims('a')), 'delete', pending(claims('b')), undefined, 'skip'],
      ],
      PersistentVolumeClaim: [
        ['its claim', pod(claims('a')), 'add', undefined, claim('a'), 'queue'],
        ['that of its ephemeral volume', pod(ephemeral), 'add', undefined, claim('waiting-scratch'), 'queue'],
        ['another claim', pod(claims('a')), 'add', undefined, claim('b'), 'skip'],
      ],
      VolumeAttachment: [
        [
          'it has claims',
          pod(claims('a')),
          'delete',
          { metadata: meta('va'), spec: { attacher: 'csi' } },
          undefined,
          'queue',
        ],
        [
          'it has none',
          pod(),
          'delete',
          { metadata: meta('va'), spec: { attacher: 'csi' } },
          undefined,
          'skip',
        ],
      ],
    },
  },
  VolumeBinding: {
    source: 'volumebinding/volume_binding.go',
    events: {
      StorageClass: ['add', 'update'],
      PersistentVolumeClaim: ['add', 'update'],
      PersistentVolume: ['add', 'update'],
      Node: ['add', 'updateNodeLabel'],
      CSINode: ['add', 'update'],
      CSIDriver: ['update'],
      CSIStorageCapacity: ['add', 'update'],
    },
    rows: {
      StorageClass: [
        ['any new one', pod(claims('a')), 'add', undefined, storageClass(), 'queue'],
        [
          'other topologies',
          pod(claims('a')),
          'update',
          storageClass(),
          storageClass({ allowedTopologies: [{}] }),
          'queue',
        ],
        [
          'anything else',
          pod(claims('a')),
          'update',
          storageClass(),
          storageClass({ parameters: { a: 'b' } }),
          'skip',
        ],
      ],
      PersistentVolumeClaim: [
        ['its claim comes', pod(claims('a')), 'add', undefined, claim('a'), 'queue'],
        ['its claim changes', pod(claims('a')), 'update', claim('a'), claim('a'), 'queue'],
        ['that of its ephemeral volume', pod(ephemeral), 'add', undefined, claim('waiting-scratch'), 'queue'],
        ['another claim', pod(claims('a')), 'update', claim('b'), claim('b'), 'skip'],
        ['another namespace', pod(claims('a')), 'add', undefined, claim('a', 'ns'), 'skip'],
      ],
      PersistentVolume: [
        ['any new one', pod(claims('a')), 'add', undefined, volume({}), 'queue'],
        ['any change', pod(claims('a')), 'update', volume({}), volume({}), 'queue'],
        ['one goes', pod(claims('a')), 'delete', volume({}), undefined, 'not asked for'],
      ],
      Node: [
        ['any new one', pod(claims('a')), 'add', undefined, node(), 'queue'],
        ['relabelled', pod(claims('a')), 'updateNodeLabel', node(), node({ a: 'b' }), 'queue'],
        [
          'a taint goes',
          pod(claims('a')),
          'updateNodeTaint',
          node({}, { taints: [taint] }),
          node(),
          'not asked for',
        ],
      ],
      CSINode: [
        ['any new one', pod(claims('a')), 'add', undefined, csiNode({}), 'queue'],
        [
          'other migrated plugins',
          pod(claims('a')),
          'update',
          csiNode({}),
          csiNode({ [MIGRATED]: 'x' }),
          'queue',
        ],
        ['anything else', pod(claims('a')), 'update', csiNode({}), csiNode({ a: 'b' }), 'skip'],
      ],
      CSIDriver: [
        ['it no longer publishes capacity', inline, 'update', driver(true), driver(false), 'queue'],
        ['nor says so', inline, 'update', driver(true), driver(), 'queue'],
        ['it begins to', inline, 'update', driver(false), driver(true), 'skip'],
        [
          'not the driver of an inline volume',
          pod(claims('a')),
          'update',
          driver(true),
          driver(false),
          'skip',
        ],
      ],
      CSIStorageCapacity: [
        ['any new one', pod(claims('a')), 'add', undefined, capacity('1Gi'), 'queue'],
        ['more capacity', pod(claims('a')), 'update', capacity('1Gi'), capacity('2Gi'), 'queue'],
        ['known now', pod(claims('a')), 'update', capacity(), capacity('1Gi'), 'queue'],
        ['less', pod(claims('a')), 'update', capacity('2Gi'), capacity('1Gi'), 'skip'],
        [
          'the largest volume counts',
          pod(claims('a')),
          'update',
          capacity('1Gi', '1Gi'),
          capacity('9Gi', '1Gi'),
          'skip',
        ],
      ],
    },
  },
  VolumeZone: {
    source: 'volumezone/volume_zone.go',
    events: {
      StorageClass: ['add'],
      Node: ['add', 'updateNodeLabel'],
      PersistentVolumeClaim: ['add', 'update'],
      PersistentVolume: ['add', 'update'],
    },
    rows: {
      StorageClass: [
        [
          'that waits for pods',
          pod(claims('a')),
          'add',
          undefined,
          storageClass({ volumeBindingMode: 'WaitForFirstConsumer' }),
          'queue',
        ],
        [
          'that does not',
          pod(claims('a')),
          'add',
          undefined,
          storageClass({ volumeBindingMode: 'Immediate' }),
          'skip',
        ],
      ],
      Node: [
        ['any new one', pod(claims('a')), 'add', undefined, node(), 'queue'],
        ['relabelled', pod(claims('a')), 'updateNodeLabel', node(), node({ a: 'b' }), 'queue'],
      ],
      PersistentVolumeClaim: [
        ['its claim changes', pod(claims('a')), 'update', claim('a'), claim('a'), 'queue'],
        ['another claim', pod(claims('a')), 'update', claim('b'), claim('b'), 'skip'],
        ['that of its ephemeral volume', pod(ephemeral), 'add', undefined, claim('waiting-scratch'), 'skip'],
      ],
      PersistentVolume: [
        ['any new one', pod(claims('a')), 'add', undefined, volume({}), 'queue'],
        [
          'in another zone',
          pod(claims('a')),
          'update',
          volume({ [ZONE]: 'a' }),
          volume({ [ZONE]: 'b' }),
          'queue',
        ],
        [
          'in more zones',
          pod(claims('a')),
          'update',
          volume({ [ZONE]: 'a' }),
          volume({ [ZONE]: 'a__b' }),
          'queue',
        ],
        [
          'the same zones',
          pod(claims('a')),
          'update',
          volume({ [ZONE]: 'a__b' }),
          volume({ [ZONE]: 'b__a' }),
          'skip',
        ],
        ['another label', pod(claims('a')), 'update', volume({ a: 'b' }), volume({ a: 'c' }), 'skip'],
      ],
    },
  },
  PodTopologySpread: {
    source: 'podtopologyspread/plugin.go',
    events: {
      Pod: ['add', 'updatePodLabel', 'updatePodToleration', 'delete'],
      Node: ['add', 'delete', 'updateNodeLabel', 'updateNodeTaint'],
    },
    rows: {
      Pod: [
        ['a counted pod comes', pod(spread()), 'add', undefined, running({}, { app: 'a' }), 'queue'],
        ['a counted pod goes', pod(spread()), 'delete', running({}, { app: 'a' }), undefined, 'queue'],
        ['another pod goes', pod(spread()), 'delete', running({}, { app: 'b' }), undefined, 'skip'],
        ['in another namespace', pod(spread()), 'delete', running({}, { app: 'a' }, 'ns'), undefined, 'skip'],
        ['one without a node', pod(spread()), 'add', undefined, pending({}, { app: 'a' }), 'skip'],
        ['begins to count', pod(spread()), 'updatePodLabel', running(), running({}, { app: 'a' }), 'queue'],
        ['ceases to count', pod(spread()), 'updatePodLabel', running({}, { app: 'a' }), running(), 'queue'],
        [
          'another label',
          pod(spread()),
          'updatePodLabel',
          running({}, { b: 'a' }),
          running({}, { b: 'b' }),
          'skip',
        ],
        [
          'its own labels',
          pod(spread()),
          'updatePodLabel',
          pod(spread()),
          pod(spread(), { app: 'a' }),
          'queue',
        ],
        [
          'its own tolerations, honoured',
          pod(spread({ nodeTaintsPolicy: 'Honor' })),
          'updatePodToleration',
          pod(),
          tolerating,
          'queue',
        ],
        ['its own tolerations, ignored', pod(spread()), 'updatePodToleration', pod(), tolerating, 'skip'],
        [
          'only soft constraints',
          pod(spread({ whenUnsatisfiable: 'ScheduleAnyway' })),
          'delete',
          running({}, { app: 'a' }),
          undefined,
          'skip',
        ],
      ],
      Node: [
        ['a new domain', pod(spread()), 'add', undefined, node({ zone: 'a' }), 'queue'],
        ['a new node without the label', pod(spread()), 'add', undefined, node(), 'skip'],
        ['a node of a domain goes', pod(spread()), 'delete', node({ zone: 'a' }), undefined, 'queue'],
        ['a node without the label goes', pod(spread()), 'delete', node(), undefined, 'skip'],
        ['it gets the label', pod(spread()), 'updateNodeLabel', node(), node({ zone: 'a' }), 'queue'],
        ['it loses the label', pod(spread()), 'updateNodeLabel', node({ zone: 'a' }), node(), 'queue'],
        ['it moves', pod(spread()), 'updateNodeLabel', node({ zone: 'a' }), node({ zone: 'b' }), 'queue'],
        [
          'another label',
          pod(spread()),
          'updateNodeLabel',
          node({ zone: 'a' }),
          node({ zone: 'a', b: 'c' }),
          'skip',
        ],
        [
          'other taints',
          pod(spread()),
          'updateNodeTaint',
          node({ zone: 'a' }, { taints: [taint] }),
          node({ zone: 'a' }),
          'queue',
        ],
        [
          'another label beside equal taints',
          pod(spread()),
          'updateNodeLabel',
          node({ zone: 'a' }, { taints: [{ ...taint }] }),
          node({ zone: 'a', b: 'c' }, { taints: [{ ...taint }] }),
          'skip',
        ],
        [
          'other taints without the label',
          pod(spread()),
          'updateNodeTaint',
          node({}, { taints: [taint] }),
          node(),
          'skip',
        ],
      ],
    },
  },
  InterPodAffinity: {
    source: 'interpodaffinity/plugin.go',
    events: { Pod: ['add', 'updatePodLabel', 'delete'], Node: ['add', 'updateNodeLabel'] },
    rows: {
      Pod: [
        ['a wanted pod comes', pod(near('a')), 'add', undefined, running({}, { app: 'a' }), 'queue'],
        ['another pod comes', pod(near('a')), 'add', undefined, running({}, { app: 'b' }), 'skip'],
        ['one without a node', pod(near('a')), 'add', undefined, pending({}, { app: 'a' }), 'skip'],
        [
          'begins to be wanted',
          pod(near('a')),
          'updatePodLabel',
          running(),
          running({}, { app: 'a' }),
          'queue',
        ],
        ['ceases to be', pod(near('a')), 'updatePodLabel', running({}, { app: 'a' }), running(), 'skip'],
        ['a wanted pod goes', pod(near('a')), 'delete', running({}, { app: 'a' }), undefined, 'skip'],
        ['an unwanted pod goes', pod(away('a')), 'delete', running({}, { app: 'a' }), undefined, 'queue'],
        ['another pod goes', pod(away('a')), 'delete', running({}, { app: 'b' }), undefined, 'skip'],
        [
          'ceases to be unwanted',
          pod(away('a')),
          'updatePodLabel',
          running({}, { app: 'a' }),
          running(),
          'queue',
        ],
        [
          'one that did not want it goes',
          pod({}, { app: 'x' }),
          'delete',
          running(away('x')),
          undefined,
          'queue',
        ],
        [
          'one that did not want others goes',
          pod({}, { app: 'x' }),
          'delete',
          running(away('y')),
          undefined,
          'skip',
        ],
        [
          'its own labels',
          pod(near('a')),
          'updatePodLabel',
          pod(near('a')),
          pod(near('a'), { b: 'c' }),
          'queue',
        ],
      ],
      Node: [
        ['a new node with the key', pod(near('a')), 'add', undefined, node({ zone: 'a' }), 'queue'],
        ['a new node without it', pod(near('a')), 'add', undefined, node(), 'skip'],
        ['a new node, to stay away', pod(away('a')), 'add', undefined, node(), 'queue'],
        ['it gets the key', pod(near('a')), 'updateNodeLabel', node(), node({ zone: 'a' }), 'queue'],
        ['it moves', pod(near('a')), 'updateNodeLabel', node({ zone: 'a' }), node({ zone: 'b' }), 'queue'],
        ['it loses the key', pod(near('a')), 'updateNodeLabel', node({ zone: 'a' }), node(), 'skip'],
        [
          'it moves, to stay away',
          pod(away('a')),
          'updateNodeLabel',
          node({ zone: 'a' }),
          node({ zone: 'b' }),
          'queue',
        ],
        [
          'it loses the key, to stay away',
          pod(away('a')),
          'updateNodeLabel',
          node({ zone: 'a' }),
          node(),
          'queue',
        ],
        [
          'it gets the key, to stay away',
          pod(away('a')),
          'updateNodeLabel',
          node(),
          node({ zone: 'a' }),
          'skip',
        ],
        [
          'another label',
          pod(near('a')),
          'updateNodeLabel',
          node({ zone: 'a' }),
          node({ zone: 'a', b: 'c' }),
          'skip',
        ],
      ],
    },
  },
  DynamicResources: {
    source: 'dynamicresources/dynamicresources.go (claims are not simulated)',
    events: {},
    rows: {},
  },
  DefaultPreemption: {
    source: 'defaultpreemption/default_preemption.go',
    events: { Pod: ['delete'] },
    rows: { Pod: [['a victim goes', pod(), 'delete', running(), undefined, 'skip']] },
  },
  NodeResourcesBalancedAllocation: { source: 'noderesources/balanced_allocation.go', events: {}, rows: {} },
  ImageLocality: { source: 'imagelocality/image_locality.go', events: {}, rows: {} },
  DefaultBinder: { source: 'defaultbinder/default_binder.go', events: {}, rows: {} },
  NodeDeclaredFeatures: {
    source: 'nodedeclaredfeatures/nodedeclaredfeatures.go (no pod needs any here)',
    events: {},
    rows: {},
  },
};

/** Resource → names of the actions asked for, as the plugin says. */
function asked(plugin: string): Record<string, string[]> {
  const actions = new Map<string, number>();
  for (const { resource, actions: bits } of framework.plugins.byName.get(plugin)?.events?.() ?? [])
    actions.set(resource, (actions.get(resource) ?? 0) | bits);
  return Object.fromEntries(
    [...actions].map(([resource, bits]) => [
      resource,
      Object.entries(Action)
        .flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [name]))
        .sort(),
    ]),
  );
}

describe('queueing hints', () => {
  it('are known for every plugin of the default profile', () => {
    const names = (defaultPlugins.multiPoint?.enabled ?? []).map(({ name }) => name);
    expect(Object.keys(TABLE).sort()).toEqual([...names].sort());
  });

  it.each(Object.entries(TABLE))('%s asks for these events', (plugin, { events }) => {
    const sorted = Object.entries(events).map(([resource, actions]) => [resource, [...actions].sort()]);
    expect(asked(plugin)).toEqual(Object.fromEntries(sorted));
  });

  it.each(Object.entries(TABLE))('%s has a row for each of them', (_, { events, rows }) => {
    for (const [resource, actions] of Object.entries(events)) {
      const shown = new Set(rows[resource as EventResource]?.map(([, , action]) => action));
      expect(actions.filter((action) => !shown.has(action))).toEqual([]);
    }
  });

  const rows = Object.entries(TABLE).flatMap(([plugin, table]) =>
    Object.entries(table.rows).flatMap(([resource, listed]) =>
      listed.map((row) => ({
        plugin,
        resource: resource as EventResource,
        row,
        title: row[0],
        wanted: row[5],
      })),
    ),
  );

  it.each(rows)('$plugin, $resource: $title: $wanted', ({ plugin, resource, row, wanted }) => {
    expect(verdict(plugin, resource, row[1], row)).toBe(wanted);
  });
});
