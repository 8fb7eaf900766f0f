/** The classic leak of determinism, injected: a plugin that depends on the order in which a Map was filled. Verify must name the event. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { observationBus } from '../../sim/api/observations.ts';
import { instant, type SimEvent, Simulation, toSeconds } from '../../sim/engine/index.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { verifyResult } from '../../sim/experiment/verify.ts';
import { loadRegistries } from '../../sim/registries.ts';
import {
  buildCluster,
  type LoadedScenario,
  loadScenario,
  type Registries,
} from '../../sim/scenario/index.ts';
import type { PluginFactory, Pod } from '../../sim/scheduler/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubedes-map-order-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NAME = 'MapOrder';
const NODES = ['node-0', 'node-1', 'node-2', 'node-3'];

/** The bug: which node is favoured from the n-th pod on is the first of a Map, and who fills it is not settled. */
const mapOrder =
  (nodes: readonly string[], from: number): PluginFactory =>
  () => {
    const seen = new Map<string, Set<string>>(nodes.map((node) => [node, new Set()]));
    const pods = new Set<string>();
    return {
      name: NAME,
      score: (_state, { metadata: { uid } }: Pod, node) => {
        pods.add(uid);
        const [favourite] = pods.size < from ? NODES : seen.keys();
        return node.name === favourite ? 100 : 0;
      },
    };
  };

function registriesWith(nodes: readonly string[], from: number): Registries {
  const known = loadRegistries();
  return { ...known, plugins: new Map([...known.plugins, [NAME, mapOrder(nodes, from)]]) };
}

const SCENARIO = {
  apiVersion: 'kubedes.io/v1',
  kind: 'Scenario',
  metadata: { name: 'map-order' },
  duration: '3m',
  cluster: { nodes: [{ name: 'node', count: NODES.length }] },
  scheduler: {
    config: {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [
        {
          schedulerName: 'default-scheduler',
          plugins: { score: { enabled: [{ name: NAME, weight: 1000 }] } },
        },
      ],
    },
  },
  workload: [
    {
      name: 'batch',
      arrival: { poisson: { perSecond: 2 } },
      runTime: { exponential: { mean: '20s' } },
      pod: { requests: { cpu: '100m' } },
    },
  ],
};

const loaded = (): LoadedScenario => {
  const text = JSON.stringify(SCENARIO);
  const files = {
    read: () => text,
    resolve: (_: string, path: string) => path,
    show: (path: string) => path,
  };
  return loadScenario('map-order.yaml', files).runs[0]!;
};

interface Logged {
  readonly seconds: number;
  readonly component: string;
  readonly event: SimEvent;
  readonly text: string;
}

/** Every event with all that the digest covers. */
function fullLog(registries: Registries): Logged[] {
  const run = loaded();
  const simulation = new Simulation(run.seed);
  const log: Logged[] = [];
  simulation.trace((_n, time, phase, component, event) => {
    const text = JSON.stringify([time, phase, component, event.kind, event.key, event.n]);
    log.push({ seconds: toSeconds(time), component, event, text });
  });
  const cluster = buildCluster(simulation, observationBus(), run, registries);
  simulation.run({ until: instant(run.horizon), stopWhen: cluster.stopWhen });
  return log;
}

describe('a plugin that depends on the order of a Map', () => {
  it.each([1, 2, 40, 200])('is found out: verify names the event, from pod %d on', (from) => {
    const recording = registriesWith(NODES, from);
    const verification = registriesWith(NODES.toReversed(), from);
    const [a, b] = [fullLog(recording), fullLog(verification)];
    const at = b.findIndex(({ text }, i) => text !== a[i]?.text);
    expect(at).toBeGreaterThan(0);

    const { manifest, directory } = runScenario(loaded(), recording, { directory: join(folder, `${from}`) });
    expect(manifest.events).toBe(a.length);
    const trail = readFileSync(join(directory!, 'digest-trail.bin'));
    const verdict = verifyResult(loaded(), manifest, trail, verification, directory);

    const { seconds, component, event } = b[at]!;
    // Not what follows from it a second later, but the binding itself.
    expect(`${component}: ${event.kind} ${event.key}`).toMatch(/^kube-apiserver: commit .* on node-3$/);
    expect(verdict.same).toBe(false);
    expect(verdict.explanation).toBe(`first differing event: ${at + 1} at ${seconds} s`);
    expect(verdict.details).toContainEqual(
      expect.stringContaining(
        `now:  event ${at + 1} at ${seconds} s: ${component}: ${event.kind} ${event.key}`,
      ),
    );
    expect(verdict.details).toContainEqual(
      expect.stringContaining(`both: event ${at} at ${b[at - 1]!.seconds} s: ${b[at - 1]!.component}`),
    );
  });

  it('is no difference when the order is the same', () => {
    const same = registriesWith(NODES, 1);
    const { manifest, trail, directory } = runScenario(loaded(), same, { directory: join(folder, 'same') });
    expect(verifyResult(loaded(), manifest, trail.bytes(), same, directory)).toMatchObject({ same: true });
  });
});
