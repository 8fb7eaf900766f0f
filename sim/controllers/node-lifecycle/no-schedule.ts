/**
 * The part of the node lifecycle controller that turns conditions into NoSchedule taints, at once and without any limit but the
 * client's. Kubernetes v1.36.3, pkg/controller/nodelifecycle/node_lifecycle_controller.go (doNoScheduleTaintingPass).
 */
import type { Node } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import type { SimTime } from '../../engine/index.ts';
import { type Controller, DONE, type Plan, type WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { noScheduleTaints } from './node-taints.ts';
import { writeTaints } from './node-writes.ts';

export class NoScheduleTaints implements Controller {
  readonly name = 'node-lifecycle-controller/no-schedule';
  /** Documented: NodeUpdateWorkers. */
  readonly workers = 8;
  readonly #environment: ControllerEnvironment;
  readonly #nodes: Informer<Node>;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#nodes = environment.informers.informer('nodes');
  }

  start(work: WorkSink): void {
    this.#nodes.addHandler({
      onAdd: (_, name) => work.add(name),
      onUpdate: (node, previous, name) => {
        if (node.spec !== previous.spec || node.status?.conditions !== previous.status?.conditions)
          work.add(name);
      },
    });
  }

  reconcile(name: string, now: SimTime): Plan {
    const node = this.#nodes.get(name);
    const timestamp = this.#environment.clock.timestamp(now);
    if (node === undefined || noScheduleTaints(node, timestamp) === undefined) return DONE;
    return writeTaints(name, (fresh) => noScheduleTaints(fresh, timestamp));
  }
}
