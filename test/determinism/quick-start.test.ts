/** The quick start, small: equal digests however it is run. Other Node versions: `.ci/run`; numbers of workers: slow tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { observationBus } from '../../sim/api/observations.ts';
import { instant, Simulation } from '../../sim/engine/index.ts';
import { type RunOptions, type RunResult, runScenario } from '../../sim/experiment/run.ts';
import { loadRuns } from '../../sim/library/load-runs.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { buildCluster, type LoadedScenario } from '../../sim/scenario/index.ts';
import { kubedes } from '../support/cli.ts';

const SETTINGS = { 'cluster.nodes.0.count': 12, 'traffic.0.rate': 10 };
const VARIANTS = ['userspace', 'iptables', 'ipvs'] as const;
const folder = mkdtempSync(join(tmpdir(), 'kubedes-determinism-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Digests {
  readonly events: number;
  readonly eventDigest: string;
  readonly stateDigest: string;
}

const digestsOf = ({
  manifest: { events, eventDigest, stateDigest },
}: Pick<RunResult, 'manifest'>): Digests => ({
  events,
  eventDigest,
  stateDigest,
});

const load = (variant: string): LoadedScenario =>
  loadRuns(['scenarios/quick-start.yaml'], { variants: [variant], settings: SETTINGS })[0]!;
const run = (variant: string, options: RunOptions = {}): Digests =>
  digestsOf(runScenario(load(variant), loadRegistries(), options));

/** Made once; nothing is written. */
const expected = new Map(VARIANTS.map((variant) => [variant, run(variant)]));

describe('the quick start has equal digests', () => {
  it('but not for other proxy modes: they can differ', () => {
    expect(new Set([...expected.values()].map(({ eventDigest }) => eventDigest)).size).toBe(3);
    expect([...expected.values()].every(({ events }) => events > 10_000)).toBe(true);
  });

  it('when run again in the process, after others', () => {
    expect(run('iptables')).toEqual(expected.get('iptables'));
  });

  it('with all CSV files, with none, and with one', () => {
    expect(run('iptables', { directory: join(folder, 'all') })).toEqual(expected.get('iptables'));
    expect(run('iptables', { files: [] })).toEqual(expected.get('iptables'));
    expect(run('ipvs', { directory: join(folder, 'pods'), files: ['pods'] })).toEqual(expected.get('ipvs'));
  });

  it('without a trace, slices, samples or recorders', () => {
    const loaded = load('iptables');
    const simulation = new Simulation(loaded.seed);
    const cluster = buildCluster(simulation, observationBus(), loaded, loadRegistries());
    simulation.run({ until: instant(loaded.horizon) });
    expect({
      events: simulation.eventCount,
      eventDigest: simulation.digest.hex(),
      stateDigest: cluster.stateDigest(),
    }).toEqual(expected.get('iptables'));
  });

  it('while listeners follow everything', () => {
    const loaded = load('iptables');
    const simulation = new Simulation(loaded.seed);
    const bus = observationBus();
    let heard = 0;
    for (const kind of ['pod-changed', 'scheduling-attempt', 'event-recorded', 'service-request'] as const)
      bus.on(kind, () => heard++);
    simulation.trace(() => heard++);
    buildCluster(simulation, bus, loaded, loadRegistries());
    simulation.run({ until: instant(loaded.horizon) });
    expect(simulation.digest.hex()).toBe(expected.get('iptables')!.eventDigest);
    expect(heard).toBeGreaterThan(simulation.eventCount);
  });

  it('in another process, all proxy modes after each other', () => {
    const settings = Object.entries(SETTINGS).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    const out = ['--out', join(folder, 'other'), '--json'];
    const { stdout, status } = kubedes('run', 'scenarios/quick-start.yaml', ...settings, ...out);
    expect(status).toBe(0);
    const results = JSON.parse(stdout) as Pick<RunResult, 'manifest'>[];
    expect(results.map((result) => [result.manifest.variant, digestsOf(result)])).toEqual([...expected]);
  });
});
