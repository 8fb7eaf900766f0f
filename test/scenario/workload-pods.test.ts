/** What the API server would refuse of a workload is told: before the run where it can be known, else after it. */
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { type Load, loadScenario } from '../../sim/scenario/index.ts';

const OBJECTS = `apiVersion: v1
kind: Namespace
metadata: { name: team }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 10
---
apiVersion: batch/v1
kind: Job
metadata: { name: job }
spec:
  completions: 2
  parallelism: 2
  template:
    metadata: { annotations: { kubedes.io/run-time: 100s } }
    spec:
      restartPolicy: Never
      containers: [{ name: c, image: app, resources: { requests: { cpu: 1 } } }]
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: app }] }
`;

function load(body: string, pod = ''): Load {
  const text = `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\nmanifests: [o.yaml]\n${body}`;
  const files = new Map([
    ['s.yaml', text],
    ['o.yaml', OBJECTS],
    ['web.yaml', DEPLOYMENT],
    ['pod.yaml', pod],
  ]);
  const source = {
    read: (path: string) => files.get(path),
    resolve: (_: string, reference: string) => reference,
    show: (path: string) => path,
  };
  return loadScenario('s.yaml', source, { registries: loadRegistries() });
}

const generator = (fields: string): string =>
  `workload:\n  - name: w\n    arrival: { every: 1s }\n    count: 3\n    ${fields}\n`;

function run(body: string) {
  const [loaded] = load(body).runs;
  return runScenario(loaded!, loadRegistries());
}

describe('the pod of a workload', () => {
  it.each([
    ['pod: { requests: { nvidia.com/gpu: 1 } }', 'Limit must be set'],
    ['pod: { spec: { tolerationz: [] } }', 'unknown field spec.tolerationz'],
    ['pod: { labels: { a: "no blanks" } }', 'labels'],
    ['pod: { annotations: { kubedes.io/deadline: soon } }', 'kubedes.io/deadline'],
    ['pod: { priorityClassName: hihg }', 'no such PriorityClass'],
    ['sizes: [{ requests: { cpu: 1 }, priorityClassName: low }]', 'no such PriorityClass'],
    [
      'sizes: [{ requests: { cpu: 1, nvidia.com/gpu: { uniform: { min: 1, max: 4 } } } }]',
      'Limit must be set',
    ],
    ['namespace: taem', 'no such Namespace'],
  ])('is checked before the run: %s', (fields, message) => {
    const { diagnostics } = load(generator(fields));
    expect(diagnostics).toMatchObject([{ severity: 'error', message: expect.stringContaining(message) }]);
    expect(diagnostics[0]!.line).toBeGreaterThanOrEqual(6);
  });

  it.each([
    'pod: { requests: { nvidia.com/gpu: 1 }, limits: { nvidia.com/gpu: 1 } }',
    'namespace: team\n    pod: { priorityClassName: high }',
    'pod: { priorityClassName: system-node-critical }',
    'sizes: [{ requests: { cpu: { uniform: { min: 1, max: 3 } } }, limits: as-requests }]',
  ])('may be: %s', (fields) => {
    const { diagnostics } = load(
      `cluster: { nodes: [{ name: n, capacity: { nvidia.com/gpu: 1 } }] }\n${generator(fields)}`,
    );
    expect(diagnostics).toEqual([]);
  });

  it('names what is missing in the words in which manifests are told of it', () => {
    const told = (diagnostics: Load['diagnostics']) =>
      diagnostics.map(({ message, found, hint }) => ({ message, found, hint }));
    const pod = `apiVersion: v1
kind: Pod
metadata: { name: p, namespace: taem }
spec: { priorityClassName: lowest, containers: [{ name: c, image: app }] }
`;
    const ofManifest = told(load('timeline: [{ at: 1s, apply: pod.yaml }]\n', pod).diagnostics);
    const ofWorkload = told(
      load(generator('namespace: taem\n    pod: { priorityClassName: lowest }')).diagnostics,
    );
    expect(ofWorkload).toEqual(ofManifest);
    expect(ofManifest.map(({ hint }) => hint)).toEqual([
      'did you mean team?',
      'add a PriorityClass lowest to the manifests',
    ]);
  });

  it('that is refused in mid-run is counted, with the reason of the first', () => {
    const gone = 'timeline:\n  - { at: 1500ms, delete: { kind: Namespace, name: team } }\n';
    const { cluster } = run(`duration: 30s\n${gone}${generator('namespace: team')}`);
    expect(cluster.refusedActions).toMatchObject([
      { time: 2_003_250, action: expect.stringMatching(/team\/w-1\b.* 2 pods/) },
    ]);
  });
});

describe('a workload beside a Deployment', () => {
  it('is done when its own pods have ended', () => {
    const { manifest } = run(
      `duration: 400s\nstop: workload-done\ntimeline:\n  - { at: 0s, apply: web.yaml }\n${generator('runTime: 50s')}`,
    );
    expect(manifest.stopped).toBe('workload-done');
    expect(manifest.simulatedSeconds).toBeLessThan(110);
    expect(manifest.simulatedSeconds).toBeGreaterThan(100);
  });
});

describe('a Job on a node that is drained', () => {
  it('has its work done elsewhere: what was stopped halfway is no completion', () => {
    const { summary } = run(
      'duration: 400s\ncluster: { nodes: [{ name: n, count: 2 }] }\ntimeline:\n  - { at: 20s, drain: n-0 }\n',
    );
    const value = (name: string) => summary.find(({ metric }) => metric === name)?.value;
    expect([value('pods_created'), value('pods_failed')]).toEqual([3, 1]);
  });
});
