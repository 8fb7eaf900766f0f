/** What kubectl does at given times, seen at the objects that are there in the end. */
import { describe, expect, it } from 'vitest';
import type { Deployment, Pod } from '../../sim/api/index.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario } from '../../sim/scenario/index.ts';

const deployment = (spec: string, pod: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { team: a } }
spec:
  replicas: 2
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      ${pod}
`;

/** Runs two minutes; the files are those of the scenario. */
function run(rest: string, files: Readonly<Record<string, string>>) {
  const registries = loadRegistries();
  const scenario = `apiVersion: kubedes.io/v1\nkind: Scenario\nmetadata: { name: s }\nduration: 2m\n${rest}`;
  const { runs, diagnostics } = loadScenario(
    's.yaml',
    {
      read: (path) => (path === 's.yaml' ? scenario : files[path]),
      resolve: (_from, reference) => reference,
      show: (path) => path,
    },
    { registries },
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return runScenario(runs[0]!, registries, { files: [] }).cluster;
}

function webOf(cluster: ReturnType<typeof run>): Deployment {
  const [web] = cluster.apiserver.list('deployments');
  if (web === undefined) throw new Error('no Deployment');
  return web;
}

describe('apply', () => {
  const twice = (first: string, second: string) =>
    run('manifests: [first.yaml]\ntimeline: [{ at: 1m, apply: second.yaml }]\n', {
      'first.yaml': first,
      'second.yaml': second,
    });

  it('takes away what was applied before and is no longer there', () => {
    const cluster = twice(
      deployment(
        'minReadySeconds: 5',
        'nodeSelector: { kubernetes.io/os: linux }\n      containers: [{ name: a, image: "a:1", ports: [{ containerPort: 80 }] }, { name: b, image: "b:1" }]',
      ),
      deployment('revisionHistoryLimit: 3', 'containers: [{ name: a, image: "a:2" }]'),
    );
    const { spec } = webOf(cluster);
    expect(spec.template.spec.nodeSelector).toBeUndefined();
    expect(spec.template.spec.containers.map(({ name, image, ports }) => [name, image, ports])).toEqual([
      ['a', 'a:2', undefined],
    ]);
    expect(spec.minReadySeconds).toBeUndefined();
    expect(spec.revisionHistoryLimit).toBe(3);
    expect(cluster.refusedActions).toEqual([]);
  });

  it('leaves what others have set since, and puts elements in the order written', () => {
    const two = (order: string) => deployment('', `containers: [${order}]`);
    const cluster = run(
      `manifests: [first.yaml]
timeline:
  - { at: 50s, patch: { kind: Deployment, name: web, patch: { metadata: { labels: { by: hand } } } } }
  - { at: 1m, apply: second.yaml }
`,
      {
        'first.yaml': two('{ name: a, image: "a:1" }'),
        'second.yaml': two('{ name: b, image: "b:1" }, { name: a, image: "a:1" }'),
      },
    );
    expect(webOf(cluster).metadata.labels).toEqual({ team: 'a', by: 'hand' });
    expect(webOf(cluster).spec.template.spec.containers.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('changes a strategy as a whole, defaults included', () => {
    const containers = 'containers: [{ name: a, image: "a:1" }]';
    const cluster = twice(deployment('', containers), deployment('strategy: { type: Recreate }', containers));
    expect(cluster.refusedActions).toEqual([]);
    expect(webOf(cluster).spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('of the same content changes nothing', () => {
    const text = deployment('', 'containers: [{ name: a, image: "a:1", ports: [{ containerPort: 80 }] }]');
    expect(webOf(twice(text, text)).metadata.generation).toBe(1);
  });

  const both = deployment(
    'minReadySeconds: 5',
    'containers: [{ name: a, image: "a:1" }, { name: b, image: "b:1" }]',
  ).replace('team: a', 'team: a, old: "1"');
  const one = deployment('', 'containers: [{ name: a, image: "a:2" }]');
  const expectOne = ({ metadata, spec }: Deployment) => {
    expect(metadata.labels).toEqual({ team: 'a' });
    expect(spec.minReadySeconds).toBeUndefined();
    expect(spec.template.spec.containers.map(({ name, image }) => [name, image])).toEqual([['a', 'a:2']]);
  };

  it.each([
    ['twice', [both, one]],
    ['three times', [one, both, one]],
  ])('of one object %s in the manifests ends as the last one says', (_, documents) => {
    const cluster = run('manifests: [all.yaml]\n', { 'all.yaml': documents.join('---\n') });
    expect(cluster.refusedActions).toEqual([]);
    expectOne(webOf(cluster));
  });

  it('that is refused is not what was applied last', () => {
    const cluster = run(
      'manifests: [both.yaml]\ntimeline: [{ at: 50s, apply: other.yaml }, { at: 1m, apply: one.yaml }]\n',
      { 'both.yaml': both, 'one.yaml': one, 'other.yaml': one.replaceAll('app: web', 'app: other') },
    );
    expect(cluster.refusedActions).toMatchObject([{ message: expect.stringContaining('immutable') }]);
    expectOne(webOf(cluster));
  });

  it('to an object that has been deleted since begins anew', () => {
    const cluster = run(
      `manifests: [both.yaml]
timeline:
  - { at: 40s, delete: { kind: Deployment, name: web } }
  - { at: 50s, apply: one.yaml }
  - { at: 55s, patch: { kind: Deployment, name: web, patch: { spec: { minReadySeconds: 7 } } } }
  - { at: 1m, apply: one.yaml }
`,
      { 'both.yaml': both, 'one.yaml': one },
    );
    expect(webOf(cluster).spec.minReadySeconds).toBe(7);
  });
});

describe('drain', () => {
  it('tells of pods that their disruption budget keeps on the node', () => {
    const cluster = run(
      'cluster: { nodes: [{ name: n }] }\nmanifests: [all.yaml]\ntimeline: [{ at: 1m, drain: n-0 }]\n',
      {
        'all.yaml': `apiVersion: v1
kind: Pod
metadata: { name: p, labels: { app: p } }
spec: { containers: [{ name: a, image: "a:1" }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: b }
spec: { minAvailable: 1, selector: { matchLabels: { app: p } } }
`,
      },
    );
    expect(cluster.refusedActions.map(({ action }) => action)).toEqual(['drain n-0']);
    expect(cluster.apiserver.list('pods').map((pod: Pod) => pod.status?.phase)).toEqual(['Running']);
  });
});
