/**
 * The node lifecycle controller: nodes that stop renewing become Unknown, their pods NotReady, and they are tainted NoExecute at the
 * rate their zone allows (NoSchedule: see no-schedule.ts). Kubernetes v1.36.3, pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 * Upstream looks at every node every 5 s; here a look happens at the same instants, but only at nodes for which something can have
 * changed. Keys: `monitor`, `zone/Z`, and per node `taint/N`, `clear/N`, `pods/N`.
 */
import type { Condition, Node, Pod, Taint } from '../../api/index.ts';
import type { ApiRequest } from '../../apiserver/index.ts';
import type { Informer } from '../../client/index.ts';
import { type Duration, microseconds, type SimTime, seconds } from '../../engine/index.ts';
import {
  type Controller,
  DONE,
  type EventDraft,
  type Plan,
  type WorkSink,
  withEvents,
} from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { conditionOf } from '../pod-state.ts';
import type { HeartbeatView } from './heartbeats.ts';
import { LookList } from './look-list.ts';
import { hasNoExecute, NOT_READY, noExecuteTaints, UNREACHABLE, unknownConditions } from './node-taints.ts';
import { markNotReady, writeTaints } from './node-writes.ts';
import { ZoneTable } from './zone-table.ts';
import { type DisruptionFlags, defaultDisruptionFlags } from './zones.ts';

/** Flags of the kube-controller-manager, with upstream's defaults (documented). */
export interface NodeLifecycleFlags extends DisruptionFlags {
  /** --node-monitor-period */
  readonly monitorPeriod: Duration;
  /** --node-monitor-grace-period */
  readonly monitorGracePeriod: Duration;
  /** --node-startup-grace-period */
  readonly startupGracePeriod: Duration;
}

export const defaultNodeLifecycleFlags: NodeLifecycleFlags = {
  ...defaultDisruptionFlags,
  monitorPeriod: seconds(5),
  monitorGracePeriod: seconds(50),
  startupGracePeriod: seconds(60),
};

const MONITOR = 'monitor';

export class NodeLifecycleController implements Controller {
  readonly name = 'node-lifecycle-controller';
  /** Four pod workers, the monitor and the taint loop. */
  readonly workers = 6;
  readonly #environment: ControllerEnvironment;
  readonly #heartbeats: HeartbeatView;
  readonly #flags: NodeLifecycleFlags;
  readonly #nodes: Informer<Node>;
  readonly #zones: ZoneTable;
  readonly #looks: LookList;
  /** When the last change of the node's own Ready condition came, or a leave from disruption. */
  readonly #heard = new Map<string, number>();
  readonly #notReady = new Set<string>();
  /** Nodes whose NoExecute taint is being written. */
  readonly #tainting = new Set<string>();
  #work!: WorkSink;
  #now: () => SimTime;

  constructor(
    environment: ControllerEnvironment,
    heartbeats: HeartbeatView,
    flags: Partial<NodeLifecycleFlags> = {},
  ) {
    this.#environment = environment;
    this.#heartbeats = heartbeats;
    this.#flags = { ...defaultNodeLifecycleFlags, ...flags };
    this.#zones = new ZoneTable(this.#flags);
    this.#looks = new LookList(this.#flags.monitorPeriod);
    this.#nodes = environment.informers.informer('nodes');
    this.#now = environment.now;
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#nodes.addHandler({
      onAdd: (node, name) => this.#nodeSeen(node, undefined, name),
      onUpdate: (node, previous, name) => this.#nodeSeen(node, previous, name),
      onDelete: (node, name) => this.#nodeDeleted(node, name),
    });
    this.#environment.informers.informer('pods').addHandler({
      onAdd: (pod) => this.#podAssigned(pod, undefined),
      onUpdate: (pod, previous) => this.#podAssigned(pod, previous),
    });
    this.#heartbeats.onHeartbeatChange((node) => this.#lookAt(node, this.#now()));
  }

  #nodeSeen(node: Node, previous: Node | undefined, name: string): void {
    const ready = readyOf(node);
    const before = previous === undefined ? undefined : readyOf(previous);
    if (isNotReady(ready)) this.#notReady.add(name);
    else this.#notReady.delete(name);
    if (ready !== before && ready?.lastHeartbeatTime !== before?.lastHeartbeatTime)
      this.#heard.set(name, this.#now());
    const { conditions } = node.status ?? {};
    const same =
      previous !== undefined && previous.spec === node.spec && previous.status?.conditions === conditions;
    if (same) return;
    if (previous === undefined || ready?.status !== before?.status || ready?.status !== 'True')
      this.#lookAt(name, this.#now());
  }

  #nodeDeleted(node: Node, name: string): void {
    this.#heard.delete(name);
    this.#notReady.delete(name);
    this.#looks.delete(name);
    this.#zones.forget(name);
    this.#zones.queueOf(node, this.#now()).delete(name);
    this.#lookAt('', this.#now());
  }

  #podAssigned(pod: Pod, previous: Pod | undefined): void {
    if (this.#notReady.size === 0) return;
    const { nodeName = '' } = pod.spec;
    if (nodeName === '' || previous?.spec.nodeName === nodeName) return;
    if (this.#notReady.has(nodeName)) this.#work.add(`pods/${nodeName}`);
  }

  /** Looks at the node at the first look at or after `at`. */
  #lookAt(node: string, at: number): void {
    if (this.#looks.add(node, at)) this.#planLook(this.#now());
  }

  #planLook(now: SimTime): void {
    const wait = this.#looks.wait(now);
    if (wait !== undefined) this.#work.addAfter(MONITOR, wait);
  }

  reconcile(key: string, now: SimTime): Plan {
    if (key === MONITOR) return this.#monitor(now);
    const slash = key.indexOf('/');
    const name = key.slice(slash + 1);
    switch (key.slice(0, slash)) {
      case 'zone':
        return this.#drain(name, now);
      case 'pods':
        return markNotReady(this.#environment.podsOnNode(name), this.#environment.clock.timestamp(now));
      default:
        return this.#noExecute(name, key.startsWith('clear/'));
    }
  }

  // The look at nodes

  #monitor(now: SimTime): Plan {
    const names = this.#looks.take(now);
    this.#planLook(now);
    const nodes = names.flatMap((name) => this.#nodes.get(name) ?? []);
    const timestamp = this.#environment.clock.timestamp(now);
    const silent = nodes.flatMap((node) => {
      const conditions = this.#isExpired(node, now) ? unknownConditions(node, timestamp) : undefined;
      return conditions === undefined ? [] : [{ ...node, status: { ...node.status, conditions } }];
    });
    const writes = silent.map(
      (object): ApiRequest => ({ verb: 'update', resource: 'nodes', object, subresource: 'status' }),
    );
    return {
      writes,
      resume: (results, later) => {
        const silenced = new Set<string>();
        for (const [i, { metadata }] of silent.entries()) {
          if (results[i]?.ok === true) silenced.add(metadata.name);
          else this.#lookAt(metadata.name, now + 1);
        }
        return names.length === 0 ? DONE : this.#judge(nodes, silenced, later);
      },
    };
  }

  #isExpired(node: Node, now: SimTime): boolean {
    const due = this.#deadline(node, now);
    if (due <= now) return true;
    if (!this.#heartbeats.renews(node.metadata.name)) this.#lookAt(node.metadata.name, due);
    return false;
  }

  /** µs instant from which the node counts as silent. A heartbeat counts from the look that finds it. */
  #deadline(node: Node, now: SimTime): number {
    const { name, creationTimestamp } = node.metadata;
    const renewal = this.#heartbeats.lastRenewal(name, now);
    if (readyOf(node) === undefined) {
      const probe =
        renewal === undefined
          ? this.#environment.clock.microsecondsOf(creationTimestamp)
          : this.#looks.tick(renewal);
      return probe + this.#flags.startupGracePeriod;
    }
    const heard = Math.max(renewal ?? 0, this.#heard.get(name) ?? 0);
    return this.#looks.tick(heard) + this.#flags.monitorGracePeriod;
  }

  #judge(nodes: readonly Node[], silenced: ReadonlySet<string>, now: SimTime): Plan {
    const events: EventDraft[] = [];
    for (const node of nodes) {
      const { name } = node.metadata;
      const status = silenced.has(name) ? 'Unknown' : (readyOf(node)?.status ?? 'Unknown');
      this.#zones.count(node, status === 'True', now);
      this.#wantNoExecute(node, status, now);
      if (status !== 'True' && readyOf(node)?.status === 'True') {
        events.push({
          object: node,
          type: 'Normal',
          reason: 'NodeNotReady',
          message: `Node ${name} status is now: NodeNotReady`,
        });
        this.#work.add(`pods/${name}`);
      }
    }
    // A token that is there is used before the zone's rate changes, as upstream's taint loop does in the middle of a look.
    for (const zone of this.#zones.zones()) this.#drain(zone, now);
    const disruption = this.#zones.update(now);
    if (disruption !== 'none') this.#afterDisruption(disruption, now);
    return withEvents(DONE, events);
  }

  #wantNoExecute(node: Node, status: Condition['status'], now: SimTime): void {
    const { name } = node.metadata;
    const queue = this.#zones.queueOf(node, now);
    if (status === 'True') {
      queue.delete(name);
      if (hasNoExecute(node, NOT_READY) || hasNoExecute(node, UNREACHABLE)) this.#work.add(`taint/${name}`);
      return;
    }
    const [wanted, other] = status === 'Unknown' ? [UNREACHABLE, NOT_READY] : [NOT_READY, UNREACHABLE];
    if (hasNoExecute(node, other)) this.#work.add(`taint/${name}`);
    else if (!hasNoExecute(node, wanted) && !this.#tainting.has(name)) queue.add(name);
  }

  #afterDisruption(disruption: 'changed' | 'entered' | 'left', now: SimTime): void {
    for (const node of this.#nodes.values()) {
      const { name } = node.metadata;
      if (disruption === 'left') this.#heard.set(name, now);
      if (disruption === 'entered' && (hasNoExecute(node, NOT_READY) || hasNoExecute(node, UNREACHABLE)))
        this.#work.add(`clear/${name}`);
      else if (disruption !== 'entered' && isNotReady(readyOf(node))) this.#lookAt(name, now + 1);
    }
    for (const zone of this.#zones.zones()) this.#drain(zone, now);
  }

  /** Lets nodes through as the zone's bucket allows, and comes back for the next token. */
  #drain(zone: string, now: SimTime): Plan {
    const queue = this.#zones.queue(zone);
    if (queue === undefined) return DONE;
    for (let name = queue.take(now); name !== undefined; name = queue.take(now)) {
      this.#tainting.add(name);
      this.#work.add(`taint/${name}`);
    }
    const next = queue.nextAt(now);
    if (next !== undefined) this.#work.addAfter(`zone/${zone}`, microseconds(next - now));
    return DONE;
  }

  // Taints

  #noExecute(name: string, clear: boolean): Plan {
    const timestamp = this.#environment.clock.timestamp(this.#now());
    const taintsFor = (fresh: Node): readonly Taint[] | undefined => {
      const status = readyOf(fresh)?.status ?? 'Unknown';
      const wanted = clear || status === 'True' ? undefined : status === 'Unknown' ? UNREACHABLE : NOT_READY;
      return noExecuteTaints(fresh, wanted, timestamp);
    };
    return writeTaints(name, taintsFor, () => this.#tainting.delete(name));
  }
}

const readyOf = (object: Node | Pod): Condition | undefined =>
  conditionOf(object.status?.conditions, 'Ready');
const isNotReady = (condition: Condition | undefined): boolean =>
  condition !== undefined && condition.status !== 'True';
