/** Pods that will get no node are told of when the scenario is loaded, and nothing that may get one is. */
import { describe, expect, it } from 'vitest';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario } from '../../sim/scenario/index.ts';

const deployment = (spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: ${spec}
`;

const container = (resources: string): string =>
  `{ containers: [{ name: c, image: app, resources: { ${resources} } }] }`;

const node = (cpu: string): string => `apiVersion: v1
kind: Node
metadata: { name: big }
status: { capacity: { cpu: "${cpu}", memory: 1Ti }, allocatable: { cpu: "${cpu}", memory: 1Ti, pods: 9 } }
`;

const CLUSTER = `cluster:
  nodes:
    - { name: fast, count: 2, capacity: { cpu: 32, memory: 16Gi } }
    - { name: wide, count: 2, capacity: { cpu: 8, memory: 128Gi } }
`;

function warnings(body: string, files: Readonly<Record<string, string>> = {}) {
  const scenario = `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\nduration: 1h\n${CLUSTER}${body}`;
  const texts = new Map(Object.entries({ ...files, 's.yaml': scenario }));
  const source = {
    read: (path: string) => texts.get(path),
    resolve: (_: string, reference: string) => reference,
    show: (path: string) => path,
  };
  return loadScenario('s.yaml', source, { registries: loadRegistries() }).diagnostics;
}

const manifest = (text: string) => warnings('manifests: [{ file: o.yaml, count: 3 }]\n', { 'o.yaml': text });
const workload = (fields: string) =>
  warnings(`workload:\n  - name: w\n    arrival: { every: 1s }\n    ${fields}\n`);
const trace = (row: string) =>
  warnings('workload: [{ trace: t.csv }]\n', {
    't.csv': `id,arrival_s,cpu_m,mem_mib,duration_s\na,0,100,1,1\n${row}\n`,
  });

const CPU = { message: /more cpu than any/, hint: /fast-0, with 32/, found: /cpu: / };
const GPU = { message: /more nvidia.com\/gpu than any/, hint: /no node has any/, found: /web.*gpu: 1/ };
const TOGETHER = { message: /requests together/, found: /cpu: 10.*memory: 20Gi/ };
const SCHEDULER = { message: /no scheduler has this name/, found: /defualt-scheduler/, hint: /default-sch/ };

describe('a pod that gets no node', () => {
  it.each([
    ['a manifest', () => manifest(deployment(container('requests: { cpu: 33 }'))), CPU, 'o.yaml'],
    ['limits alone', () => manifest(deployment(container('limits: { nvidia.com/gpu: 1 }'))), GPU, 'o.yaml'],
    ['two resources', () => manifest(deployment(container('requests: { cpu: 10, memory: 20Gi }'))), TOGETHER],
    ['a generator', () => workload('pod: { requests: { cpu: 32001m } }'), CPU, 's.yaml'],
    ['a class of sizes', () => workload('sizes: [{ requests: { cpu: 1 } }, { requests: { cpu: 64 } }]'), CPU],
    ['a trace', () => trace('big-one,1,99000,1,1'), { ...CPU, found: /big-one with cpu: 99/ }, 's.yaml'],
    ['a scheduler', () => workload('pod: { spec: { schedulerName: defualt-scheduler } }'), SCHEDULER],
  ])(
    'is told of once: %s',
    (_what, diagnosticsOf, { message, found, ...rest }, file = expect.any(String)) => {
      expect(diagnosticsOf()).toEqual([
        {
          severity: 'warning',
          file,
          line: expect.any(Number),
          column: expect.any(Number),
          message: expect.stringMatching(message),
          found: expect.stringMatching(found),
          ...('hint' in rest && { hint: expect.stringMatching(rest.hint) }),
        },
      ]);
    },
  );

  it.each([
    ['all of a node', () => manifest(deployment(container('requests: { cpu: 32, memory: 16Gi }')))],
    [
      'a node of its own',
      () => manifest(deployment(`{ nodeName: fast-0, ${container('requests: { cpu: 99 }').slice(1)}`)),
    ],
    ['a drawn amount', () => workload('sizes: [{ requests: { cpu: { uniform: { min: 1, max: 99 } } } }]')],
    [
      'a node that comes',
      () =>
        warnings(
          'timeline: [{ at: 5s, apply: n.yaml }]\nworkload:\n  - name: w\n    arrival: { at: 1s }\n    pod: { requests: { cpu: 64 } }\n',
          { 'n.yaml': node('64') },
        ),
    ],
    [
      'a scheduler of the configuration',
      () =>
        warnings(
          'scheduler:\n  config:\n    apiVersion: kubescheduler.config.k8s.io/v1\n    kind: KubeSchedulerConfiguration\n    profiles: [{ schedulerName: mine }]\nworkload:\n  - name: w\n    arrival: { at: 1s }\n    pod: { spec: { schedulerName: mine } }\n',
        ),
    ],
  ])('may get one: %s', (_what, diagnosticsOf) => expect(diagnosticsOf()).toEqual([]));
});
