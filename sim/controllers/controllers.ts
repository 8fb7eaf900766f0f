/** All controllers, one row each. Names as in the `--controllers` flag of Kubernetes v1.36.3. */
import type { Controller } from './controller.ts';
import { DeploymentController } from './deployment/deployment.ts';
import type { ControllerEnvironment } from './environment.ts';
import { GarbageCollector } from './garbage-collector/garbage-collector.ts';
import { JobController } from './job/job.ts';
import { REPLICA_SET, REPLICATION_CONTROLLER } from './replicaset/kinds.ts';
import { ReplicaSetController } from './replicaset/replicaset.ts';
import { TtlAfterFinishedController } from './ttl-after-finished.ts';

export type ControllerName =
  | 'replicationcontroller-controller'
  | 'replicaset-controller'
  | 'deployment-controller'
  | 'job-controller'
  | 'ttl-after-finished-controller'
  | 'garbage-collector-controller';

interface Row {
  readonly name: ControllerName;
  readonly create: (environment: ControllerEnvironment) => Controller;
  /** Some controllers get a multiple of the client limits. */
  readonly limitFactor?: number;
}

export const controllerTable: readonly Row[] = [
  {
    name: 'replicationcontroller-controller',
    create: (environment) => new ReplicaSetController(environment, REPLICATION_CONTROLLER),
  },
  {
    name: 'replicaset-controller',
    create: (environment) => new ReplicaSetController(environment, REPLICA_SET),
  },
  { name: 'deployment-controller', create: (environment) => new DeploymentController(environment) },
  { name: 'job-controller', create: (environment) => new JobController(environment) },
  {
    name: 'ttl-after-finished-controller',
    create: (environment) => new TtlAfterFinishedController(environment),
  },
  {
    name: 'garbage-collector-controller',
    create: (environment) => new GarbageCollector(environment),
    // Each deletion takes two requests.
    limitFactor: 2,
  },
];
