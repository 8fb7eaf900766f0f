/**
 * The kube-controller-manager: one process with one set of informers, in which every controller has its own loop and its own
 * rate-limited client. Kubernetes v1.36.3, cmd/kube-controller-manager/app.
 */
import type { ApiServer } from '../apiserver/index.ts';
import { ApiClient, type ClientLimits, clientLimits, SharedInformerFactory } from '../client/index.ts';
import type { Simulation } from '../engine/index.ts';
import { ControllerLoop, type EventBroadcaster } from './controller-loop.ts';
import { type ControllerFlags, type ControllerName, controllerTable } from './controllers.ts';
import { ControllerEnvironment } from './environment.ts';

export interface ControllerManagerOptions extends ControllerFlags {
  /** As `--controllers`: all of them if absent. */
  readonly controllers?: readonly ControllerName[] | undefined;
  /** `--kube-api-qps` and `--kube-api-burst`: each controller has a client of its own with these limits. Default 20 and 30. */
  readonly limits?: ClientLimits | undefined;
  /** Events are not recorded if absent. */
  readonly recorder?: EventBroadcaster | undefined;
}

export class ControllerManager {
  readonly informers: SharedInformerFactory;
  readonly loops: readonly ControllerLoop[];

  /** Starts watching at once; a simulation has one. */
  constructor(simulation: Simulation, apiserver: ApiServer, options: ControllerManagerOptions = {}) {
    const { controllers, recorder, limits = clientLimits['kube-controller-manager'] } = options;
    this.informers = new SharedInformerFactory(apiserver);
    const environment = new ControllerEnvironment(this.informers, apiserver.clock, () => simulation.now);
    const chosen = controllerTable.filter(
      ({ name }) => controllers === undefined || controllers.includes(name),
    );
    this.loops = chosen.flatMap(({ name, create, qpsFactor = 1, burstFactor = 1 }) => {
      const scaled = { qps: limits.qps * qpsFactor, burst: limits.burst * burstFactor };
      const client = new ApiClient(simulation, apiserver, {
        name: `kube-controller-manager/${name}`,
        ...scaled,
      });
      return [create(environment, options)]
        .flat()
        .map((controller) => new ControllerLoop(simulation, client, controller, recorder));
    });
    this.informers.start();
  }

  /** True if this controller runs and has nothing left to do, now or later, unless something changes. */
  isAtRest(controller: ControllerName): boolean {
    const own = this.loops.filter(({ name }) => name === controller || name.startsWith(`${controller}/`));
    return own.length > 0 && own.every(({ idle }) => idle);
  }
}
