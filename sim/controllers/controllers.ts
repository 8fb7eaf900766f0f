/** All controllers, one row each. Names as in the `--controllers` flag of Kubernetes v1.36.3. */

import type { Duration } from '../engine/index.ts';
import type { Controller } from './controller.ts';
import { DeploymentController } from './deployment/deployment.ts';
import { EndpointsController } from './endpoints/endpoints.ts';
import { EndpointSliceController } from './endpoints/endpointslice.ts';
import { EndpointSliceMirroringController } from './endpoints/mirroring.ts';
import type { ControllerEnvironment } from './environment.ts';
import { GarbageCollector } from './garbage-collector/garbage-collector.ts';
import { JobController } from './job/job.ts';
import { NamespaceController } from './namespace/namespace.ts';
import {
  DEFAULT_SERVICE_ACCOUNT,
  NamespaceDefaultController,
  ROOT_CERTIFICATE,
} from './namespace/namespace-defaults.ts';
import type { HeartbeatView } from './node-lifecycle/heartbeats.ts';
import { LeaseHeartbeats } from './node-lifecycle/heartbeats.ts';
import { NoScheduleTaints } from './node-lifecycle/no-schedule.ts';
import { NodeLifecycleController, type NodeLifecycleFlags } from './node-lifecycle/node-lifecycle.ts';
import { PodGarbageCollector } from './pod-gc.ts';
import { ClaimProtectionController } from './pvc-protection.ts';
import { REPLICA_SET, REPLICATION_CONTROLLER } from './replicaset/kinds.ts';
import { ReplicaSetController } from './replicaset/replicaset.ts';
import { TaintEvictionController } from './taint-eviction.ts';
import { TtlAfterFinishedController } from './ttl-after-finished.ts';

/** What the process is started with. */
export interface ControllerFlags {
  /** Heartbeats that are accounted for; Lease objects if absent. */
  readonly heartbeats?: HeartbeatView | undefined;
  readonly nodeLifecycle?: Partial<NodeLifecycleFlags> | undefined;
  /** `--terminated-pod-gc-threshold`, default 12,500; 0 turns it off. */
  readonly terminatedPodThreshold?: number | undefined;
  /** `--endpoint-updates-batch-period` and `--endpointslice-updates-batch-period`: how long changes of pods are gathered. Default 0. */
  readonly endpointUpdatesBatchPeriod?: Duration | undefined;
  readonly endpointSliceUpdatesBatchPeriod?: Duration | undefined;
}

interface Row<N extends string = string> {
  readonly name: N;
  /** Several loops of one controller share its client. */
  readonly create: (
    environment: ControllerEnvironment,
    flags: ControllerFlags,
  ) => Controller | readonly Controller[];
  /** Some controllers get a multiple of the client limits. */
  readonly qpsFactor?: number;
  readonly burstFactor?: number;
}

const row = <const N extends string>(
  name: N,
  create: Row['create'],
  factors: Pick<Row, 'qpsFactor' | 'burstFactor'> = {},
): Row<N> => ({ name, create, ...factors });

export const controllerTable = [
  row(
    'replicationcontroller-controller',
    (environment) => new ReplicaSetController(environment, REPLICATION_CONTROLLER),
  ),
  row('replicaset-controller', (environment) => new ReplicaSetController(environment, REPLICA_SET)),
  row('deployment-controller', (environment) => new DeploymentController(environment)),
  row('job-controller', (environment) => new JobController(environment)),
  row('ttl-after-finished-controller', (environment) => new TtlAfterFinishedController(environment)),
  row(
    'endpoints-controller',
    (environment, { endpointUpdatesBatchPeriod }) =>
      new EndpointsController(environment, endpointUpdatesBatchPeriod),
  ),
  row(
    'endpointslice-controller',
    (environment, { endpointSliceUpdatesBatchPeriod }) =>
      new EndpointSliceController(environment, endpointSliceUpdatesBatchPeriod),
  ),
  row(
    'endpointslice-mirroring-controller',
    (environment) => new EndpointSliceMirroringController(environment),
  ),
  row('node-lifecycle-controller', (environment, { heartbeats, nodeLifecycle }) => {
    const view = heartbeats ?? new LeaseHeartbeats(environment.informers, environment.clock);
    return [new NodeLifecycleController(environment, view, nodeLifecycle), new NoScheduleTaints(environment)];
  }),
  row('taint-eviction-controller', (environment) => new TaintEvictionController(environment)),
  row(
    'pod-garbage-collector-controller',
    (environment, { terminatedPodThreshold }) => new PodGarbageCollector(environment, terminatedPodThreshold),
  ),
  // Upstream: chatty, so it may send 20 times as many requests.
  row('namespace-controller', (environment) => new NamespaceController(environment), {
    qpsFactor: 20,
    burstFactor: 100,
  }),
  row(
    'serviceaccount-controller',
    (environment) => new NamespaceDefaultController(environment, DEFAULT_SERVICE_ACCOUNT),
  ),
  row(
    'root-ca-certificate-publisher-controller',
    (environment) => new NamespaceDefaultController(environment, ROOT_CERTIFICATE),
  ),
  row(
    'persistentvolumeclaim-protection-controller',
    (environment) => new ClaimProtectionController(environment),
  ),
  // Upstream: each deletion takes two requests.
  row('garbage-collector-controller', (environment) => new GarbageCollector(environment), { qpsFactor: 2 }),
] as const;

export type ControllerName = (typeof controllerTable)[number]['name'];
