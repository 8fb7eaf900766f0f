/**
 * Evicts pods from nodes with NoExecute taints: at once if a taint is not tolerated, after the shortest tolerationSeconds otherwise.
 * Kubernetes v1.36.3, pkg/controller/tainteviction/taint_eviction.go. Keys are those of pods to evict.
 */
import { keyOf, type Node, type Pod, type Taint, tolerates } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/index.ts';
import type { Informer } from '../client/index.ts';
import { microseconds, type SimTime } from '../engine/index.ts';
import {
  type Controller,
  DONE,
  type EventDraft,
  inSequence,
  type Plan,
  type WorkSink,
  withEvents,
} from './controller.ts';
import type { ControllerEnvironment } from './environment.ts';
import { disruption } from './pod-state.ts';

interface Scheduled {
  readonly uid: string;
  /** µs instants. */
  readonly since: number;
  readonly at: number;
}

export class TaintEvictionController implements Controller {
  readonly name = 'taint-eviction-controller';
  readonly workers = 8;
  readonly #environment: ControllerEnvironment;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  /** Nodes with NoExecute taints. */
  readonly #tainted = new Set<string>();
  readonly #scheduled = new Map<string, Scheduled>();
  /** Evictions that were given up; told with the next look at the key. */
  readonly #cancelled = new Set<string>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#nodes = environment.informers.informer('nodes');
    this.#pods = environment.informers.informer('pods');
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#nodes.addHandler({
      onAdd: (node) => this.#nodeChanged(node, undefined),
      onUpdate: (node, previous) => this.#nodeChanged(node, previous),
      onDelete: (node) => {
        this.#tainted.delete(node.metadata.name);
        this.#reconsiderAll(node.metadata.name, []);
      },
    });
    this.#pods.addHandler({
      onAdd: (pod, key) => this.#podChanged(pod, undefined, key),
      onUpdate: (pod, previous, key) => this.#podChanged(pod, previous, key),
      onDelete: (_, key) => this.#scheduled.delete(key),
    });
  }

  #nodeChanged(node: Node, previous: Node | undefined): void {
    if (previous !== undefined && previous.spec.taints === node.spec.taints) return;
    const taints = noExecuteTaints(node);
    const before = previous === undefined ? [] : noExecuteTaints(previous);
    if (taints.length > 0) this.#tainted.add(node.metadata.name);
    else this.#tainted.delete(node.metadata.name);
    if (taints.length > 0 || before.length > 0) this.#reconsiderAll(node.metadata.name, taints);
  }

  #reconsiderAll(node: string, taints: readonly Taint[]): void {
    for (const pod of this.#environment.podsOnNode(node)) this.#reconsider(pod, keyOf(pod), taints);
  }

  #podChanged(pod: Pod, previous: Pod | undefined, key: string): void {
    if (this.#tainted.size === 0) return;
    const { nodeName = '', tolerations } = pod.spec;
    if (!this.#tainted.has(nodeName)) return;
    if (previous?.spec.nodeName === nodeName && previous.spec.tolerations === tolerations) return;
    const node = this.#nodes.get(nodeName);
    const taints = node === undefined ? [] : noExecuteTaints(node);
    if (taints.length > 0) this.#reconsider(pod, key, taints);
  }

  #reconsider(pod: Pod, key: string, taints: readonly Taint[]): void {
    const now = this.#environment.now();
    const seconds = tolerated(pod, taints);
    const known = this.#scheduled.get(key);
    if (seconds === undefined) {
      if (known === undefined) return;
      this.#scheduled.delete(key);
      this.#cancelled.add(key);
      this.#work.add(key);
      return;
    }
    const since = known?.uid === pod.metadata.uid ? known.since : now;
    const at = since + seconds * 1e6;
    if (known !== undefined && at >= known.at && known.uid === pod.metadata.uid) return;
    this.#scheduled.set(key, { uid: pod.metadata.uid, since, at });
    this.#work.addAfter(key, microseconds(Math.max(0, at - now)));
  }

  reconcile(key: string, now: SimTime): Plan {
    const pod = this.#pods.get(key);
    const scheduled = this.#scheduled.get(key);
    if (pod === undefined) return DONE;
    if (this.#cancelled.delete(key) && scheduled === undefined) {
      return withEvents(DONE, [notice(pod, `Cancelling deletion of Pod ${key}`)]);
    }
    if (scheduled === undefined || scheduled.uid !== pod.metadata.uid) return DONE;
    if (scheduled.at > now) return { writes: [], requeueAfter: microseconds(scheduled.at - now) };
    this.#scheduled.delete(key);
    if (pod.metadata.deletionTimestamp !== undefined) return DONE;
    const mark = disruption(pod, {
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      now: this.#environment.clock.timestamp(now),
    });
    const evict = inSequence([mark, deletePod(pod)], now, () => DONE);
    return withEvents(evict, [notice(pod, `Marking for deletion Pod ${key}`)]);
  }
}

const notice = (object: Pod, message: string): EventDraft => ({
  object,
  type: 'Normal',
  reason: 'TaintManagerEviction',
  message,
});

const noExecuteTaints = ({ spec }: Node): readonly Taint[] =>
  spec.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];

/** How many seconds the pod may stay: 0 if a taint is not tolerated, undefined if it may stay for good. */
function tolerated(pod: Pod, taints: readonly Taint[]): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints) {
    const matching = pod.spec.tolerations?.filter((toleration) => tolerates(toleration, taint)) ?? [];
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds === undefined) continue;
      shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds));
    }
  }
  return shortest;
}

const deletePod = ({ metadata }: Pod): ApiRequest => ({
  verb: 'delete',
  resource: 'pods',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
