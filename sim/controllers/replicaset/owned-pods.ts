/**
 * The pods of one ReplicaSet or ReplicationController with running counts, so that a sync costs as much as has
 * changed and not as many pods as there are. `claimed` pods match the selector; the others are due for release.
 */
import type { LabelSelector, Labels, Pod } from '../../api/index.ts';
import { keyOf, matchesLabels, matchesSelector } from '../../api/index.ts';
import { conditionOf, isPodActive, isPodReady, isPodTerminating } from '../pod-state.ts';
import type { Replicated } from './kinds.ts';
import type { ActivePod, InstantOf, PodWithRank } from './pod-ranking.ts';
import type { PodCounts } from './replicaset-status.ts';

type PodState = 'gone' | 'terminating' | 'active' | 'ready';

interface Entry extends ActivePod {
  pod: Pod;
  ranked: PodWithRank | undefined;
  state: PodState;
  /** The node of an active pod, empty before it has one. */
  node: string | undefined;
  claimed: boolean;
  fullyLabeled: boolean;
  /** Its labels have been compared with selector and template, and it is counted. */
  verified: boolean;
}

export class OwnedPods {
  /** As the informer shows it; undefined if it does not. */
  owner: Replicated | undefined;
  /** Of the owner, namespace/name. */
  key = '';
  readonly #entries = new Map<string, Entry>();
  /** Those that are not verified yet. */
  readonly #unverified = new Set<Entry>();
  readonly #mismatched = new Set<Entry>();
  /** Active pods by node. */
  readonly #podsOnNode = new Map<string, number>();
  #selector: LabelSelector | undefined;
  #templateLabels: Labels | undefined;
  #active = 0;
  #fullyLabeled = 0;
  #ready = 0;
  #terminating = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** A pod came, changed or was just adopted. O(1). */
  set(pod: Pod, key = keyOf(pod)): void {
    const state = stateOf(pod);
    const node = state === 'active' || state === 'ready' ? (pod.spec.nodeName ?? '') : undefined;
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      const created: Entry = {
        pod,
        ranked: undefined,
        state,
        node,
        claimed: false,
        fullyLabeled: false,
        verified: false,
      };
      this.#entries.set(key, created);
      this.#unverified.add(created);
      this.#countOn(node, 1);
      return;
    }
    if (node !== entry.node) {
      this.#countOn(entry.node, -1);
      this.#countOn(node, 1);
      entry.node = node;
    }
    const relabeled = entry.pod.metadata.labels !== pod.metadata.labels;
    entry.pod = pod;
    entry.ranked = undefined;
    if (!relabeled && state === entry.state) return;
    if (entry.verified) this.#count(entry, -1);
    entry.state = state;
    if (relabeled) this.#unverify(entry);
    else if (entry.verified) this.#count(entry, 1);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#mismatched.delete(entry);
    this.#countOn(entry.node, -1);
    if (entry.verified) this.#count(entry, -1);
    else this.#unverified.delete(entry);
  }

  /** Compares labels that changed since the last call; all of them if selector or template labels are new. */
  verify(selector: LabelSelector, templateLabels: Labels | undefined): void {
    if (selector !== this.#selector || templateLabels !== this.#templateLabels) {
      this.#selector = selector;
      this.#templateLabels = templateLabels;
      for (const entry of this.#entries.values()) {
        if (!entry.verified) continue;
        this.#count(entry, -1);
        this.#unverify(entry);
      }
    }
    if (this.#unverified.size === 0) return;
    for (const entry of this.#unverified) {
      entry.claimed = matchesSelector(selector, entry.pod.metadata.labels);
      entry.fullyLabeled = matchesLabels(templateLabels, entry.pod.metadata.labels);
      if (!entry.claimed) this.#mismatched.add(entry);
      entry.verified = true;
      this.#count(entry, 1);
    }
    this.#unverified.clear();
  }

  /** Active pods that no longer match the selector. Valid after `verify`. */
  mismatched(): readonly Pod[] {
    if (this.#mismatched.size === 0) return [];
    return Array.from(this.#mismatched, (entry) => entry.pod).filter(isPodActive);
  }

  /** Claimed active pods. Valid after `verify`; O(pods). */
  active(): readonly ActivePod[] {
    const pods: ActivePod[] = [];
    for (const entry of this.#entries.values())
      if (entry.claimed && entry.node !== undefined) pods.push(entry);
    return pods;
  }

  /** Active pods on that node, claimed or not; on none yet for the empty name. O(1). */
  podsOnNode(node: string): number {
    return this.#podsOnNode.get(node) ?? 0;
  }

  /** Valid after `verify`. O(1), O(pods) with minReadySeconds. */
  counts(minReadySeconds: number, nowUs: number, instantOf: InstantOf): PodCounts {
    return {
      active: this.#active,
      fullyLabeled: this.#fullyLabeled,
      ready: this.#ready,
      available:
        minReadySeconds === 0 ? this.#ready : this.#available(minReadySeconds, nowUs, instantOf).count,
      terminating: this.#terminating,
    };
  }

  /** µs until the next ready pod becomes available; undefined if none will. O(pods). */
  nextAvailable(minReadySeconds: number, nowUs: number, instantOf: InstantOf): number | undefined {
    return this.#available(minReadySeconds, nowUs, instantOf).nextUs;
  }

  #available(
    minReadySeconds: number,
    nowUs: number,
    instantOf: InstantOf,
  ): { count: number; nextUs: number | undefined } {
    let count = 0;
    let nextUs: number | undefined;
    for (const { pod, claimed } of this.#entries.values()) {
      if (!claimed || !isPodActive(pod)) continue;
      const ready = conditionOf(pod.status?.conditions, 'Ready');
      if (ready?.status !== 'True' || ready.lastTransitionTime === undefined) continue;
      const wait = instantOf(ready.lastTransitionTime) + minReadySeconds * 1e6 - nowUs;
      if (wait <= 0) count++;
      else if (nextUs === undefined || wait < nextUs) nextUs = wait;
    }
    return { count, nextUs };
  }

  #countOn(node: string | undefined, change: 1 | -1): void {
    if (node === undefined) return;
    const count = this.podsOnNode(node) + change;
    if (count === 0) this.#podsOnNode.delete(node);
    else this.#podsOnNode.set(node, count);
  }

  #unverify(entry: Entry): void {
    entry.verified = false;
    this.#unverified.add(entry);
    this.#mismatched.delete(entry);
  }

  #count({ claimed, state, fullyLabeled }: Entry, sign: 1 | -1): void {
    if (!claimed) return;
    if (state === 'terminating') this.#terminating += sign;
    if (state !== 'active' && state !== 'ready') return;
    this.#active += sign;
    if (fullyLabeled) this.#fullyLabeled += sign;
    if (state === 'ready') this.#ready += sign;
  }
}

function stateOf(pod: Pod): PodState {
  if (isPodActive(pod)) return isPodReady(pod) ? 'ready' : 'active';
  return isPodTerminating(pod) ? 'terminating' : 'gone';
}
