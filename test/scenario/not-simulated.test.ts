/** Fields of pods that do nothing are told of when the scenario is loaded, each once, wherever the pod comes from. */
import { describe, expect, it } from 'vitest';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario } from '../../sim/scenario/index.ts';

const HEAD = `apiVersion: kubedes.io/v1
kind: Scenario
metadata: { name: s }
cluster: { nodes: [{ name: n }] }
`;

const load = (body: string, manifest = '') => {
  const source = {
    read: (path: string) => (path === 's.yaml' ? HEAD + body : manifest),
    resolve: (_: string, path: string) => path,
    show: (path: string) => path,
  };
  return loadScenario('s.yaml', source, { registries: loadRegistries() }).diagnostics.map(
    ({ file, line, severity, message, found }) =>
      `${file}:${line} ${severity} ${message.split(':')[0]} (${found})`,
  );
};

const pod = (name: string, container: string, spec = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { ${spec} containers: [{ name: c, image: i, ${container} }] }\n`;

const job = (container: string) =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec:\n  activeDeadlineSeconds: 9\n  template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i, ${container} }] } }\n`;

describe('a field of pods that does nothing', () => {
  it.each([
    ['livenessProbe', 'livenessProbe: { tcpSocket: { port: 80 } }', ''],
    ['lifecycle.postStart', 'lifecycle: { postStart: { sleep: { seconds: 1 } } }', ''],
    ['lifecycle.preStop.exec', 'lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }', ''],
    ['lifecycle.preStop.httpGet', 'lifecycle: { preStop: { httpGet: { path: /, port: 80 } } }', ''],
    ['activeDeadlineSeconds', '', 'activeDeadlineSeconds: 5,'],
  ])('is warned of at the first that has it: %s', (field, container, spec) => {
    const manifest = [pod('a', ''), pod('b', container, spec), pod('c', container, spec)].join('---\n');
    expect(load('manifests: [m.yaml]\n', manifest)).toEqual([
      `m.yaml:6 warning ${field} of pods is not simulated (Pod b)`,
    ]);
  });

  it('is found in templates, init containers and pods of workloads', () => {
    const probe = 'livenessProbe: { tcpSocket: { port: 80 } }';
    expect(load('manifests: [m.yaml]\n', job(probe))).toEqual([
      'm.yaml:1 warning livenessProbe of pods is not simulated (Job j)',
    ]);
    const sidecar = `initContainers: [{ name: i, image: i, restartPolicy: Always, ${probe} }],`;
    expect(load('manifests: [m.yaml]\n', pod('p', '', sidecar))).toHaveLength(1);
    const workload = `workload:\n  - name: w\n    arrival: { every: 1m }\n    pod: { spec: { activeDeadlineSeconds: 5 } }\n`;
    expect(load(workload)).toEqual(['s.yaml:8 warning activeDeadlineSeconds of pods is not simulated (w)']);
  });

  it('is not one that does something', () => {
    const fine =
      'lifecycle: { preStop: { sleep: { seconds: 5 } } }, readinessProbe: { tcpSocket: { port: 80 } }';
    expect(load('manifests: [m.yaml]\n', `${pod('p', fine)}---\n${job(fine)}`)).toEqual([]);
  });
});
