import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment, Draft, KubernetesObject, ManifestObject, Pod } from '../../../sim/api/index.ts';
import { closestWord, formatDiagnostic, readManifest } from '../../../sim/api/index.ts';

const read = (text: string) => readManifest('f.yaml', text);
const pod = (spec: string, name = 'p') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const NOTE = 'note';
const CONTAINER = '  containers:\n  - name: c\n    image: x\n';
/** `line:column severity message` of every diagnostic. */
const brief = (text: string): string[] =>
  read(text).diagnostics.map((d) => `${d.line}:${d.column} ${d.severity} ${d.message}`);

/** The first object, which must be of the kind. */
function first<T extends KubernetesObject>(objects: readonly ManifestObject[], kind: T['kind']): Draft<T> {
  const object = objects[0]?.object;
  if (object?.kind !== kind) throw new Error(`no ${kind}`);
  return object as Draft<T>;
}
const specOf = (text: string): Pod['spec'] => first<Pod>(read(text).objects, 'Pod').spec;
const deploymentOf = (objects: readonly ManifestObject[]) => first<Deployment>(objects, 'Deployment');

describe('what a manifest holds', () => {
  test('documents and lists, in order, each with its position', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n- {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n`;
    const { objects, diagnostics } = read(`# comment only\n---\n${list}---\n---\n${pod(CONTAINER)}`);
    expect(diagnostics).toEqual([]);
    expect(
      objects.map(({ resource, object, position }) => [resource, object.metadata.name, position.line]),
    ).toEqual([
      ['namespaces', 'a', 6],
      ['namespaces', 'b', 7],
      ['pods', 'p', 10],
    ]);
  });

  test('JSON is YAML', () => {
    expect(read('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}').objects).toHaveLength(1);
  });

  test('scalars are read as Kubernetes reads them', () => {
    const text = pod(`${CONTAINER}  volumes:
  - name: a
    secret: {secretName: s, defaultMode: 0644}
  - name: b
    configMap: {name: m, defaultMode: 0o600, optional: yes}
  hostNetwork: on
  nodeSelector: {date: 2026-01-01, sha: 12e4567}
  hostAliases: [{ip: 12:30, hostnames: [a]}]
`);
    const spec = specOf(text);
    expect(brief(text)).toEqual([]);
    expect(spec.volumes?.[0]?.secret?.defaultMode).toBe(0o644);
    expect(spec.volumes?.[1]?.configMap).toEqual({ name: 'm', defaultMode: 0o600, optional: true });
    expect(spec.hostNetwork).toBe(true);
    expect(spec.nodeSelector).toEqual({ date: '2026-01-01', sha: '12e4567' });
    expect(spec.hostAliases).toEqual([{ ip: '12:30', hostnames: ['a'] }]);
  });

  test('anchors, aliases and merge keys', () => {
    const spec = specOf(
      pod(`  containers:
  - &base
    name: a
    image: x
    resources: {limits: {cpu: 1000m}}
  - <<: *base
    name: b
`),
    );
    expect(spec.containers.map(({ name, image }) => `${name}=${image}`)).toEqual(['a=x', 'b=x']);
    expect(spec.containers[1]?.resources?.limits).toEqual({ cpu: '1' });
  });

  test('autoscaling/v1 is read as autoscaling/v2', () => {
    const target = '{apiVersion: apps/v1, kind: Deployment, name: d}';
    const [entry] = read(
      `apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {maxReplicas: 3, scaleTargetRef: ${target}, targetCPUUtilizationPercentage: 50}`,
    ).objects;
    expect(entry?.object).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 50 } } }] },
    });
  });
});

describe('objects as kubectl get -o yaml writes them', () => {
  const exported = `apiVersion: v1
kind: List
metadata: {resourceVersion: ''}
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a, uid: u1, resourceVersion: '7', generation: 2, creationTimestamp: 2024-05-01T10:00:00Z, labels: {app: web}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, resourceVersion: '8', ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u2}]}
`;

  test('lose what the API server set, and keep the rest', () => {
    const [a, b] = read(exported).objects.map(({ object }) => object.metadata);
    expect(a).toEqual({ name: 'a', labels: { app: 'web' } });
    expect(b?.ownerReferences).toHaveLength(1);
  });

  test('are warned of once, and so are owners that cannot be found', () => {
    expect(brief(exported)).toEqual([
      '7:49 warning the resourceVersion of 2 objects is left out',
      '10:62 warning one object with owners: no new object has their UIDs',
    ]);
  });
});

describe('mistakes', () => {
  test('metadata that is not there', () => {
    for (const kind of ['Pod', 'Node', 'Namespace'])
      for (const metadata of ['', 'metadata:\n'])
        expect(brief(`apiVersion: v1\nkind: ${kind}\n${metadata}`).join()).toContain(
          'error metadata.name: Required value',
        );
  });

  test('aliases without an anchor, within their own anchor, and bombs', () => {
    const data = (text: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n${text}`;
    expect(brief(data('data:\n  a: *nope\n'))).toEqual([
      '5:6 error not valid YAML: no anchor &nope before this alias',
    ]);
    expect(brief(data('data: &d\n  a: *d\n'))).toEqual([
      '5:6 error not valid YAML: the anchor &d contains itself',
    ]);
    const levels = Array.from({ length: 9 }, (_, n) => `  a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(10)}]\n`);
    expect(brief(data(`data:\n  a0: &a0 [x]\n${levels.join('')}`))).toEqual([
      '1:1 error not valid YAML: aliases of aliases grow beyond all measure',
    ]);
  });

  test('a key that stands twice is named', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  name: b\n';
    expect(read(text).diagnostics.map(({ line, column, found }) => [line, column, found])).toEqual([
      [5, 3, 'name'],
    ]);
  });

  test('not an anchor that is used often', () => {
    const labels = Array.from({ length: 300 }, (_, n) => `  l${n}: *v\n`).join('');
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  first: &v x\n${labels}`;
    expect(brief(text)).toEqual([]);
  });

  test('all of them are told at once, by position', () => {
    const text = `${pod(`  contaners: []
  containers:
  - name: c
    imagee: x
    ports: [{containerPort: "80"}]
    resources: {requests: {cpu: 1 core}}
`)}---\n${pod('  containers: []\n', 'P')}`;
    expect(brief(text)).toEqual([
      '6:3 error unknown field spec.contaners',
      '9:5 error unknown field spec.containers[0].imagee',
      '10:29 error spec.containers[0].ports[0].containerPort has the wrong type',
      '11:33 error spec.containers[0].resources.requests.cpu has the wrong type',
      expect.stringMatching(/^16:9 error metadata.name: Invalid value: "P": a lowercase RFC 1123 subdomain/),
      '18:15 error spec.containers: Required value',
    ]);
    expect(read(text).objects).toEqual([]);
  });

  test('what was found is shown as far as one knows it again by', () => {
    const [diagnostic] = read('x'.repeat(5000)).diagnostics;
    const shown = formatDiagnostic(diagnostic as never);
    expect(shown).toMatch(/\n {4}found: "x+… \(5002 characters\)\n/);
    expect(shown.length).toBeLessThan(300);
  });

  test('a hint names the word that was probably meant', () => {
    const [diagnostic] = read(pod('  contaners: []\n  containers: [{name: c, image: x}]\n')).diagnostics;
    expect(diagnostic).toMatchObject({ found: 'contaners', hint: 'did you mean containers?' });
    expect(formatDiagnostic(diagnostic as never)).toBe(
      'f.yaml:6:3: error: unknown field spec.contaners\n    found: contaners\n    hint: did you mean containers?',
    );
  });

  test.each([
    ['extensions/v1beta1', 'Deployment', 'apps/v1', '1.16'],
    ['apps/v1beta2', 'StatefulSet', 'apps/v1', '1.16'],
    ['batch/v1beta1', 'CronJob', 'batch/v1', '1.25'],
    ['policy/v1beta1', 'PodDisruptionBudget', 'policy/v1', '1.25'],
    ['networking.k8s.io/v1beta1', 'Ingress', 'networking.k8s.io/v1', '1.22'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'autoscaling/v2', '1.26'],
    ['discovery.k8s.io/v1beta1', 'EndpointSlice', 'discovery.k8s.io/v1', '1.25'],
    ['rbac.authorization.k8s.io/v1beta1', 'Role', 'rbac.authorization.k8s.io/v1', '1.22'],
    ['storage.k8s.io/v1beta1', 'StorageClass', 'storage.k8s.io/v1', '1.22'],
    ['scheduling.k8s.io/v1beta1', 'PriorityClass', 'scheduling.k8s.io/v1', '1.22'],
  ])('%s %s points to %s', (apiVersion, kind, replacement, release) => {
    const [diagnostic] = read(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}`).diagnostics;
    expect(diagnostic).toMatchObject({
      line: 1,
      severity: 'error',
      message: `${apiVersion} ${kind} was removed in Kubernetes ${release}`,
      expected: replacement,
    });
  });

  test.each([
    ['kind: Deployment\nmetadata: {name: x}', '1:1 error apiVersion missing'],
    ['apiVersion: v1\nkind: Deployment\nmetadata: {name: x}', '1:13 error no kind Deployment in v1'],
    ['apiVersion: v1\nkind: Pood', '2:7 error unknown kind Pood in v1'],
    [
      'apiVersion: example.com/v1\nkind: Gizmo',
      '2:7 warning Gizmo (example.com/v1) is not simulated; the object is left out',
    ],
    ['- a', '1:1 error a Kubernetes object is expected here'],
    ['a: b\na: c', '2:1 error not valid YAML: Map keys must be unique'],
    ['a:\n\tb: c', '2:1 error not valid YAML: Tabs are not allowed as indentation'],
  ])('%j', (text, expected) => {
    expect(brief(text)).toEqual([expected]);
  });

  test('annotations of the simulator are checked, in templates too', () => {
    const text = `apiVersion: batch/v1
kind: Job
metadata: {name: j, annotations: {kubedes.io/deadline: later}}
spec:
  template:
    metadata:
      annotations:
        kubedes.io/run-tim: 5s
        kubedes.io/exit-code: "256"
        other.io/thing: whatever
    spec:
      restartPolicy: Never
      containers: [{name: c, image: x}]
`;
    expect(brief(text)).toEqual([
      '3:56 error annotation kubedes.io/deadline has a value it cannot have',
      '8:29 warning annotation kubedes.io/run-tim means nothing to the simulator',
      '9:31 error annotation kubedes.io/exit-code has a value it cannot have',
    ]);
  });

  test('whatever the text, reading ends with objects or diagnostics', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '---\n',
      '"',
      '{',
      '}',
      '[',
      '\t',
      '#',
      '&x',
      '*x',
      '\u3000',
      'kind: Pod\n',
      'apiVersion: v1\n',
      '|\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        for (const { line, column } of read(pieces.join('')).diagnostics)
          expect(line >= 1 && column >= 1).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('blanks that are no spaces', () => {
  test('a byte-order mark is none, at the start of a file or where files were joined', () => {
    const file = '\ufeff---\r\napiVersion: v1\r\nkind: Namespace\r\nmetadata: {name: a}\r\n';
    const { objects, diagnostics } = read(file + file);
    expect(diagnostics).toEqual([]);
    expect(objects).toHaveLength(2);
  });

  const fixture = readFileSync(new URL('./fixtures/pasted-deployment.yaml', import.meta.url), 'utf8');

  test('stand for spaces in the layout, with one warning that names the lines', () => {
    const { objects, diagnostics } = readManifest('pasted.yaml', fixture);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      severity: 'warning',
      line: 1,
      column: 20,
      message:
        'lines 1, 2, 3, 7, 8, 11, 12, 13, 19, 20, 21 have full-width or other Unicode blanks; they are read as ordinary spaces',
    });
    const { spec } = deploymentOf(objects);
    expect(spec.replicas).toBe(3);
    expect(spec.selector).toEqual({ matchLabels: { app: 'web' } });
    expect(spec.template.spec.containers[0]?.image).toBe('nginx:1.27');
  });

  test('stay inside quoted text, block scalars and values', () => {
    const { spec } = deploymentOf(readManifest('pasted.yaml', fixture).objects);
    expect(spec.template.metadata?.annotations?.[NOTE]).toBe('两个\u3000字');
    expect(spec.template.spec.containers[0]?.command).toEqual(['echo', 'a\u3000# b']);
    expect(spec.template.spec.containers[0]?.args).toEqual(['text\u3000\u3000# stays as it is\n']);
    const data = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  a: 你好\u3000世界\n';
    expect(read(data)).toMatchObject({
      objects: [{ object: { data: { a: '你好\u3000世界' } } }],
      diagnostics: [],
    });
  });
});

test('the closest word is close', () => {
  const known = ['replicas', 'selector', 'template', 'strategy'];
  expect(closestWord('replica', known)).toBe('replicas');
  expect(closestWord('slector', known)).toBe('selector');
  expect(closestWord('templaet', known)).toBe('template');
  expect(closestWord('Strategy', known)).toBe('strategy');
  expect(closestWord('volumes', known)).toBeUndefined();
});
