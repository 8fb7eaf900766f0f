/** Which cluster events a change of an object comes to: `framework/events.go`, Kubernetes v1.36. */
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../../sim/api/index.ts';
import { mayHelpOthers, nodeEvents, podEvents } from '../../../sim/scheduler/framework/pod-events.ts';

const made = <T>(object: object): T => object as T;
const meta = (more: object = {}) => ({
  name: 'x',
  uid: 'x',
  resourceVersion: '1',
  creationTimestamp: '',
  ...more,
});
const pod = (spec: object = {}, labels?: object, status?: object): Pod =>
  made({ metadata: meta({ labels }), spec: { containers: [], ...spec }, status });
const node = (spec: object = {}, metadata: object = {}, status: object = {}): Node =>
  made({ metadata: meta(metadata), spec, status });
const asking = (cpu: string, memory = '1Gi'): object => ({
  containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory } } }],
});
const ready = (status: string): object => ({ conditions: [{ type: 'Ready', status }] });
const taints = [{ key: 'k', effect: 'NoSchedule' }];

describe('a pod', () => {
  it.each<[string, Pod, Pod, readonly string[]]>([
    ['relabelled', pod(), pod({}, { a: 'b' }), ['PodLabelChange']],
    ['asks for less', pod(asking('2')), pod(asking('1')), ['PodRequestScaledDown']],
    ['asks for more', pod(asking('1')), pod(asking('2')), ['PodUpdate']],
    [
      'asks for more of one, less of the other',
      pod(asking('1', '2Gi')),
      pod(asking('2', '1Gi')),
      ['PodRequestScaledDown'],
    ],
    [
      'loses its gates',
      pod({ schedulingGates: [{ name: 'g' }] }),
      pod(),
      ['PodSchedulingGateEliminatedChange'],
    ],
    [
      'loses one of its gates',
      pod({ schedulingGates: [{ name: 'g' }, { name: 'h' }] }),
      pod({ schedulingGates: [{ name: 'h' }] }),
      ['PodUpdate'],
    ],
    ['tolerates more', pod(), pod({ tolerations: [{ operator: 'Exists' }] }), ['PodTolerationChange']],
    [
      'changes in two ways',
      pod(asking('2')),
      pod(asking('1'), { a: 'b' }),
      ['PodLabelChange', 'PodRequestScaledDown'],
    ],
    [
      'has another status',
      pod({}, undefined, { phase: 'Pending' }),
      pod({}, undefined, { phase: 'Running' }),
      ['PodUpdate'],
    ],
  ])('%s', (_, before, after, labels) => {
    expect(podEvents(before, after).map(({ label }) => label)).toEqual(labels);
  });

  it('of which only the status changed helps nobody', () => {
    const before = pod();
    expect(mayHelpOthers(before, { ...before, status: { phase: 'Running' } })).toBe(false);
    expect(mayHelpOthers(before, { ...before, metadata: { ...before.metadata, labels: { a: 'b' } } })).toBe(
      true,
    );
    expect(mayHelpOthers(before, { ...before, spec: { ...before.spec } })).toBe(true);
  });
});

describe('a node', () => {
  it.each<[string, Node, Node, readonly string[]]>([
    ['cordoned', node(), node({ unschedulable: true }), []],
    ['uncordoned', node({ unschedulable: true }), node(), ['NodeTaintChange']],
    ['tainted', node(), node({ taints }), ['NodeTaintChange']],
    ['with equal taints', node({ taints }), node({ taints: [{ ...taints[0] }] }), []],
    ['relabelled', node(), node({}, { labels: { a: 'b' } }), ['NodeLabelChange']],
    ['annotated', node(), node({}, { annotations: { a: 'b' } }), ['NodeAnnotationChange']],
    [
      'grown',
      node({}, {}, { allocatable: { cpu: '1' } }),
      node({}, {}, { allocatable: { cpu: '2' } }),
      ['NodeAllocatableChange'],
    ],
    ['ready', node({}, {}, ready('False')), node({}, {}, ready('True')), ['NodeConditionChange']],
    ['as ready as before', node({}, {}, ready('True')), node({}, {}, ready('True')), []],
    [
      'grown and relabelled',
      node({}, {}, { allocatable: { cpu: '1' } }),
      node({}, { labels: { a: 'b' } }, { allocatable: { cpu: '2' } }),
      ['NodeAllocatableChange', 'NodeLabelChange'],
    ],
  ])('%s', (_, before, after, labels) => {
    expect(nodeEvents(before, after).map(({ label }) => label)).toEqual(labels);
  });
});
