import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../sim/api/index.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { timedActions } from '../../sim/scenario/actions.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { parseScenario, type Settings } from '../../sim/scenario/parse.ts';
import { describe as describeAction } from '../../sim/scenario/timeline.ts';

const HEAD = `apiVersion: kubedes.io/v1
kind: Scenario
metadata:
  name: demo
`;

const messages = (text: string, settings = {}) =>
  parseScenario('demo.yaml', text, settings).diagnostics.map(formatDiagnostic);

describe('scenario file', () => {
  it('fills in defaults', () => {
    const { scenario, diagnostics } = parseScenario('demo.yaml', HEAD);
    expect(diagnostics).toEqual([]);
    expect(scenario).toMatchObject({ seed: 1, proxyMode: 'iptables', record: { interval: '10s' } });
    expect(scenario?.cluster.nodes).toHaveLength(1);
  });

  it('lists five mistakes at once, each at its place with what is expected', () => {
    const text = `${HEAD}durration: 5m
cluster:
  nodes:
    - name: node
      count: -3
      capacity: { cpu: lots }
traffic:
  - service: nginx
faults:
  - at: 10 minutes
    fail: { node: node-0 }
`;
    const found = messages(text);
    expect(found).toHaveLength(5);
    expect(found.join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:5:1: error: unknown field durration
          hint: did you mean duration?
      demo.yaml:9:14: error: cluster.nodes.0.count: Too small: expected number to be >=0
          found: -3
      demo.yaml:10:24: error: cluster.nodes.0.capacity.cpu: expected a Kubernetes quantity such as 500m, 4 or 16Gi
          found: "lots"
      demo.yaml:12:14: error: traffic.0.service: expected namespace/name of a Service
          found: "nginx"
      demo.yaml:14:9: error: faults.0.at: expected a duration such as 10m, 1.5s, 300ms or 1h30m
          found: "10 minutes""
    `);
  });

  it('tells a mistake inside one form of a step by that form', () => {
    const text = `${HEAD}timeline:
  - at: 5m
    scale: { kind: Deployment, name: web, replica: 3 }
`;
    expect(messages(text).join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:7:12: error: timeline.0.scale.replicas: required
          expected: a number
      demo.yaml:7:43: error: unknown field timeline.0.scale.replica
          hint: did you mean replicas?"
    `);
  });

  it('tells an alias without an anchor by its place', () => {
    expect(messages(`${HEAD}duration: *nope\n`)[0]).toBe(
      'demo.yaml:5:11: error: not valid YAML: no anchor &nope before this alias\n' +
        '    hint: an alias (*name) needs an anchor (&name) before it; quote the text if it is none',
    );
  });

  it('refuses two variants of one name', () => {
    const text = `${HEAD}variants:
  - { name: a, set: { proxyMode: ipvs } }
  - { name: b, set: {} }
  - { name: a, set: { proxyMode: iptables } }
`;
    expect(messages(text).join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:8:13: error: variants.2.name: another variant has this name
          found: "a""
    `);
  });

  it('refuses limits of clients that it does not know, and of those that send nothing', () => {
    const text = `${HEAD}clients:
  kube-schedular: { qps: 1, burst: 1 }
  kube-proxy: { qps: 1, burst: 1 }
`;
    expect(messages(text).join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:6:3: error: unknown field clients.kube-schedular
          hint: did you mean kube-scheduler?
      demo.yaml:7:3: error: unknown field clients.kube-proxy
          hint: known here: kube-controller-manager, kube-scheduler, kubelet"
    `);
  });

  it('takes YAML syntax errors with their position', () => {
    expect(messages(`${HEAD}cluster: [\n`)[0]).toMatch(/^demo\.yaml:\d+:\d+: error: /);
  });

  it('applies settings by path before validation', () => {
    const text = `${HEAD}cluster:\n  nodes:\n    - { name: node, count: 3 }\n`;
    const { scenario } = parseScenario('demo.yaml', text, { 'cluster.nodes.0.count': 7, proxyMode: 'ipvs' });
    expect(scenario?.cluster.nodes?.[0]?.count).toBe(7);
    expect(scenario?.proxyMode).toBe('ipvs');
    expect(messages(text, { 'cluster.nodes.0.count': 'many' })).toHaveLength(1);
  });
});

describe('references of a scenario', () => {
  const SERVICE =
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n';
  const load = (text: string) =>
    loadScenario(
      'demo.yaml',
      {
        read: (path) => (path === 'demo.yaml' ? text : SERVICE),
        resolve: (_, path) => path,
        show: (path) => path,
      },
      { registries: loadRegistries() },
    ).diagnostics.map(formatDiagnostic);

  it('have to exist: policies, proxy modes, Services of manifests and of the timeline', () => {
    const text = `${HEAD}scheduler: { profile: most-alocated }
proxyMode: iptable
traffic:
  - { service: default/wep, rate: 1 }
`;
    expect(load(`${text}manifests: [web.yaml]\n`).join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:5:23: error: no such policy
          found: most-alocated
          hint: did you mean most-allocated?
      demo.yaml:6:12: error: no such proxy mode
          found: iptable
          hint: did you mean iptables?
      demo.yaml:8:16: error: no such Service
          found: default/wep
          hint: did you mean default/web?"
    `);
    const right = text.replace('wep', 'web').replace('alo', 'allo').replace('iptable', 'iptables');
    expect(load(`${right}timeline:\n  - { at: 1m, apply: web.yaml }\n`)).toEqual([]);
    expect(load(right.replace('most-allocated', './own.ts'))).toHaveLength(1);
  });

  it('have to exist: nodes, zones, kinds, files', () => {
    const text = `${HEAD}cluster:
  nodes:
    - { name: node, count: 2, zones: [zone-a] }
faults:
  - at: 1m
    fail: { zone: zone-b }
timeline:
  - at: 1m
    drain: node-2
  - at: 2m
    fail: { node: nod-1 }
  - at: 3m
    scale: { kind: Deploymnet, name: web, replicas: 3 }
`;
    expect(load(text).join('\n')).toMatchInlineSnapshot(`
      "demo.yaml:10:19: error: no such zone
          found: zone-b
          hint: did you mean zone-a?
      demo.yaml:13:12: error: no such node
          found: node-2
          hint: did you mean node-0?
      demo.yaml:15:19: error: no such node
          found: nod-1
          hint: did you mean node-1?
      demo.yaml:17:20: error: no such kind
          found: Deploymnet
          hint: did you mean Deployment?"
    `);
  });
});

describe('what would be refused in mid-run, or passed over', () => {
  const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: prod }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      priorityClassName: high
      initContainers: [{ name: init, image: "init:1" }]
      containers: [{ name: web, image: "web:1" }]
`;
  const NEEDED = `${MANIFEST}---
apiVersion: v1
kind: Namespace
metadata: { name: prod }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 10
`;
  const load = (text: string, manifest: string) =>
    loadScenario(
      'demo.yaml',
      {
        read: (path) => (path === 'demo.yaml' ? text : manifest),
        resolve: (_, path) => path,
        show: (path) => path,
      },
      { registries: loadRegistries() },
    ).diagnostics.map(({ file, line, column, severity, message, found, hint }) =>
      [`${file}:${line}:${column} ${severity}`, message, found, hint].filter((part) => part).join(' | '),
    );

  it('namespaces and priority classes that no manifest has, each once', () => {
    const missing = (at: string, kind: string, name: string) =>
      `m.yaml:${at} error | no such ${kind}: the API server refuses what needs it | ${name} | add a ${kind} ${name} to the manifests`;
    expect(load(`${HEAD}manifests: [m.yaml]\n`, `${MANIFEST}---\n${MANIFEST}`)).toEqual([
      missing('1:1', 'Namespace', 'prod'),
      missing('1:1', 'PriorityClass', 'high'),
    ]);
    expect(load(`${HEAD}manifests: [m.yaml]\n`, NEEDED)).toEqual([]);
  });

  it('Deployments and containers that no manifest has', () => {
    const text = `${HEAD}manifests: [m.yaml]
timeline:
  - { at: 1m, scale: { kind: Deployment, name: web, replicas: 2 } }
  - { at: 1m, setImage: { kind: Deployment, namespace: prod, name: web, container: wep, image: "web:2" } }
  - { at: 2m, setImage: { kind: Deployment, namespace: prod, name: web, container: init, image: "init:2" } }
`;
    expect(load(text, NEEDED)).toEqual([
      'demo.yaml:7:48 error | no such Deployment | default/web | known: prod/web',
      'demo.yaml:8:84 error | no such container | wep | did you mean web?',
      'demo.yaml:9:84 error | no such container | init | known: web',
    ]);
  });

  it('nodes of one name, pods without namespace', () => {
    const nodes = 'cluster:\n  nodes:\n    - { name: n, count: 2 }\n    - { name: n }\n';
    expect(load(`${HEAD}${nodes}`, '')).toEqual([
      'demo.yaml:8:15 error | another node has this name | n-0 | give these another name',
    ]);
    expect(load(`${HEAD}faults: [{ at: 1m, fail: { pod: web } }]\n`, '')).toEqual([
      'demo.yaml:5:33 error | faults.0.fail.pod: expected namespace/name of a Pod | "web"',
    ]);
  });

  it.each([
    ['duration: 5m\ntimeline: [{ at: 6m, drain: node-0 }]', '6:18', '6m | duration: 5m'],
    ['\ntimeline: [{ at: 2h, drain: node-0 }]', '6:18', '2h | duration: 1h by default'],
    ['stop: settled\ntimeline: [{ at: 3h, drain: node-0 }]', '6:18', '3h | duration: 2h by default'],
    ['duration: 5m\nfaults: [{ at: 5m, fail: { node: node-0 } }]', '6:16', '5m | duration: 5m'],
    ['\ntimeline: [{ at: 60m, fail: { node: node-0 } }]', '6:18', '60m | duration: 1h by default'],
    [
      'duration: 10m\ntimeline: [{ at: 0s, repeat: { every: 1m, count: 50 }, cordon: node-0 }]',
      '6:30',
      'for 40 of 50 repetitions | duration: 10m',
    ],
    [
      'duration: 10m\ntimeline: [{ at: 10m, repeat: { every: 1m, count: 50 }, cordon: node-0 }]',
      '6:18',
      '10m | duration: 10m',
    ],
  ])('what comes after the end, once each: %j', (text, at, told) => {
    const [only, ...others] = load(`${HEAD}${text}\n`, '');
    expect(only).toMatch(new RegExp(`^demo.yaml:${at} warning \\| the run is over by then`));
    expect(only).toContain(told);
    expect(others).toEqual([]);
  });

  it.each([
    'duration: 10m\ntimeline: [{ at: 0s, repeat: { every: 1m, count: 10 }, cordon: node-0 }]',
    'timeline: [{ at: 59m, drain: node-0 }]',
    'stop: settled\ntimeline: [{ at: 119m, drain: node-0 }]',
  ])('nothing of what comes before: %j', (text) => expect(load(`${HEAD}${text}\n`, '')).toEqual([]));

  it('kinds on which nobody acts, once each', () => {
    const quota = (name: string) =>
      `apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: ${name} }\nspec: { hard: { pods: 1 } }\n`;
    expect(load(`${HEAD}manifests: [m.yaml]\n`, `${quota('a')}---\n${quota('b')}`)).toEqual([
      'm.yaml:1:1 warning | nobody sees to a ResourceQuota in the simulation: it limits nothing',
    ]);
  });
});

describe('a setting from outside', () => {
  it('cannot be one that a variant makes itself', () => {
    const text = `${HEAD}cluster: { nodes: [{ name: n }] }\nvariants:\n  - { name: wide, set: { cluster.nodes: [{ name: n, count: 9 }] } }\n`;
    const load = (settings: Settings) =>
      loadScenario(
        'demo.yaml',
        { read: () => text, resolve: (_, path) => path, show: (path) => path },
        { settings },
      ).diagnostics.map(({ line, message }) => `${line}: ${message}`);
    const refused = ['7: cluster.nodes.0.count is set by variant wide itself'];
    expect(load({ 'cluster.nodes.0.count': 3 })).toEqual(refused);
    expect(load({ proxyMode: 'ipvs' })).toEqual([]);
  });
});

describe('what is meant many times', () => {
  const POD = `apiVersion: v1
kind: Pod
metadata: { name: web-<n>, labels: { app: web-<n> } }
spec: { containers: [{ name: web, image: "web:1" }] }
`;
  const load = (text: string, pod = POD) =>
    loadScenario('demo.yaml', {
      read: (path) => (path === 'demo.yaml' ? text : path === 'pod.yaml' ? pod : undefined),
      resolve: (_, path) => path,
      show: (path) => path,
    });

  it('a manifest is copied, numbered from 0', () => {
    const { runs, diagnostics } = load(`${HEAD}manifests:\n  - { file: pod.yaml, count: 3 }\n`);
    expect(diagnostics).toEqual([]);
    expect(runs[0]?.objects.map(({ metadata: { name, labels } }) => [name, labels?.['app']])).toEqual([
      ['web-0', 'web-0'],
      ['web-1', 'web-1'],
      ['web-2', 'web-2'],
    ]);
  });

  it.each([
    [
      'without a count the mark is text',
      `${HEAD}manifests: [pod.yaml]\n`,
      POD.replace('app: web-<n>', 'app: web'),
      'pod.yaml:3:19: error',
    ],
    [
      'a mistake of all copies is told once',
      `${HEAD}manifests: [{ file: pod.yaml, count: 9 }]\n`,
      POD.replace('web-<n>,', 'Web-<n>,'),
      'pod.yaml:3:19: error',
    ],
    [
      'a mistake of a later copy is told',
      `${HEAD}manifests: [{ file: pod.yaml, count: 11 }]\n`,
      POD.replace('app: web-<n>', `app: ${'x'.repeat(62)}<n>`),
      'pod.yaml:3:',
    ],
    [
      'a file that is missing, at its place',
      `${HEAD}manifests: [{ file: pot.yaml, count: 11 }]\n`,
      POD,
      'demo.yaml:5:21: error',
    ],
  ])('%s', (_, text, pod, place) => {
    const { diagnostics } = load(text, pod);
    expect(diagnostics).toHaveLength(1);
    expect(formatDiagnostic(diagnostics[0]!)).toContain(place);
  });

  it('a step of the timeline is repeated, numbered from 0', () => {
    const { runs, diagnostics } = load(`${HEAD}timeline:
  - { at: 1m, repeat: { every: 4s, count: 3 }, delete: { kind: Pod, name: web-<n> } }
  - { at: 2m, drain: node-0 }
`);
    expect(diagnostics).toEqual([]);
    expect(timedActions(runs[0]!).map(({ at, action }) => [at, describeAction(action)])).toEqual([
      [60e6, 'delete pods default/web-0'],
      [64e6, 'delete pods default/web-1'],
      [68e6, 'delete pods default/web-2'],
      [120e6, 'drain node-0'],
    ]);
  });

  it('a repeated step may go too far: its place is told', () => {
    const { diagnostics } = load(
      `${HEAD}timeline:\n  - { at: 1m, repeat: { every: 4s, count: 4 }, drain: node-<n> }\n`,
    );
    expect(diagnostics.map(formatDiagnostic)).toMatchInlineSnapshot(`
      [
        "demo.yaml:6:55: error: no such node
          found: node-3
          hint: did you mean node-0?",
      ]
    `);
  });
});
