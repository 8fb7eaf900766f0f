/** A simulation with an API server and schedulers, and nothing else: bound pods stay as they are. */
import { defaultPlugins, schedulerPlugins } from '../../../policies/index.ts';
import type { KubernetesObject, Node, Pod, ResourceName } from '../../../sim/api/index.ts';
import type { ObservationMap } from '../../../sim/api/observations.ts';
import { type ApiRequest, ApiServer } from '../../../sim/apiserver/index.ts';
import { ApiClient, SharedInformerFactory } from '../../../sim/client/index.ts';
import { instant, Observations, Simulation } from '../../../sim/engine/index.ts';
import {
  defaultConfiguration,
  type Plugin,
  Scheduler,
  type SchedulerConfiguration,
  type SchedulerOptions,
} from '../../../sim/scheduler/index.ts';

export interface Recorded {
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
}

type Attempt = ObservationMap['scheduling-attempt'];

export class RunningCluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  readonly scheduler: Scheduler;
  readonly attempts: Attempt[] = [];
  readonly events: Recorded[] = [];

  constructor(options: Partial<SchedulerOptions> = {}, seed = 'seed') {
    this.simulation = new Simulation(seed);
    this.apiserver = new ApiServer(this.simulation);
    this.scheduler = this.addScheduler(options);
  }

  /** One more scheduler process. */
  addScheduler(options: Partial<SchedulerOptions>): Scheduler {
    const informers = new SharedInformerFactory(this.apiserver);
    const name = options.name ?? 'kube-scheduler';
    const client = new ApiClient(this.simulation, this.apiserver, { name, qps: 50, burst: 100 });
    const observations = new Observations<ObservationMap>();
    observations.on('scheduling-attempt', (attempt) => this.attempts.push(attempt));
    const scheduler = new Scheduler(this.simulation, client, informers, {
      configuration: defaultConfiguration(defaultPlugins),
      registry: schedulerPlugins,
      observations,
      events: {
        enabled: true,
        event: (object, type, reason, message) =>
          this.events.push({ type, reason, object: object.metadata.name, message }),
      },
      ...options,
    });
    informers.start();
    return scheduler;
  }

  execute(request: ApiRequest): KubernetesObject {
    const result = this.apiserver.execute(request);
    if (!result.ok) throw new Error(result.error.message);
    return result.object;
  }

  create(resource: ResourceName, object: object, namespace = ''): KubernetesObject {
    // A draft: the API server completes the metadata.
    return this.execute({ verb: 'create', resource, namespace, object: object as KubernetesObject });
  }

  /** A ready node: admission taints new ones. */
  addNode(name: string, allocatable: Readonly<Record<string, string>>, node: Partial<Node> = {}): void {
    const created = this.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...node.metadata?.labels } },
      spec: {},
      status: { allocatable: { memory: '8Gi', pods: '110', ...allocatable } },
    }) as Node;
    const spec = { ...created.spec, taints: [], ...node.spec };
    this.execute({ verb: 'update', resource: 'nodes', object: { ...created, spec } });
  }

  addPod(name: string, cpu: string, spec: Partial<Pod['spec']> = {}, labels = {}): void {
    const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }];
    this.create(
      'pods',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', labels },
        spec: { containers, ...spec },
      },
      'default',
    );
  }

  addPriorityClass(name: string, value: number): void {
    const metadata = { name };
    this.create('priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata,
      value,
    });
  }

  deletePod(name: string): void {
    const options = { gracePeriodSeconds: 0 };
    this.execute({ verb: 'delete', resource: 'pods', namespace: 'default', name, options });
  }

  pod(name: string): Pod | undefined {
    return this.apiserver.get('pods', 'default', name);
  }

  nodeOf(name: string): string | undefined {
    return this.pod(name)?.spec.nodeName;
  }

  /** Runs until so many seconds after the start. */
  runTo(seconds: number): void {
    this.simulation.run({ until: instant(Math.round(seconds * 1e6)) });
  }
}

/** The default profile with more plugins, for one scheduler. */
export function withPlugins(...plugins: readonly Plugin[]): Partial<SchedulerOptions> {
  const configuration: SchedulerConfiguration = defaultConfiguration({
    multiPoint: {
      enabled: [...(defaultPlugins.multiPoint?.enabled ?? []), ...plugins.map(({ name }) => ({ name }))],
      disabled: [],
    },
  });
  return {
    configuration,
    registry: new Map([
      ...schedulerPlugins,
      ...plugins.map((plugin) => [plugin.name, () => plugin] as const),
    ]),
  };
}
