/** Node objects and Leases as the kubelet keeps them. Source: kubelet `kubelet_node_status.go`, lease controller, Kubernetes v1.36.3. */
import type { Lease, Node } from '../api/index.ts';
import type { ApiRequest, ApiServer } from '../apiserver/index.ts';
import { START } from '../engine/index.ts';
import type { KubeletContext } from './context.ts';
import { type KubeletReply, nodeEvent } from './events.ts';
import { healthyConditions, imageList } from './node-object.ts';
import type { NodeState } from './pod-state.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** `nodeLeaseDurationSeconds`. */
const LEASE_SECONDS = 40;

/**
 * Every new Node is tainted not-ready until the node lifecycle controller has seen it ready; at the start of a run
 * that is long past. Under the controller's request limits it would take 1,000 nodes two minutes.
 */
function withoutNotReady(apiserver: ApiServer, node: Node): Node {
  const taints = node.spec.taints?.filter(({ key }) => key !== 'node.kubernetes.io/not-ready') ?? [];
  if (taints.length === (node.spec.taints?.length ?? 0)) return node;
  const object: Node = { ...node, spec: { ...node.spec, taints } };
  const result = apiserver.execute({ verb: 'update', resource: 'nodes', object });
  return result.ok ? (result.object as Node) : node;
}

type NodeReply = Extract<KubeletReply, { kind: 'node-read' | 'node-written' }>;

export class NodeRegistrar {
  readonly #context: KubeletContext;
  readonly #writesLeases: boolean;

  constructor(context: KubeletContext, leases: 'accounted' | 'written') {
    this.#context = context;
    this.#writesLeases = leases === 'written';
  }

  /** At this instant, without the way through the client: the machine joins a cluster that knows it. */
  register(node: NodeState, apiserver: ApiServer): void {
    const result = apiserver.execute({
      verb: 'create',
      resource: 'nodes',
      namespace: '',
      object: node.registered,
    });
    if (result.ok) {
      const created = result.object as Node;
      const isFirst = this.#context.simulation.now === START;
      node.allocation.setNode(isFirst ? withoutNotReady(apiserver, created) : created);
    }
    if (this.#writesLeases) {
      apiserver.execute({
        verb: 'create',
        resource: 'leases',
        namespace: LEASE_NAMESPACE,
        object: this.#lease(node),
      });
    }
  }

  /** Posts that the node is ready, unless it has only just been registered so. */
  kubeletStarted(node: NodeState): void {
    if (node.life > 0) this.#read(node);
    if (this.#writesLeases) this.leaseDue(node);
  }

  /** The images on the node are others than the API knows: told with the next status. */
  imagesChanged(node: NodeState): void {
    if (node.statusDue || !node.kubeletUp) return;
    node.statusDue = true;
    const { acts, simulation, latencies } = this.#context;
    const wait = latencies.nodeStatusUs;
    const at = wait === 0 ? simulation.now : node.heartbeat.next(simulation.now);
    acts.at(at, nodeEvent('node-status-due', node));
  }

  statusDue(node: NodeState): void {
    node.statusDue = false;
    this.#read(node);
  }

  leaseDue(node: NodeState): void {
    const { acts, clock, simulation } = this.#context;
    const renewTime = clock.microTimestamp(simulation.now);
    node.client.send({
      verb: 'patch',
      resource: 'leases',
      namespace: LEASE_NAMESPACE,
      name: node.name,
      patchType: 'merge',
      patch: { spec: { renewTime } },
    });
    acts.at(node.heartbeat.next(simulation.now), nodeEvent('lease-due', node));
  }

  /** Read, change, write back; a conflict starts over, a Node that was deleted is registered again. */
  answered(node: NodeState, event: NodeReply): void {
    const { result } = event;
    if (result.ok) {
      if (event.kind === 'node-read') this.#write(node, result.object as Node);
    } else if (result.error.code === 404) {
      this.#send(
        node,
        { verb: 'create', resource: 'nodes', namespace: '', object: node.registered },
        'node-written',
      );
    } else if (result.error.code === 409 && event.kind === 'node-written') this.#read(node);
  }

  #read(node: NodeState): void {
    this.#send(node, { verb: 'get', resource: 'nodes', namespace: '', name: node.name }, 'node-read');
  }

  #write(node: NodeState, known: Node): void {
    const { clock, simulation } = this.#context;
    const conditions = healthyConditions(known.status?.conditions, clock.timestamp(simulation.now));
    const status = { ...known.status, conditions, images: imageList(node.images.present) };
    this.#send(
      node,
      { verb: 'update', resource: 'nodes', subresource: 'status', object: { ...known, status } },
      'node-written',
    );
  }

  #send(node: NodeState, request: ApiRequest, kind: NodeReply['kind']): void {
    node.client.send<NodeReply>(request, {
      port: this.#context.replies as never,
      event: { kind, key: node.name, n: node.life, node },
    });
  }

  #lease(node: NodeState): Lease {
    const { clock, simulation } = this.#context;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: node.name, namespace: LEASE_NAMESPACE },
      spec: {
        holderIdentity: node.name,
        leaseDurationSeconds: LEASE_SECONDS,
        renewTime: clock.microTimestamp(simulation.now),
      },
    } as Lease;
  }
}
