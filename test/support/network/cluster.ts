/** A cluster for network tests: API server and world, with nodes, pods and EndpointSlices put there by the test itself. */
import type { EndpointSlice, KubernetesObject, Node, Service, ServiceSpec } from '../../../sim/api/index.ts';
import { type ObservationBus, observationBus } from '../../../sim/api/observations.ts';
import { ApiServer } from '../../../sim/apiserver/index.ts';
import { SharedInformerFactory } from '../../../sim/client/index.ts';
import { type SimTime, Simulation, seconds } from '../../../sim/engine/index.ts';
import type { ProxyMode } from '../../../sim/network/proxy.ts';
import { ServiceNetwork, type ServiceNetworkOptions } from '../../../sim/network/service-network.ts';
import { ServiceTraffic } from '../../../sim/network/traffic.ts';
import { type Sandbox, World } from '../../../sim/world/index.ts';

export interface TestPod {
  readonly sandbox: Sandbox;
  ready: boolean;
  terminating: boolean;
}

export class TestCluster {
  readonly simulation: Simulation;
  readonly bus: ObservationBus = observationBus();
  readonly apiserver: ApiServer;
  readonly world: World;
  readonly network: ServiceNetwork;
  readonly traffic: ServiceTraffic;
  /** By Service, in order of creation. */
  readonly pods = new Map<string, TestPod[]>();
  #podCount = 0;

  constructor(mode: ProxyMode, nodes: number, options: ServiceNetworkOptions = {}, seed = 'test', zones = 1) {
    this.simulation = new Simulation(seed);
    this.apiserver = new ApiServer(this.simulation);
    this.world = new World(this.simulation, this.bus, { expectedNodes: nodes });
    for (let i = 0; i < nodes; i++) this.#addNode(`node-${i}`, `zone-${i % zones}`);
    const informers = new SharedInformerFactory(this.apiserver);
    this.network = new ServiceNetwork(this.simulation, informers, this.world, mode, {
      observations: this.bus,
      clock: this.apiserver.clock,
      ...options,
    });
    this.traffic = new ServiceTraffic(this.simulation, this.network, this.world, this.bus);
    informers.start();
  }

  /** A ClusterIP Service `default/<name>` with so many serving pods, dealt out over the nodes, and its slice. */
  addService(name: string, pods: number, spec: Partial<ServiceSpec> = {}): TestPod[] {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } };
    const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }];
    this.#create('services', {
      ...service,
      spec: { selector: { app: name }, ports, ...spec },
    });
    const list: TestPod[] = [];
    this.pods.set(name, list);
    for (let i = 0; i < pods; i++) list.push(this.startPod(name));
    this.publish(name);
    return list;
  }

  /** A pod that serves from now on; it is in no slice before `publish`. */
  startPod(service: string): TestPod {
    const machines = [...this.world.machines()].filter((machine) => machine.up);
    const machine = machines[this.#podCount % machines.length]!;
    const key = `default/${service}-${this.#podCount++}`;
    const sandbox = this.world.createSandbox(machine, key, key, false)!;
    this.world.setServing(sandbox, true);
    return { sandbox, ready: true, terminating: false };
  }

  /** Writes the slice of a Service as its pods are now. */
  publish(name: string): void {
    const pods = this.pods.get(name) ?? [];
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-abcde`,
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': name },
        annotations: {
          'endpoints.kubernetes.io/last-change-trigger-time': this.apiserver.clock.microTimestamp(
            this.simulation.now,
          ),
        },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: pods.map((pod) => endpointOf(pod)),
    };
    const known = this.apiserver.get('endpointslices', 'default', slice.metadata.name);
    if (known === undefined) this.#create('endpointslices', slice);
    else this.#execute({ verb: 'update', resource: 'endpointslices', object: draft<EndpointSlice>(slice) });
  }

  run(untilSeconds: number): void {
    this.simulation.run({ until: seconds(untilSeconds) as number as SimTime });
  }

  #addNode(name: string, zone: string): void {
    this.world.addMachine({ name, zone, cpuMilli: 16_000, memoryBytes: 64 * 2 ** 30 });
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
      spec: {},
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    };
    this.#create('nodes', node);
    const stored = this.apiserver.get('nodes', '', name)!;
    const object = { ...stored, status: { ...stored.status, conditions: node.status.conditions } };
    this.#execute({ verb: 'update', resource: 'nodes', object: draft<Node>(object), subresource: 'status' });
  }

  #create(resource: 'nodes' | 'services' | 'endpointslices', object: object): void {
    const namespace = resource === 'nodes' ? '' : 'default';
    this.#execute({
      verb: 'create',
      resource,
      namespace,
      object: draft<Node | Service | EndpointSlice>(object),
    });
  }

  #execute(request: Parameters<ApiServer['execute']>[0]): void {
    const result = this.apiserver.execute(request);
    if (!result.ok) throw new Error(result.error.message);
  }
}

/** The one place where test data becomes an API object; the server validates it. */
const draft = <T extends KubernetesObject>(object: object): T => object as T;

function endpointOf(pod: TestPod): EndpointSlice['endpoints'][number] {
  const { sandbox } = pod;
  const [namespace, name] = sandbox.podKey.split('/');
  return {
    addresses: [sandbox.ip],
    conditions: { ready: pod.ready, serving: pod.ready || pod.terminating, terminating: pod.terminating },
    nodeName: sandbox.machine.name,
    targetRef: { kind: 'Pod', namespace: namespace ?? '', name: name ?? '' },
  };
}
