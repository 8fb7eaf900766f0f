/** What one sync of a Deployment carries from write to write, and the writes all its steps share. */
import type { Deployment, DeploymentStatus, KubernetesObject, Pod, ReplicaSet } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/index.ts';
import type { SimTime } from '../../engine/index.ts';
import { type EventDraft, type Plan, RETRY, withEvents, write } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { withReplicas } from './annotations.ts';
import type { Conditions } from './conditions.ts';
import type { Moment } from './deployment-status.ts';
import { desiredReplicas, maxSurge, type Resize, specReplicas } from './rolling-update.ts';

export class SyncState {
  readonly environment: ControllerEnvironment;
  /** With what this sync has changed of annotations and status so far; the resourceVersion is the one it started from. */
  deployment: Deployment;
  readonly replicaSets: readonly ReplicaSet[];
  now: SimTime;
  hasWritten = false;

  constructor(
    environment: ControllerEnvironment,
    deployment: Deployment,
    replicaSets: readonly ReplicaSet[],
    now: SimTime,
  ) {
    this.environment = environment;
    this.deployment = deployment;
    this.replicaSets = replicaSets;
    this.now = now;
  }

  moment(): Moment {
    const { clock } = this.environment;
    return {
      timestamp: clock.timestamp(this.now),
      us: this.now,
      instantOf: (time) => this.environment.instantOf(time),
    };
  }

  podsOf(rs: ReplicaSet): Iterable<Pod> {
    return this.environment.podsOf(rs.metadata.uid);
  }

  event(type: EventDraft['type'], reason: string, message: string): EventDraft {
    return { object: this.deployment, type, reason, message };
  }

  setConditions(conditions: Conditions): void {
    this.deployment = { ...this.deployment, status: { ...this.deployment.status, conditions } };
  }

  write(request: ApiRequest, then: (result: ApiResult<KubernetesObject>) => Plan): Plan {
    this.hasWritten = true;
    return write(request, (result, now) => {
      this.now = now;
      return then(result);
    });
  }

  /** Status and annotations of the Deployment as this sync has them. */
  writeStatus(then: (result: ApiResult) => Plan, status?: DeploymentStatus): Plan {
    if (status !== undefined) this.deployment = { ...this.deployment, status };
    return this.write(
      { verb: 'update', resource: 'deployments', object: this.deployment, subresource: 'status' },
      then,
    );
  }

  /** Writes sizes and the annotations that record them, one after the other; skips what is in place. */
  resize(resizes: readonly Resize[], then: () => Plan): Plan {
    const [first, ...others] = resizes;
    if (first === undefined) return then();
    const { replicaSet, replicas } = first;
    const { minReadySeconds, selector, template } = replicaSet.spec;
    const desired = desiredReplicas(this.deployment);
    const annotations = withReplicas(
      replicaSet.metadata.annotations,
      desired,
      desired + maxSurge(this.deployment),
    );
    const before = specReplicas(replicaSet);
    if (before === replicas && annotations === replicaSet.metadata.annotations)
      return this.resize(others, then);
    const object = {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { replicas, minReadySeconds, selector, template },
    };
    return this.write({ verb: 'update', resource: 'replicasets', object }, (result) => {
      if (!result.ok) return RETRY;
      const updated: ReplicaSet = { ...object, metadata: result.object.metadata };
      const rest = others.map((other) =>
        other.replicaSet === replicaSet ? { ...other, replicaSet: updated } : other,
      );
      return withEvents(this.resize(rest, then), this.#scaled(updated, before));
    });
  }

  #scaled(rs: ReplicaSet, before: number): readonly EventDraft[] {
    const replicas = specReplicas(rs);
    if (replicas === before) return [];
    const direction = before < replicas ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${rs.metadata.name} from ${before} to ${replicas}`;
    return [this.event('Normal', 'ScalingReplicaSet', message)];
  }
}
