/** A cluster of a few nodes without scheduler and controllers: pods are created and bound by the test. */
import type { Condition, ObservationBus, Pod } from '../../../sim/api/index.ts';
import type { ObservationMap } from '../../../sim/api/observations.ts';
import { ApiServer, type ApiServerLatency, noLatency } from '../../../sim/apiserver/index.ts';
import { instant, microseconds, Observations, Simulation, toSeconds } from '../../../sim/engine/index.ts';
import { Kubelets, type KubeletsOptions, type NodeLatencies, printPod } from '../../../sim/node/index.ts';
import { World } from '../../../sim/world/index.ts';

export interface PodDraft {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Partial<Pod['spec']>;
  readonly node?: string;
}

/** Every step takes no time unless `latencies` says so: instants in the tests are those of the process model and of back-offs. */
const INSTANT = {
  sandboxStartUs: 0,
  volumeWaitUs: 0,
  containerStartUs: 0,
  stopUs: 0,
  teardownUs: 0,
  pullOverheadUs: 0,
  relistUs: 0,
  kubeletStartUs: 0,
  initRunUs: 0,
};

/** Latencies in µs. */
export interface TestOptions extends Omit<KubeletsOptions, 'latencies'> {
  readonly latencies?: Partial<Readonly<Record<keyof NodeLatencies, number>>>;
}

export class TestCluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  readonly world: World;
  readonly kubelets: Kubelets;
  readonly observations: ObservationBus = new Observations<ObservationMap>();
  /** `second step` of each pod-lifecycle observation, by pod name. */
  readonly steps = new Map<string, string[]>();

  constructor(
    options: TestOptions = {},
    nodes: readonly string[] = ['n1'],
    latency: ApiServerLatency = noLatency,
  ) {
    const { observations } = this;
    this.simulation = new Simulation('1');
    this.apiserver = new ApiServer(this.simulation, { observations, latency });
    this.world = new World(this.simulation, observations);
    this.kubelets = new Kubelets(this.simulation, this.apiserver, this.world, {
      observations,
      requeueJitter: 0,
      ...options,
      latencies: Object.fromEntries(
        Object.entries({ ...INSTANT, ...options.latencies }).map(([name, us]) => [name, microseconds(us)]),
      ),
    });
    observations.on('pod-lifecycle', ({ time, pod, step }) => {
      const steps = this.steps.get(pod.metadata.name) ?? [];
      this.steps.set(pod.metadata.name, [...steps, `${toSeconds(time)} ${step}`]);
    });
    for (const name of nodes) {
      this.kubelets.addNode({
        name,
        zone: name.slice(0, 1),
        capacity: { cpu: '4', memory: '8Gi', pods: '5' },
        images: [{ name: 'app:1', bytes: 1 }],
      });
    }
    this.kubelets.start();
    this.runTo(latency === noLatency ? 0 : 1);
  }

  runTo(second: number): void {
    this.simulation.run({ until: instant(Math.round(second * 1e6)) });
  }

  create(name: string, draft: PodDraft = {}): void {
    const object: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...(draft.annotations && { annotations: draft.annotations }) } as Pod['metadata'],
      spec: { containers: [{ name: 'c', image: 'app:1' }], ...draft.spec },
    };
    this.#must({ verb: 'create', resource: 'pods', namespace: 'default', object });
    this.#must({ verb: 'bind', namespace: 'default', name, node: draft.node ?? 'n1' });
  }

  delete(name: string, gracePeriodSeconds?: number): void {
    const options = { gracePeriodSeconds };
    this.#must({ verb: 'delete', resource: 'pods', namespace: 'default', name, options });
  }

  #must(request: Parameters<ApiServer['execute']>[0]): void {
    const result = this.apiserver.execute(request);
    if (!result.ok) throw new Error(result.error.message);
  }

  pod(name: string): Pod {
    const pod = this.apiserver.get('pods', 'default', name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }

  has(name: string): boolean {
    return this.apiserver.get('pods', 'default', name) !== undefined;
  }

  /** READY, STATUS and RESTARTS as kubectl shows them, without the age of the last restart. */
  row(name: string): string {
    const nowMs = this.apiserver.clock.epochUs / 1e3 + this.simulation.now / 1e3;
    const { Ready, Status, Restarts } = printPod(this.pod(name), nowMs);
    return `${Ready} ${Status} ${Restarts.split(' ')[0]}`;
  }

  condition(name: string, type: string): Condition | undefined {
    return this.pod(name).status?.conditions?.find((condition) => condition.type === type);
  }

  stepsOf(name: string): readonly string[] {
    return this.steps.get(name) ?? [];
  }
}
