/** What a person does with kubectl during the run: applies, deletes, scales, patches, cordons and drains at given times. */
import { type Draft, type KubernetesObject, keyOf, type Pod, resourceOf, resources } from '../api/index.ts';
import type { ApiRequest, ApiResult, ObjectList, ObjectReference } from '../apiserver/index.ts';
import type { ApiClient } from '../client/index.ts';
import {
  type Component,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import { applyPatch } from './apply-patch.ts';

export type Action =
  | { readonly do: 'apply'; readonly object: Draft<KubernetesObject> }
  | { readonly do: 'delete'; readonly target: ObjectReference }
  | { readonly do: 'scale'; readonly target: ObjectReference; readonly replicas: number }
  | { readonly do: 'patch'; readonly target: ObjectReference; readonly patch: unknown }
  | { readonly do: 'cordon'; readonly node: string; readonly unschedulable: boolean }
  | { readonly do: 'drain'; readonly node: string };

export interface TimedAction {
  readonly at: SimTime;
  readonly action: Action;
}

type TimelineEvent =
  | (SimEvent & { readonly kind: 'act'; readonly n: number })
  | (SimEvent & { readonly kind: 'looked-up'; readonly n: number; readonly result: ApiResult })
  | (SimEvent & { readonly kind: 'created'; readonly n: number; readonly result: ApiResult })
  | (SimEvent & { readonly kind: 'listed'; readonly n: number; readonly result: ApiResult })
  | (SimEvent & { readonly kind: 'evicted'; readonly n: number; readonly result: ApiResult })
  | (SimEvent & { readonly kind: 'answered'; readonly n: number; readonly result: ApiResult });

/** A refused action, for the user: the run goes on. */
export interface RefusedAction {
  readonly time: SimTime;
  readonly action: Action;
  readonly message: string;
}

export class Timeline implements Component<TimelineEvent> {
  readonly name = 'kubectl';
  readonly #simulation: Simulation;
  readonly #client: ApiClient;
  readonly #actions: readonly TimedAction[];
  readonly #replies: Port<TimelineEvent>;
  /** What kubectl keeps in the annotation last-applied-configuration, by object. */
  readonly #lastApplied = new Map<string, Draft<KubernetesObject>>();
  readonly refused: RefusedAction[] = [];
  #unfinished: number;

  constructor(simulation: Simulation, client: ApiClient, actions: readonly TimedAction[]) {
    this.#simulation = simulation;
    this.#client = client;
    this.#actions = actions;
    this.#unfinished = actions.length;
    this.#replies = simulation.port<TimelineEvent>(this, Phase.response);
    const port = simulation.port<TimelineEvent>(this, Phase.component);
    for (const [n, { at, action }] of actions.entries())
      port.at(at, { kind: 'act', key: describe(action), n });
  }

  /** True when every action has been answered. */
  get done(): boolean {
    return this.#unfinished === 0;
  }

  handle(event: TimelineEvent): void {
    switch (event.kind) {
      case 'act':
        this.#act(this.#action(event.n), event.n);
        break;
      case 'looked-up':
        this.#createOrPatch(this.#action(event.n), event.n, event.result);
        break;
      case 'created':
        this.#created(event.n, event.result);
        break;
      case 'listed':
        this.#evictAll(event.n, event.result);
        break;
      case 'evicted':
        if (!event.result.ok) this.#refuse(event.n, `${event.key} stays: ${event.result.error.message}`);
        break;
      case 'answered':
        this.#answered(event.n, event.result);
        break;
    }
  }

  #action(n: number): Action {
    return this.#actions[n]!.action;
  }

  #act(action: Action, n: number): void {
    switch (action.do) {
      case 'apply':
        this.#send({ verb: 'get', ...referenceTo(action.object) }, 'looked-up', n);
        break;
      case 'delete':
        this.#send({ verb: 'delete', ...action.target }, 'answered', n);
        break;
      case 'scale':
        this.#send({ verb: 'scale', replicas: action.replicas, ...action.target }, 'answered', n);
        break;
      case 'patch':
        this.#send(
          { verb: 'patch', patchType: 'strategic', patch: action.patch, ...action.target },
          'answered',
          n,
        );
        break;
      case 'cordon':
        this.#send(cordon(action.node, action.unschedulable), 'answered', n);
        break;
      case 'drain':
        this.#client.send(cordon(action.node, true));
        this.#send(
          { verb: 'list', resource: 'pods', fieldSelector: `spec.nodeName=${action.node}` },
          'listed',
          n,
        );
        break;
    }
  }

  #send(request: ApiRequest, kind: Answer['kind'], n: number, key = describe(this.#action(n))): void {
    this.#client.send<Answer>(request, { port: this.#replies as Port<Answer>, event: { kind, key, n } });
  }

  /** kubectl apply: creates what is missing, patches what exists. */
  #createOrPatch(action: Action, n: number, result: ApiResult): void {
    if (action.do !== 'apply') return;
    const { object } = action;
    const target = referenceTo(object);
    const { resource, namespace, name } = target;
    if (result.ok) {
      const wire = resources[resource].schema.wire;
      const last = this.#lastApplied.get(`${resource}/${namespace}/${name}`);
      const patch = applyPatch(wire, { last, current: result.object, modified: object });
      this.#send({ verb: 'patch', patchType: 'strategic', patch, ...target }, 'answered', n);
    } else if (result.error.code === 404) {
      this.#send({ verb: 'create', resource, namespace, object }, 'created', n);
    } else {
      this.#answered(n, result);
      return;
    }
    this.#lastApplied.set(`${resource}/${namespace}/${name}`, object);
  }

  /** Files may hold an object twice. kubectl, which takes them one after the other, finds it there the second time. */
  #created(n: number, result: ApiResult): void {
    if (!result.ok && result.error.code === 409) this.#act(this.#action(n), n);
    else this.#answered(n, result);
  }

  /** kubectl drain: evicts the node's pods but those of DaemonSets. DEVIATION: a refused eviction is not tried again. */
  #evictAll(n: number, result: ApiResult): void {
    if (result.ok) {
      for (const { metadata } of (result.object as ObjectList<Pod>).items) {
        if (metadata.ownerReferences?.some((owner) => owner.kind === 'DaemonSet')) continue;
        const { namespace = '', name } = metadata;
        this.#send({ verb: 'evict', namespace, name }, 'evicted', n, `${namespace}/${name}`);
      }
    }
    this.#answered(n, result);
  }

  #answered(n: number, result: ApiResult): void {
    this.#unfinished--;
    if (!result.ok) this.#refuse(n, result.error.message);
  }

  #refuse(n: number, message: string): void {
    this.refused.push({ time: this.#simulation.now, action: this.#action(n), message });
  }
}

type Answer = Extract<TimelineEvent, { result: ApiResult }>;

const cordon = (node: string, unschedulable: boolean): ApiRequest => ({
  verb: 'patch',
  resource: 'nodes',
  namespace: '',
  name: node,
  patchType: 'merge',
  patch: { spec: { unschedulable: unschedulable || null } },
});

/** Throws RangeError for a kind that the API does not serve; loaders have checked that. */
export function referenceTo(object: Draft<KubernetesObject>): ObjectReference {
  const resource = resourceOf(object);
  if (resource === undefined) throw new RangeError(`no resource for kind ${object.kind}`);
  const { namespace, name = '' } = object.metadata;
  return { resource, namespace: resources[resource].namespaced ? (namespace ?? 'default') : '', name };
}

export function describe(action: Action): string {
  if (action.do === 'apply') return `apply ${action.object.kind} ${keyOf(action.object)}`;
  if (action.do === 'cordon' || action.do === 'drain') return `${action.do} ${action.node}`;
  return `${action.do} ${action.target.resource} ${action.target.namespace}/${action.target.name}`;
}
