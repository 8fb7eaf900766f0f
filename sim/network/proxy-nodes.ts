/**
 * The nodes that run a proxier, and how far each is behind the shared timeline.
 * The lag is the watch's: the API server serves thousands of watchers of one slice one after the other.
 */
import { type Node, ZONE_LABEL } from '../api/index.ts';
import { type RandomStreams, type SimTime, START } from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import type { ProxyNode } from './usable-endpoints.ts';

export interface ProxyNodeOptions {
  /** The last of the proxiers hears of a change so long after the first, µs; each has its constant place in between. */
  readonly watchSpreadUs: number;
  /** From a machine's boot to the start of its proxier's first sync, µs. */
  readonly startDelayUs: number;
}

/** Assumed, both; see the fields. */
export const DEFAULT_NODE_OPTIONS: ProxyNodeOptions = { watchSpreadUs: 50e3, startDelayUs: 5e6 };

export class ProxyNodeState {
  /** In order of registration, from 0. */
  readonly index: number;
  readonly machine: Machine | undefined;
  readonly lagUs: number;
  /** As its Node object says. */
  node: ProxyNode;
  /** False once its Node object is gone. */
  registered = true;
  /** Condition Ready of its Node object: load balancers send traffic only to ready nodes. */
  ready = false;
  /** Its kernel holds no rules before this. */
  rulesFrom: SimTime = START;
  /** It hears of nothing that came later (its API connection is cut). */
  frozenAt: SimTime | undefined;

  constructor(index: number, node: ProxyNode, machine: Machine | undefined, lagUs: number) {
    this.index = index;
    this.node = node;
    this.machine = machine;
    this.lagUs = lagUs;
  }

  /** The instant of the shared timeline that this node has reached; negative: no rules yet. */
  position(now: SimTime): number {
    if (now < this.rulesFrom) return -1;
    const heard = this.frozenAt === undefined || now < this.frozenAt ? now : this.frozenAt;
    return heard - this.lagUs;
  }
}

export class ProxyNodes {
  readonly options: ProxyNodeOptions;
  readonly #world: World;
  readonly #random: RandomStreams;
  readonly #byName = new Map<string, ProxyNodeState>();
  readonly #all: ProxyNodeState[] = [];
  readonly #frozen = new Set<ProxyNodeState>();
  #entries: readonly ProxyNodeState[] | undefined;

  constructor(world: World, random: RandomStreams, options: Partial<ProxyNodeOptions> = {}) {
    this.#world = world;
    this.#random = random;
    this.options = { ...DEFAULT_NODE_OPTIONS, ...options };
  }

  /** How many have a Node object and run. O(nodes). */
  get running(): number {
    let running = 0;
    for (const { registered, machine } of this.#all) if (registered && machine?.up !== false) running++;
    return running;
  }

  /** All ever registered, by index. */
  get all(): readonly ProxyNodeState[] {
    return this.#all;
  }

  get(name: string): ProxyNodeState | undefined {
    return this.#byName.get(name);
  }

  /** A Node object appeared or changed. `rulesFrom`: when the proxier of a new one has its first rules. */
  put(node: Node, rulesFrom: SimTime): ProxyNodeState {
    const known = this.#byName.get(node.metadata.name);
    if (known !== undefined) {
      known.registered = true;
      if (isChanged(known.node, node)) known.node = proxyNode(node);
      this.#noteReady(known, isReady(node));
      return known;
    }
    const name = node.metadata.name;
    const lagUs = Math.floor(this.#random.draw('proxy-watch-lag', name) * this.options.watchSpreadUs);
    const state = new ProxyNodeState(this.#all.length, proxyNode(node), this.#world.machine(name), lagUs);
    state.rulesFrom = rulesFrom;
    this.#all.push(state);
    this.#byName.set(name, state);
    this.#noteReady(state, isReady(node));
    return state;
  }

  remove(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined || !known.registered) return;
    known.registered = false;
    this.#noteReady(known, false);
  }

  /** Nodes that outside traffic may enter by, by index. O(1) while none changes. */
  get entries(): readonly ProxyNodeState[] {
    this.#entries ??= this.#all.filter((state) => state.ready);
    return this.#entries;
  }

  #noteReady(state: ProxyNodeState, ready: boolean): void {
    if (state.ready === ready) return;
    state.ready = ready;
    this.#entries = undefined;
  }

  /** Nobody is further back on the timeline than this. O(1) while no node is frozen. */
  oldestPosition(now: SimTime): number {
    let oldest = now - this.options.watchSpreadUs;
    for (const state of this.#frozen) oldest = Math.min(oldest, state.position(now));
    return oldest;
  }

  /** The node's API connection is cut: its rules stay as they are. */
  freeze(name: string, now: SimTime): void {
    const state = this.#byName.get(name);
    if (state === undefined || state.frozenAt !== undefined) return;
    state.frozenAt = now;
    this.#frozen.add(state);
  }

  /** It is back and catches up at once. */
  thaw(name: string): void {
    const state = this.#byName.get(name);
    if (state === undefined) return;
    state.frozenAt = undefined;
    this.#frozen.delete(state);
  }
}

const isReady = (node: Node): boolean =>
  node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

function proxyNode(node: Node): ProxyNode {
  const ip = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '';
  return { name: node.metadata.name, zone: node.metadata.labels?.[ZONE_LABEL] ?? '', ip };
}

const isChanged = (known: ProxyNode, node: Node): boolean =>
  known.zone !== (node.metadata.labels?.[ZONE_LABEL] ?? '');
