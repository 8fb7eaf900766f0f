/** What a scenario sets reaches the component that it is about: each setting is seen in what the cluster does. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../sim/api/index.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { type Cluster, loadScenario } from '../../sim/scenario/index.ts';

const BATCH = {
  name: 'batch',
  arrival: { every: '100ms' },
  count: 20,
  runTime: '1s',
  pod: { requests: { cpu: '100m' } },
};

/** Of the short pods. */
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'batch' },
  spec: { selector: { app: 'batch' }, ports: [{ port: 80 }] },
};

/** Twenty short pods on four nodes, of which one is lost after a minute. */
function play(settings: Readonly<Record<string, unknown>>): Cluster {
  const scenario = {
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: 'settings' },
    duration: '3m',
    cluster: { nodes: [{ name: 'n', count: 4 }] },
    workload: [
      BATCH,
      {
        ...BATCH,
        name: 'server',
        runTime: undefined,
        pod: { ...BATCH.pod, spec: { nodeName: 'n-0' } },
        count: 1,
      },
    ],
    faults: [{ at: '60s', fail: { node: 'n-0' } }],
    ...settings,
  };
  const texts: Readonly<Record<string, string>> = {
    'scenario.yaml': JSON.stringify(scenario),
    'service.yaml': JSON.stringify(SERVICE),
  };
  const { runs, diagnostics } = loadScenario('scenario.yaml', {
    read: (path) => texts[path],
    resolve: (_, path) => path,
    show: (path) => path,
  });
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return runScenario(runs[0]!, loadRegistries()).cluster;
}

const podsLeft = ({ apiserver }: Cluster): number => apiserver.list('pods').length;

/** Seconds from the first binding to the last. */
function bindingSpan({ apiserver }: Cluster): number {
  const bound = apiserver
    .list('pods')
    .map(({ status }) => status?.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime)
    .filter((time) => time !== undefined)
    .map((time) => Date.parse(time) / 1000);
  return Math.max(...bound) - Math.min(...bound);
}

/** Since when the lost node is not ready. */
function lostAt({ apiserver }: Cluster): number {
  const node = apiserver.list('nodes').find(({ metadata }) => metadata.name === 'n-0');
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.status).toBe('Unknown');
  return Date.parse(ready?.lastTransitionTime ?? '') / 1000 - Date.parse('2026-01-01T00:00:00Z') / 1000;
}

describe('settings of a scenario', () => {
  it('controllers.terminatedPodGcThreshold bounds the finished pods that are kept', () => {
    expect(podsLeft(play({}))).toBe(21);
    expect(podsLeft(play({ controllers: { terminatedPodGcThreshold: 5 } }))).toBe(6);
  });

  it('controllers.nodeMonitorGracePeriod is how long a silent node counts as ready', () => {
    const usual = lostAt(play({}));
    const patient = lostAt(play({ controllers: { nodeMonitorGracePeriod: '80s' } }));
    expect(patient - usual).toBe(30);
  });

  it('cluster.leases written puts Leases into the API, and the lost node is found at the same time', () => {
    const nodes = [{ name: 'n', count: 4 }];
    const accounted = play({});
    const written = play({ cluster: { nodes, leases: 'written' } });
    expect(accounted.apiserver.list('leases')).toHaveLength(0);
    expect(written.apiserver.list('leases')).toHaveLength(4);
    expect(lostAt(written)).toBe(lostAt(accounted));
  });

  it('controllers.nodeEvictionRate 0 leaves the pods of lost nodes alone', () => {
    const tainted = ({ apiserver }: Cluster) =>
      apiserver
        .list('nodes')
        .filter(({ spec }) => spec?.taints?.some(({ effect }) => effect === 'NoExecute'));
    expect(tainted(play({}))).toHaveLength(1);
    expect(tainted(play({ controllers: { nodeEvictionRate: 0 } }))).toHaveLength(0);
  });

  it('controllers.endpoint(Slice)UpdatesBatchPeriod gathers changes of pods into fewer writes', () => {
    const workload = [{ ...BATCH, pod: { ...BATCH.pod, labels: { app: 'batch' } } }];
    const served = { manifests: ['service.yaml'], workload, faults: [], duration: '20s' };
    const written = (controllers: object): { readonly slice: number; readonly all: number } => {
      const { apiserver } = play({ ...served, controllers });
      const [slice] = apiserver.list('endpointslices');
      const [endpoints] = apiserver.list('endpoints');
      return { slice: slice?.metadata.generation ?? 0, all: Number(endpoints?.metadata.resourceVersion) };
    };
    const usual = written({});
    const slices = written({ endpointSliceUpdatesBatchPeriod: '1s' });
    const endpoints = written({ endpointUpdatesBatchPeriod: '1s' });
    expect(slices.slice).toBeGreaterThan(1);
    expect(usual.slice).toBeGreaterThan(3 * slices.slice);
    expect(endpoints.slice).toBe(usual.slice);
    expect(usual.all).toBeGreaterThan(endpoints.all);
  });

  it('clients limits the requests of each component', () => {
    expect(bindingSpan(play({}))).toBeLessThanOrEqual(3);
    expect(bindingSpan(play({ clients: { 'kube-scheduler': { qps: 0.5, burst: 1 } } }))).toBeGreaterThan(30);
  });
});
