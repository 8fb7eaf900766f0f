/**
 * Stands in for the scheduler: binds each pod to the node that the recording shows, since rankings depend on it; a pod that the
 * recording does not know goes to the emptiest node that its selectors and tolerations allow.
 */
import { firstUntoleratedTaint, keyOf, matchesLabels, type Node, type Pod } from '../../../sim/api/index.ts';
import type { ApiServer } from '../../../sim/apiserver/index.ts';
import type { Informer, SharedInformerFactory } from '../../../sim/client/index.ts';
import {
  type Component,
  milliseconds,
  Phase,
  type Port,
  type SimEvent,
  type Simulation,
} from '../../../sim/engine/index.ts';

interface BindEvent extends SimEvent {
  readonly kind: 'bind';
}

export class Binder implements Component<BindEvent> {
  readonly name = 'binder';
  readonly #apiserver: ApiServer;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #recordedNode: (pod: Pod) => string | undefined;
  readonly #port: Port<BindEvent>;
  readonly #waiting = new Set<string>();

  constructor(
    simulation: Simulation,
    apiserver: ApiServer,
    informers: SharedInformerFactory,
    recordedNode: (pod: Pod) => string | undefined,
  ) {
    this.#apiserver = apiserver;
    this.#recordedNode = recordedNode;
    this.#port = simulation.port<BindEvent>(this, Phase.component);
    this.#pods = informers.informer('pods');
    this.#nodes = informers.informer('nodes');
    this.#pods.addIndex('node', (pod) => pod.spec.nodeName);
    this.#pods.addHandler({
      onAdd: (pod) => this.#try(pod),
      onUpdate: (pod) => this.#try(pod),
      onDelete: (pod) => this.#waiting.delete(keyOf(pod)),
    });
    const retry = (): void => {
      for (const key of this.#waiting) this.#port.after(milliseconds(1), { kind: 'bind', key });
    };
    this.#nodes.addHandler({ onAdd: retry, onUpdate: retry });
  }

  #try(pod: Pod): void {
    if ((pod.spec.nodeName ?? '') !== '' || pod.metadata.deletionTimestamp !== undefined) return;
    if (pod.spec.schedulingGates !== undefined && pod.spec.schedulingGates.length > 0) return;
    this.#port.after(milliseconds(6), { kind: 'bind', key: keyOf(pod) });
  }

  handle({ key }: BindEvent): void {
    const pod = this.#pods.get(key);
    if (pod === undefined || (pod.spec.nodeName ?? '') !== '') return;
    const node = this.#choose(pod);
    if (node === undefined) {
      this.#waiting.add(key);
      return;
    }
    this.#waiting.delete(key);
    const { namespace = '', name } = pod.metadata;
    this.#apiserver.execute({ verb: 'bind', namespace, name, node });
  }

  #choose(pod: Pod): string | undefined {
    const recorded = this.#recordedNode(pod);
    if (recorded !== undefined && this.#nodes.get(recorded) !== undefined) return recorded;
    let best: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const node of this.#nodes.values()) {
      if (!fits(pod, node)) continue;
      const count = [...this.#pods.byIndex('node', node.metadata.name)].length;
      if (count < fewest) {
        fewest = count;
        best = node.metadata.name;
      }
    }
    return best;
  }
}

function fits(pod: Pod, node: Node): boolean {
  if (node.spec.unschedulable === true) return false;
  if (firstUntoleratedTaint(node.spec.taints, pod.spec.tolerations, 'NoSchedule', 'NoExecute') !== undefined)
    return false;
  return pod.spec.nodeSelector === undefined || matchesLabels(pod.spec.nodeSelector, node.metadata.labels);
}
