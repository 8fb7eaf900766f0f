/** Plays a recording's steps into a simulated cluster and compares what it settles to (README, "Driving a simulator"). */
import {
  type Draft,
  type KubernetesObject,
  type Pod,
  type ResourceName,
  resourceOfKind,
  resources,
} from '../../../sim/api/index.ts';
import type { ApiRequest, ApiResult, DeleteOptions } from '../../../sim/apiserver/index.ts';
import { Cluster } from './cluster.ts';
import { firstDifference, podsPerNode } from './compare.ts';
import { isPrinting, kubectl } from './kubectl.ts';
import type { Action, Json, Recording, Step } from './recording.ts';
import { COMPARED_KINDS, reduceNamespace } from './reduce.ts';
import { classesAt } from './victims.ts';

/** Periodic collectors of the recorded cluster looked at other instants: up to a period of 20 s. */
const SLACK_SECONDS = 20;

/** Needs a layer above the control plane, or is played by its own suite. */
export class NotPlayable extends Error {}

export function play(recording: Recording): string | undefined {
  return new Player(recording).play();
}

class Player {
  readonly #recording: Recording;
  readonly #cluster: Cluster;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#cluster = new Cluster(recording);
  }

  /** The first difference, undefined if there is none. */
  play(): string | undefined {
    for (const step of this.#recording.steps) {
      this.#cluster.runTo(step.t);
      const difference = this.#perform(step) ?? this.#check(step);
      if (difference !== undefined) return `step ${step.i} (${step.do.verb}, t=${step.t}): ${difference}`;
    }
    return this.#cluster.nodeTimes.compare(this.#recording) ?? this.#checkGone();
  }

  /** What had gone by the end of the recording is gone some time later. */
  #checkGone(): string | undefined {
    const { trace, duration, namespace, expected } = this.#recording;
    // Victims among equals are others here.
    if (expected.rankInputs !== undefined || expected.unreachableNoExecuteAt !== undefined) return undefined;
    const last = new Map(
      trace.filter(({ name }) => !name.includes('{')).map((entry) => [`${entry.kind}/${entry.name}`, entry]),
    );
    const gone = [...last.values()].filter(
      ({ kind, op }) => op === 'DELETED' && (COMPARED_KINDS.has(kind) || kind === 'Namespace'),
    );
    if (gone.length === 0) return undefined;
    this.#cluster.runTo(duration + SLACK_SECONDS);
    for (const { kind, name } of gone) {
      const resource = this.#resourceOfKind(kind);
      const found = this.#cluster.apiserver.get(resource, this.#namespaceOf(resource, namespace), name);
      if (found !== undefined) return `${kind}/${name} is still there at the end`;
    }
    return undefined;
  }

  #check(step: Step): string | undefined {
    if (step.settled === undefined || step.settled === null || step.settledAt === undefined) return undefined;
    this.#cluster.runTo(step.settledAt);
    const { apiserver, aliases } = this.#cluster;
    const settled = reduceNamespace(apiserver, this.#recording.namespace, aliases);
    const classOf = classesAt(this.#recording, step);
    const difference = firstDifference(step.settled, settled, classOf);
    if (difference !== undefined || classOf === undefined || settled['Deployment'] === undefined)
      return difference;
    const [want, got] = [podsPerNode(step.settled), podsPerNode(settled)];
    return want === got ? undefined : `pods per node: expected ${want}, got ${got}`;
  }

  #perform(step: Step): string | undefined {
    const action = step.do;
    switch (action.verb) {
      case 'wait':
      case 'until':
      case 'note':
        return undefined;
      case 'create':
        return this.#create(step);
      case 'patch':
      case 'delete':
        return answered(step, this.#cluster.execute(this.#request(action)));
      case 'podStatus':
        return this.#podStatus(step);
      case 'createNodes':
        for (const name of action.names!)
          this.#cluster.addNode(name, action.zone!, action.zone!.replace(/^zone-/, ''));
        return undefined;
      case 'createBarePods':
        for (const node of action.onNodes!) this.#createBarePod(node, action.tolerationSeconds!);
        return undefined;
      case 'kubeletStop':
        for (const node of action.nodes!)
          this.#cluster.stopKubelet(node, action.lastLeaseRenewal?.[node] ?? step.t);
        return undefined;
      case 'kubeletStart':
        for (const node of action.nodes!) this.#cluster.startKubelet(node);
        return undefined;
      case 'kubectl':
        return this.#kubectl(step);
      default:
        throw new NotPlayable(`steps "${action.verb}" are not played`);
    }
  }

  #kubectl({ do: { args = [] }, result }: Step): string | undefined {
    const outcome = kubectl(this.#cluster.apiserver, this.#recording.namespace, args);
    if (outcome === undefined) throw new NotPlayable(`kubectl ${args.join(' ')}: needs the kubectl layer`);
    const refused = result?.rc !== undefined && result.rc !== 0;
    if (isPrinting(args) || refused === (outcome === 'refused')) return undefined;
    return `kubectl ${args.join(' ')}: expected ${refused ? 'a refusal' : 'success'}`;
  }

  #create(step: Step): string | undefined {
    const object = this.#resolved(step.do.object!) as unknown as KubernetesObject;
    const resource = this.#resource(object.apiVersion, object.kind);
    const namespace = this.#namespaceOf(resource, object.metadata.namespace);
    const difference = answered(step, this.#cluster.execute({ verb: 'create', resource, namespace, object }));
    if (resource === 'nodes') this.#cluster.nodeCreated(object.metadata.name);
    return difference;
  }

  /** A pod that stays on its node for so long after a NoExecute taint of the node controller. */
  #createBarePod(nodeName: string, tolerationSeconds: number): void {
    const tolerations = [
      { key: 'pool', operator: 'Exists' as const },
      ...['not-ready', 'unreachable'].map((name) => ({
        key: `node.kubernetes.io/${name}`,
        operator: 'Exists' as const,
        effect: 'NoExecute' as const,
        tolerationSeconds,
      })),
    ];
    const { namespace } = this.#recording;
    const pod: Draft<Pod> = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `on-${nodeName}`, namespace },
      spec: { nodeName, tolerations, containers: [{ name: 'main', image: 'nginx' }] },
    };
    this.#cluster.execute({ verb: 'create', resource: 'pods', namespace, object: pod });
  }

  #request(action: Action): ApiRequest {
    const resource = this.#resourceOfKind(action.kind!);
    const target = { resource, namespace: this.#namespaceOf(resource), name: this.#nameOf(action.name!) };
    if (action.verb === 'delete')
      return { verb: 'delete', ...target, options: (action.options ?? {}) as DeleteOptions };
    const { type = 'merge', subresource } = action;
    const patch = this.#resolved(action.patch!);
    if (subresource !== undefined && subresource !== 'status' && subresource !== 'scale')
      throw new NotPlayable(`patch of ${subresource}`);
    return { verb: 'patch', ...target, patchType: type, patch, subresource };
  }

  #podStatus(step: Step): string | undefined {
    const { pod: alias = '', set, exitCode, since, conditions } = step.do;
    const pod = this.#podFor(alias, step);
    if (pod === undefined) return `no pod for ${alias}`;
    const rank = this.#recording.expected.rankInputs?.find((input) => input.name === alias);
    this.#cluster.kwok.setStatus(pod, {
      set: set!,
      exitCode,
      since,
      conditions,
      restarts: rank?.restarts,
      reason: this.#reasonOf(alias, step),
    });
    return undefined;
  }

  /** The recorder also set a reason in some scenarios: the trace shows it. */
  #reasonOf(alias: string, step: Step): string | undefined {
    const seen = this.#recording.trace.find(
      (entry) =>
        entry.kind === 'Pod' && entry.name === alias && entry.t >= step.t && entry.o['phase'] === step.do.set,
    );
    const reason = seen?.o['reason'];
    return typeof reason === 'string' ? reason : undefined;
  }

  /** The pod of that alias; if it was given up as an equal victim, another of the same owner in the state the recorded one was in. */
  #podFor(alias: string, step: Step): Pod | undefined {
    const { apiserver } = this.#cluster;
    const name = this.#cluster.aliases.nameOf(alias);
    const named = name === undefined ? undefined : apiserver.get('pods', this.#recording.namespace, name);
    if (named !== undefined && (isLive(named) || this.#recordedDeleting(alias, step))) return named;
    const owner = alias.replace(/-\{p\d+\}$/, '');
    const ready = this.#recordedReady(alias, step);
    const used = new Set(this.#recording.steps.slice(step.i + 1).map((later) => later.do.pod));
    const candidates = apiserver
      .list('pods', this.#recording.namespace)
      .filter(
        (pod) =>
          isLive(pod) &&
          isReady(pod) === ready &&
          this.#cluster.aliases.aliasOf(pod.metadata.name).replace(/-\{p\d+\}$/, '') === owner,
      );
    return (
      candidates.find((pod) => !used.has(this.#cluster.aliases.aliasOf(pod.metadata.name))) ?? candidates[0]
    );
  }

  #recordedDeleting(alias: string, step: Step): boolean {
    return this.#recording.trace.some(
      ({ kind, name, o, t }) => kind === 'Pod' && name === alias && t <= step.t && o['deleting'] === true,
    );
  }

  #recordedReady(alias: string, step: Step): boolean {
    let ready = false;
    for (const { kind, name, o, t } of this.#recording.trace) {
      if (t > step.t) break;
      if (kind === 'Pod' && name === alias && typeof o['ready'] === 'boolean') ready = o['ready'];
    }
    return ready;
  }

  #nameOf(alias: string): string {
    const name = this.#cluster.aliases.nameOf(alias);
    if (name !== undefined && (alias === name || this.#exists(name))) return name;
    return name ?? alias;
  }

  #exists(name: string): boolean {
    return this.#cluster.apiserver.get('pods', this.#recording.namespace, name) !== undefined;
  }

  #namespaceOf(resource: ResourceName, given?: string): string {
    return resources[resource].namespaced ? (given ?? this.#recording.namespace) : '';
  }

  #resource(apiVersion: string, kind: string): ResourceName {
    const resource = resourceOfKind(apiVersion, kind);
    if (resource === undefined) throw new NotPlayable(`kind ${apiVersion} ${kind} is not served`);
    return resource;
  }

  #resourceOfKind(kind: string): ResourceName {
    for (const [name, definition] of Object.entries(resources))
      if (definition.kind === kind) return name as ResourceName;
    throw new NotPlayable(`kind ${kind} is not served`);
  }

  /** Aliases and UIDs in an input become those of the simulated cluster. */
  #resolved(value: Json): Json {
    if (typeof value === 'string') return this.#resolvedText(value);
    if (Array.isArray(value)) return value.map((item: Json) => this.#resolved(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#resolved(part)]));
  }

  #resolvedText(text: string): string {
    const uid = /^<uid:(\w+)\/(.+)>$/.exec(text);
    if (uid === null) return this.#cluster.aliases.resolve(text);
    const resource = this.#resourceOfKind(uid[1]!);
    const object = this.#cluster.apiserver.get(resource, this.#namespaceOf(resource), this.#nameOf(uid[2]!));
    return object?.metadata.uid ?? '00000000-0000-0000-0000-000000000000';
  }
}

const isLive = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined;
const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;

function answered({ result }: Step, answer: ApiResult): string | undefined {
  const expected = result?.code;
  const got = answer.ok ? answer.code : answer.error.code;
  if (expected === undefined || expected === got) return undefined;
  return `answer: expected ${expected} ${result?.message ?? ''}, got ${got} ${answer.ok ? '' : answer.error.message}`;
}
