/** What a person does with kubectl during the run: applies, deletes, scales, patches, cordons and drains at given times. */
import { type Draft, type KubernetesObject, keyOf, type Pod } from '../api/index.ts';
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
import { AppliedObjects, referenceTo } from './applied-objects.ts';

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
  readonly #applied = new AppliedObjects();
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
        if (this.#applied.starts(action.object, n)) this.#lookUp(action.object, n);
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

  #lookUp(object: Draft<KubernetesObject>, n: number): void {
    this.#send({ verb: 'get', ...referenceTo(object) }, 'looked-up', n);
  }

  /** kubectl apply: creates what is missing, patches what exists. */
  #createOrPatch(action: Action, n: number, result: ApiResult): void {
    if (action.do !== 'apply') return;
    if (result.ok) this.#send(this.#applied.request(action.object, result.object), 'answered', n);
    else if (result.error.code === 404)
      this.#send(this.#applied.request(action.object, undefined), 'answered', n);
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

  #applyNext(object: Draft<KubernetesObject>, result: ApiResult): void {
    const next = this.#applied.ends(object, result);
    if (next !== undefined) this.#lookUp(object, next);
  }

  #answered(n: number, result: ApiResult): void {
    const action = this.#action(n);
    this.#unfinished--;
    if (action.do === 'apply') this.#applyNext(action.object, result);
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

export function describe(action: Action): string {
  if (action.do === 'apply') return `apply ${action.object.kind} ${keyOf(action.object)}`;
  if (action.do === 'cordon' || action.do === 'drain') return `${action.do} ${action.node}`;
  return `${action.do} ${action.target.resource} ${action.target.namespace}/${action.target.name}`;
}
