/**
 * Corners of the default plugins' rules that the recordings do not show, worked out by hand from upstream's documentation and
 * source (`pkg/scheduler/framework/plugins`, Kubernetes v1.36).
 */
import { describe, expect, it } from 'vitest';
import type { Namespace, Node, Pod } from '../../sim/api/index.ts';
import { type Evaluation, evaluate } from '../../sim/scheduler/index.ts';
import { type GoldenObjects, type GoldenProfile, loadCluster } from '../support/scheduler/golden-cluster.ts';

const TIME = '2026-01-01T00:00:00Z';
const meta = (name: string, more: object = {}) => ({
  name,
  uid: name,
  resourceVersion: '1',
  creationTimestamp: TIME,
  ...more,
});
const made = <T>(object: object): T => object as T;
type Labels = Readonly<Record<string, string>>;

const ROOM = { cpu: '10', memory: '10Gi', pods: '10' };
const node = (labels: Labels = {}, allocatable: Labels = ROOM, more: object = {}, name = 'n'): Node =>
  made({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(name, { labels }),
    spec: {},
    status: { allocatable },
    ...more,
  });
const pod = (spec: object = {}, labels: Labels = {}, name = 'p', more: object = {}): Pod =>
  made({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, { namespace: 'default', labels, ...more }),
    spec: { containers: [{ name: 'c', image: 'web' }], ...spec },
  });
const asking = (requests: Labels): object => ({
  containers: [{ name: 'c', image: 'web', resources: { requests } }],
});
let placed = 0;
const on = (name: string, spec: object = {}, labels: Labels = {}, more: object = {}): Pod =>
  pod({ ...spec, nodeName: name }, labels, `placed-${placed++}`, more);
const namespace = (name: string, labels: Labels = {}): Namespace =>
  made({ apiVersion: 'v1', kind: 'Namespace', metadata: meta(name, { labels }) });

function look(objects: GoldenObjects, one: Pod, pluginConfig: Record<string, unknown> = {}): Evaluation {
  const namespaces = [namespace('default'), namespace('other', { team: 'a' })];
  const profile: GoldenProfile = { name: 'x', pluginConfig };
  return evaluate(loadCluster({ namespaces, ...objects }, profile).framework, one);
}

/** "Code: reasons" of the plugin's own verdict on node n; undefined if it passes. */
function verdict(plugin: string, evaluation: Evaluation): string | undefined {
  const { status } = evaluation.preFilter;
  const found = status?.plugin === plugin ? status : evaluation.filterAll.get('n')?.get(plugin);
  return found && `${found.code}: ${found.reasons.toSorted().join()}`;
}

type FilterRow = readonly [
  why: string,
  plugin: string,
  objects: GoldenObjects,
  pod: Pod,
  verdict: string | undefined,
  config?: Record<string, unknown>,
];

const SPREAD = "Unschedulable: node(s) didn't match pod topology spread constraints";
const UNLABELLED =
  "UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)";
const PORTS = "Unschedulable: node(s) didn't have free ports for the requested pod ports";
const AFFINITY = "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules";
const ANTI = "Unschedulable: node(s) didn't match pod anti-affinity rules";
const THEIRS = "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules";
const SELECTOR = "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector";
const TAINTED = 'UnschedulableAndUnresolvable: node(s) had untolerated taint(s)';
const DISK = 'Unschedulable: node(s) had no available disk';

const port = (hostPort: number, hostIP?: string, protocol = 'TCP'): object => ({
  containers: [{ name: 'c', image: 'web', ports: [{ containerPort: 1, hostPort, hostIP, protocol }] }],
});
const needs = (...terms: readonly object[]): object => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  },
});
const expression = (key: string, operator: string, ...values: readonly string[]): object => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});
const taints = (...list: readonly object[]): object => ({ spec: { taints: list } });
const tolerates = (...tolerations: readonly object[]): object => ({ tolerations });
const term = (app: string, topologyKey: string, more: object = {}): object => ({
  labelSelector: { matchLabels: { app } },
  topologyKey,
  ...more,
});
const near = (...terms: readonly object[]): object => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const away = (...terms: readonly object[]): object => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const spread = (more: object = {}, ...others: readonly object[]): object => ({
  topologySpreadConstraints: [
    {
      topologyKey: 'zone',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'a' } },
      ...more,
    },
    ...others,
  ],
});
const zone = (name: string, value: string, more: object = {}): Node =>
  node({ zone: value }, ROOM, more, name);
const A = { app: 'a' };

const FILTERS: readonly FilterRow[] = [
  [
    'a resource asked for with 0 is not missed',
    'NodeResourcesFit',
    { nodes: [node({}, { ...ROOM, 'x.y/gpu': '1' })], pods: [on('n', asking({ 'x.y/gpu': '2' }))] },
    pod(asking({ 'x.y/gpu': '0' })),
    undefined,
  ],
  [
    'a node that is overcommitted takes a pod that asks for nothing',
    'NodeResourcesFit',
    { nodes: [node({}, { ...ROOM, cpu: '1' })], pods: [on('n', asking({ cpu: '2' }))] },
    pod(),
    undefined,
  ],
  [
    'but not if its slots are taken',
    'NodeResourcesFit',
    { nodes: [node({}, { ...ROOM, pods: '1' })], pods: [on('n')] },
    pod(),
    'Unschedulable: Too many pods',
  ],
  [
    'one resource that no eviction frees decides the code',
    'NodeResourcesFit',
    { nodes: [node({}, { cpu: '2', memory: '1Gi', pods: '10' })], pods: [on('n', asking({ cpu: '2' }))] },
    pod(asking({ cpu: '1', memory: '2Gi' })),
    'UnschedulableAndUnresolvable: Insufficient cpu,Insufficient memory',
  ],
  [
    'huge pages are counted like extended resources',
    'NodeResourcesFit',
    {
      nodes: [node({}, { ...ROOM, 'hugepages-2Mi': '4Mi' })],
      pods: [on('n', asking({ 'hugepages-2Mi': '4Mi' }))],
    },
    pod(asking({ 'hugepages-2Mi': '2Mi' })),
    'Unschedulable: Insufficient hugepages-2Mi',
  ],
  [
    'huge pages cannot be ignored, groups of extended resources can',
    'NodeResourcesFit',
    { nodes: [node()] },
    pod(asking({ 'hugepages-2Mi': '2Mi', 'x.y/gpu': '1', 'x.z/gpu': '1' })),
    'UnschedulableAndUnresolvable: Insufficient hugepages-2Mi,Insufficient x.z/gpu',
    { NodeResourcesFit: { ignoredResourceGroups: ['x.y'], ignoredResources: ['hugepages-2Mi'] } },
  ],
  [
    'a port on all addresses',
    'NodePorts',
    { nodes: [node()], pods: [on('n', port(80))] },
    pod(port(80, '10.0.0.1')),
    PORTS,
  ],
  [
    'an address and all',
    'NodePorts',
    { nodes: [node()], pods: [on('n', port(80, '10.0.0.1'))] },
    pod(port(80, '0.0.0.0')),
    PORTS,
  ],
  [
    'two addresses',
    'NodePorts',
    { nodes: [node()], pods: [on('n', port(80, '10.0.0.1'))] },
    pod(port(80, '10.0.0.2')),
    undefined,
  ],
  [
    'two protocols',
    'NodePorts',
    { nodes: [node()], pods: [on('n', port(80))] },
    pod(port(80, undefined, 'UDP')),
    undefined,
  ],
  [
    'a label that is no number',
    'NodeAffinity',
    { nodes: [node({ size: 'big' })] },
    pod(needs(expression('size', 'Gt', '1'))),
    SELECTOR,
  ],
  [
    'a number that is less',
    'NodeAffinity',
    { nodes: [node({ size: '3' })] },
    pod(needs(expression('size', 'Lt', '4'))),
    undefined,
  ],
  [
    'NotIn without the label',
    'NodeAffinity',
    { nodes: [node()] },
    pod(needs(expression('size', 'NotIn', 'a'))),
    undefined,
  ],
  ['a term without requirements', 'NodeAffinity', { nodes: [node()] }, pod(needs({})), SELECTOR],
  [
    'one term of several',
    'NodeAffinity',
    { nodes: [node({ a: '1' })] },
    pod(needs(expression('b', 'Exists'), expression('a', 'Exists'))),
    undefined,
  ],
  [
    'selector and affinity together',
    'NodeAffinity',
    { nodes: [node({ a: '1' })] },
    pod({ ...needs(expression('a', 'Exists')), nodeSelector: { b: '1' } }),
    SELECTOR,
  ],
  [
    'affinity that the profile adds',
    'NodeAffinity',
    { nodes: [node({ a: '1' })] },
    pod(),
    "UnschedulableAndUnresolvable: node(s) didn't match scheduler-enforced node affinity",
    {
      NodeAffinity: {
        addedAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [expression('b', 'Exists')] },
        },
      },
    },
  ],
  [
    'NoExecute counts, PreferNoSchedule does not',
    'TaintToleration',
    { nodes: [node({}, ROOM, taints({ key: 'a', effect: 'PreferNoSchedule' }))] },
    pod(),
    undefined,
  ],
  [
    'tolerated for some seconds is tolerated',
    'TaintToleration',
    { nodes: [node({}, ROOM, taints({ key: 'a', effect: 'NoExecute' }))] },
    pod(tolerates({ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 })),
    undefined,
  ],
  [
    'Exists without a key tolerates all of its effect',
    'TaintToleration',
    {
      nodes: [node({}, ROOM, taints({ key: 'a', effect: 'NoSchedule' }, { key: 'b', effect: 'NoExecute' }))],
    },
    pod(tolerates({ operator: 'Exists', effect: 'NoSchedule' })),
    TAINTED,
  ],
  [
    'another value',
    'TaintToleration',
    { nodes: [node({}, ROOM, taints({ key: 'a', value: '1', effect: 'NoSchedule' }))] },
    pod(tolerates({ key: 'a', value: '2', effect: 'NoSchedule' })),
    TAINTED,
  ],
  [
    'a cordon is not tolerated by another effect',
    'NodeUnschedulable',
    { nodes: [node({}, ROOM, { spec: { unschedulable: true } })] },
    pod(tolerates({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoExecute' })),
    'UnschedulableAndUnresolvable: node(s) were unschedulable',
  ],
  [
    'fewer domains than demanded: the fewest are 0',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A), on('m', {}, A)] },
    pod(spread({ minDomains: 3 }), A),
    SPREAD,
  ],
  [
    'enough of them',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A), on('m', {}, A)] },
    pod(spread({ minDomains: 2 }), A),
    undefined,
  ],
  [
    'pods that go are not counted',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A, { deletionTimestamp: TIME })] },
    pod(spread(), A),
    undefined,
  ],
  [
    'nor those of another namespace',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A, { namespace: 'other' })] },
    pod(spread(), A),
    undefined,
  ],
  [
    'the pod does not count itself if it is not selected',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A)] },
    pod(spread()),
    undefined,
  ],
  [
    'a tainted domain counts unless taints are honoured',
    'PodTopologySpread',
    {
      nodes: [zone('n', 'a'), zone('m', 'b', taints({ key: 'k', effect: 'NoSchedule' }))],
      pods: [on('n', {}, A)],
    },
    pod(spread(), A),
    SPREAD,
  ],
  [
    'and not if they are',
    'PodTopologySpread',
    {
      nodes: [zone('n', 'a'), zone('m', 'b', taints({ key: 'k', effect: 'NoSchedule' }))],
      pods: [on('n', {}, A)],
    },
    pod(spread({ nodeTaintsPolicy: 'Honor' }), A),
    undefined,
  ],
  [
    'a domain that the selector leaves out does not count unless affinity is ignored',
    'PodTopologySpread',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('n', {}, A)] },
    pod({ ...spread({ nodeAffinityPolicy: 'Ignore' }), nodeSelector: { zone: 'a' } }, A),
    SPREAD,
  ],
  [
    'all keys are needed',
    'PodTopologySpread',
    { nodes: [zone('n', 'a')] },
    pod(
      spread({}, { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }),
      A,
    ),
    UNLABELLED,
  ],
  [
    'the first of a series needs the key all the same',
    'InterPodAffinity',
    { nodes: [node()] },
    pod(near(term('a', 'zone')), A),
    AFFINITY,
  ],
  [
    'the first of a series',
    'InterPodAffinity',
    { nodes: [zone('n', 'a')] },
    pod(near(term('a', 'zone')), A),
    undefined,
  ],
  [
    'it is not the first if one is somewhere else',
    'InterPodAffinity',
    { nodes: [zone('n', 'a'), zone('m', 'b')], pods: [on('m', {}, A)] },
    pod(near(term('a', 'zone')), A),
    AFFINITY,
  ],
  [
    'it is the first if that one has no domain',
    'InterPodAffinity',
    { nodes: [zone('n', 'a'), node({}, ROOM, {}, 'm')], pods: [on('m', {}, A)] },
    pod(near(term('a', 'zone')), A),
    undefined,
  ],
  [
    'one pod has to match all terms',
    'InterPodAffinity',
    { nodes: [zone('n', 'a')], pods: [on('n', {}, { app: 'a' }), on('n', {}, { app: 'b' })] },
    pod(near(term('a', 'zone'), term('b', 'zone'))),
    AFFINITY,
  ],
  [
    'all namespaces are meant by an empty selector of them',
    'InterPodAffinity',
    { nodes: [zone('n', 'a')], pods: [on('n', {}, A, { namespace: 'other' })] },
    pod(away(term('a', 'zone', { namespaceSelector: {} }))),
    ANTI,
  ],
  [
    'the own one is not meant where another is selected',
    'InterPodAffinity',
    { nodes: [zone('n', 'a')], pods: [on('n', {}, A)] },
    pod(away(term('a', 'zone', { namespaceSelector: { matchLabels: { team: 'a' } } }))),
    undefined,
  ],
  [
    'a running pod that goes still repels',
    'InterPodAffinity',
    { nodes: [zone('n', 'a')], pods: [on('n', away(term('a', 'zone')), {}, { deletionTimestamp: TIME })] },
    pod({}, A),
    THEIRS,
  ],
  [
    'a disk that both only read',
    'VolumeRestrictions',
    {
      nodes: [node()],
      pods: [
        on('n', { volumes: [{ name: 'v', iscsi: { targetPortal: 'p', iqn: 'i', lun: 0, readOnly: true } }] }),
      ],
    },
    pod({ volumes: [{ name: 'v', iscsi: { targetPortal: 'q', iqn: 'i', lun: 1, readOnly: true } }] }),
    undefined,
  ],
  [
    'an elastic block store, read or not',
    'VolumeRestrictions',
    {
      nodes: [node()],
      pods: [on('n', { volumes: [{ name: 'v', awsElasticBlockStore: { volumeID: 'i', readOnly: true } }] })],
    },
    pod({ volumes: [{ name: 'v', awsElasticBlockStore: { volumeID: 'i', readOnly: true } }] }),
    DISK,
  ],
  [
    'one monitor in common is enough',
    'VolumeRestrictions',
    {
      nodes: [node()],
      pods: [on('n', { volumes: [{ name: 'v', rbd: { monitors: ['x', 'y'], image: 'i', pool: 'rbd' } }] })],
    },
    pod({ volumes: [{ name: 'v', rbd: { monitors: ['y', 'z'], image: 'i', pool: 'rbd' } }] }),
    DISK,
  ],
];

describe('verdicts', () => {
  const rows = FILTERS.map(([why, plugin, objects, one, wanted, config]) => ({
    why,
    plugin,
    objects,
    one,
    wanted,
    config,
  }));

  it.each(rows)('$why ($plugin)', ({ plugin, objects, one, wanted, config }) => {
    expect(verdict(plugin, look(objects, one, config))).toBe(wanted);
  });
});

const strategy = (type: string, more: object = {}): Record<string, unknown> => ({
  NodeResourcesFit: { scoringStrategy: { type, ...more } },
});
const images = (...names: readonly [string, number][]): object => ({
  status: {
    allocatable: ROOM,
    images: names.map(([name, mebibytes]) => ({ names: [name], sizeBytes: mebibytes * 1024 * 1024 })),
  },
});
const other = node({}, ROOM, {}, 'other');
const shape = (...points: readonly (readonly [number, number])[]): object => ({
  requestedToCapacityRatio: { shape: points.map(([utilization, score]) => ({ utilization, score })) },
});

type ScoreRow = readonly [
  why: string,
  plugin: string,
  objects: GoldenObjects,
  pod: Pod,
  score: number | undefined,
  config?: Record<string, unknown>,
];

const SCORES: readonly ScoreRow[] = [
  // cpu: (10 − 5)·100/10 = 50; memory: 200 MiB by default of 10 GiB: 98; (50 + 98)/2.
  ['half of the cpu', 'NodeResourcesFit', { nodes: [node(), other] }, pod(asking({ cpu: '5' })), 74],
  // cpu asked for as 0 stays 0: 100; memory as above.
  ['a request of 0 stays 0', 'NodeResourcesFit', { nodes: [node(), other] }, pod(asking({ cpu: '0' })), 99],
  // The GPU that the node lacks is left out, and so is its weight.
  [
    'a resource that the node lacks',
    'NodeResourcesFit',
    { nodes: [node(), node({}, { ...ROOM, 'x.y/gpu': '4' }, {}, 'other')] },
    pod(asking({ cpu: '5', memory: '5Gi' })),
    50,
    strategy('LeastAllocated', {
      resources: [
        { name: 'cpu', weight: 1 },
        { name: 'memory', weight: 1 },
        { name: 'x.y/gpu', weight: 8 },
      ],
    }),
  ],
  // cpu 60 %, weight 3; memory 20 %, weight 1: (180 + 20)/4.
  [
    'most allocated, weighted',
    'NodeResourcesFit',
    { nodes: [node(), other], pods: [on('n', asking({ cpu: '4', memory: '1Gi' }))] },
    pod(asking({ cpu: '2', memory: '1Gi' })),
    50,
    strategy('MostAllocated', {
      resources: [
        { name: 'cpu', weight: 3 },
        { name: 'memory', weight: 1 },
      ],
    }),
  ],
  // cpu 55 %: 0 up to 50 % and 100 at 100 %: 5·100/50 = 10. Memory at 10 % scores 0 and is left out.
  [
    'a resource that scores 0 has no weight',
    'NodeResourcesFit',
    { nodes: [node(), other] },
    pod(asking({ cpu: '5500m', memory: '1Gi' })),
    10,
    strategy('RequestedToCapacityRatio', shape([0, 0], [50, 0], [100, 10])),
  ],
  // Falling from 100 at 0 % to 0 at 100 %: cpu 30 % 70, memory 20 % 80.
  [
    'a falling shape',
    'NodeResourcesFit',
    { nodes: [node(), other] },
    pod(asking({ cpu: '3', memory: '2Gi' })),
    75,
    strategy('RequestedToCapacityRatio', shape([0, 10], [100, 0])),
  ],
  // Outside the shape its ends go on.
  [
    'below the first point',
    'NodeResourcesFit',
    { nodes: [node(), other] },
    pod(asking({ cpu: '1', memory: '1Gi' })),
    30,
    strategy('RequestedToCapacityRatio', shape([40, 3], [80, 9])),
  ],
  // Before: 0 and 0. After: 0.5 and 0.1, deviation 0.2: 50 + (50 + 80 − 100)/2.
  [
    'balance that the pod spoils',
    'NodeResourcesBalancedAllocation',
    { nodes: [node(), other] },
    pod(asking({ cpu: '5', memory: '1Gi' })),
    65,
  ],
  // Before: 0.5 and 0, deviation 0.25: 75. After: 0.5 and 0.5: 50 + (50 + 100 − 75)/2, truncated.
  [
    'balance that the pod mends',
    'NodeResourcesBalancedAllocation',
    { nodes: [node(), other], pods: [on('n', asking({ cpu: '5' }))] },
    pod(asking({ memory: '5Gi' })),
    87,
  ],
  [
    'a pod that asks for nothing',
    'NodeResourcesBalancedAllocation',
    { nodes: [node(), other] },
    pod(),
    undefined,
  ],
  // 0.5, 0.1 and 0.3 after 0, 0, 0: population deviation 0.1632…: 83; 50 + (50 + 83 − 100)/2, truncated.
  [
    'balance of three',
    'NodeResourcesBalancedAllocation',
    { nodes: [node({}, { ...ROOM, 'x.y/gpu': '10' }), node({}, { ...ROOM, 'x.y/gpu': '10' }, {}, 'other')] },
    pod(asking({ cpu: '5', memory: '1Gi', 'x.y/gpu': '3' })),
    66,
    {
      NodeResourcesBalancedAllocation: {
        resources: ['cpu', 'memory', 'x.y/gpu'].map((name) => ({ name, weight: 1 })),
      },
    },
  ],
  // Half of the nodes have it: 1,000 MiB · 1/2 = 500; (500 − 23)·100/(1000 − 23) = 48.
  [
    'an image on one of two nodes',
    'ImageLocality',
    { nodes: [node({}, ROOM, images(['web:latest', 1000])), other] },
    pod(),
    48,
  ],
  // Two containers of one image count it twice: (1,000 − 23)·100/(2,000 − 23) = 49.
  [
    'an image that two containers have',
    'ImageLocality',
    { nodes: [node({}, ROOM, images(['web:latest', 1000])), other] },
    pod({ initContainers: [{ name: 'i', image: 'web:latest' }] }),
    49,
  ],
  // 40 MiB · 1/2 = 20, less than 23.
  [
    'a small image',
    'ImageLocality',
    { nodes: [node({}, ROOM, images(['web:latest', 40])), other] },
    pod(),
    0,
  ],
  [
    'a registry with a port is no tag',
    'ImageLocality',
    { nodes: [node({}, ROOM, images(['r:5000/web:latest', 1000])), other] },
    pod({ containers: [{ name: 'c', image: 'r:5000/web' }] }),
    48,
  ],
  // One of two soft taints here, none there: 100 − 100·1/1.
  [
    'a soft taint that is tolerated for another effect',
    'TaintToleration',
    {
      nodes: [
        node(
          {},
          ROOM,
          taints({ key: 'a', effect: 'PreferNoSchedule' }, { key: 'b', effect: 'PreferNoSchedule' }),
        ),
        other,
      ],
    },
    pod(tolerates({ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists', effect: 'NoSchedule' })),
    0,
  ],
];

describe('scores', () => {
  const rows = SCORES.map(([why, plugin, objects, one, wanted, config]) => ({
    why,
    plugin,
    objects,
    one,
    wanted,
    config,
  }));

  it.each(rows)('$why ($plugin)', ({ plugin, objects, one, wanted, config }) => {
    const score = look(objects, one, config).scores.get('n')?.plugins.get(plugin);
    const weight = plugin === 'TaintToleration' ? 3 : 1;
    expect(score === undefined ? undefined : score / weight).toBe(wanted);
  });
});
