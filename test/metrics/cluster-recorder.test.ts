import { describe, expect, it } from 'vitest';
import { type Node, observationBus, type Pod } from '../../sim/api/index.ts';
import { type SimTime, START } from '../../sim/engine/index.ts';
import { type CsvName, CsvTable, createRecorders } from '../../sim/metrics/index.ts';

const at = (seconds: number) => (seconds * 1e6) as SimTime;

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', uid: 'n', resourceVersion: '1', creationTimestamp: '' },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
} as unknown as Node;

const pod = (phase: string, usage: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'default',
      uid: 'p',
      resourceVersion: '1',
      creationTimestamp: '',
      annotations: { 'kubedes.io/usage-cpu': usage },
    },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
    status: { phase },
  }) as unknown as Pod;

describe('the cluster recorder', () => {
  it('takes away what it added, whatever became of the annotations, and integrates exactly', () => {
    const bus = observationBus();
    const text = new Map<CsvName, string>();
    const open = (name: CsvName) =>
      new CsvTable(name, (more) => text.set(name, (text.get(name) ?? '') + more));
    const [recorder] = createRecorders(['nodes', 'cluster'], open, bus);
    bus.emit('node-changed', { time: START, node, previous: undefined, deleted: false });
    bus.emit('pod-changed', { time: START, pod: pod('Pending', '2'), previous: undefined, deleted: false });
    bus.emit('pod-lifecycle', { time: START, pod: pod('Running', '2'), node: 'n', step: 'started' });
    recorder?.sample?.(at(5));
    bus.emit('pod-lifecycle', { time: at(5), pod: pod('Running', '500m'), node: 'n', step: 'finished' });
    bus.emit('pod-changed', {
      time: at(5),
      pod: pod('Succeeded', '500m'),
      previous: pod('Running', '500m'),
      deleted: false,
    });
    recorder?.sample?.(at(10));
    recorder?.finish?.(at(10));
    const used = (text.get('nodes') ?? '')
      .split('\n')
      .slice(1, 3)
      .map((line) => line.split(',')[8]);
    expect(used).toEqual(['2000', '0']);
    const summary = new Map(recorder?.summary?.(at(10)).map(({ metric, value }) => [metric, value]));
    expect(summary.get('cpu_used_ratio_mean')).toBe(0.25);
    expect(summary.get('cpu_requested_ratio_mean')).toBe(0.125);
  });

  it('counts shares of GPUs as such, and pods that wait as demand', () => {
    const bus = observationBus();
    const lines: string[] = [];
    const open = (name: CsvName) =>
      new CsvTable(name, (text) => {
        if (name === 'cluster') lines.push(...text.trim().split('\n'));
      });
    const [recorder] = createRecorders(['nodes', 'cluster'], open, bus);
    const withGpus = {
      ...node,
      status: { ...node.status, allocatable: { cpu: '4', memory: '8Gi', 'nvidia.com/gpu': '4' } },
    };
    bus.emit('node-changed', { time: START, node: withGpus, previous: undefined, deleted: false });
    const asking = (name: string, nodeName: string, requests: object, annotations: object) =>
      ({
        metadata: { name, namespace: 'default', uid: name, annotations },
        spec: { nodeName, containers: [{ name: 'c', image: 'i', resources: { requests } }] },
        status: { phase: 'Pending' },
      }) as unknown as Pod;
    for (const pod of [
      asking('whole', 'n', { 'nvidia.com/gpu': '2' }, {}),
      asking('share', 'n', {}, { 'kubedes.io/gpu-milli': '500' }),
      asking('waits', '', {}, { 'kubedes.io/gpu-milli': '300' }),
    ])
      bus.emit('pod-changed', { time: START, pod, previous: undefined, deleted: false });
    recorder?.sample?.(at(5));
    recorder?.finish?.(at(5));
    expect(lines.at(-1)?.split(',').slice(-2)).toEqual(['0.7', '0.625']);
    const summary = new Map(recorder?.summary?.(at(5)).map(({ metric, value }) => [metric, value]));
    expect(summary.get('gpu_requested_ratio_end')).toBe(0.625);
  });
});
