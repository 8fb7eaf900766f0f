/** Why no node takes a pod: `framework.Diagnosis`, `NodeToStatus` and `FitError`, Kubernetes v1.36. */
import type { Snapshot } from '../cache/snapshot.ts';
import { type Code, Status } from './status.ts';

/** How many nodes give which reasons: the part of a FitError that people read. */
export class ReasonCounts {
  readonly #nodes = new Map<string, number>();

  add(status: Status | undefined, nodes: number): void {
    if (nodes > 0 && status !== undefined)
      for (const reason of status.reasons) this.#nodes.set(reason, (this.#nodes.get(reason) ?? 0) + nodes);
  }

  /** The text of a FitError in a cluster of so many nodes. */
  message(nodeCount: number): string {
    const reasons = [...this.#nodes].map(([reason, nodes]) => `${nodes} ${reason}`).sort();
    return reasons.length === 0
      ? noneAvailable(nodeCount)
      : `${noneAvailable(nodeCount)}: ${reasons.join(', ')}.`;
  }
}

const noneAvailable = (nodeCount: number): string => `0/${nodeCount} nodes are available`;

export class Diagnosis {
  /** Plugins whose verdict must change before another attempt is worthwhile. */
  readonly unschedulablePlugins = new Set<string>();
  /** Plugins that answered Pending. */
  readonly pendingPlugins = new Set<string>();
  /** A PreFilter rejection: no node was looked at. */
  preFilterMessage = '';
  /** Status of the nodes that were not evaluated. */
  absentNodes: Status | undefined;
  readonly #snapshot: Snapshot;
  readonly #nodeCount: number;
  /** Row → index of its status + 1. */
  readonly #statusOfRow: Int32Array;
  readonly #statuses: Status[] = [];
  readonly #counts: number[] = [];
  readonly #indexOf = new Map<Status, number>();
  #evaluated = 0;
  /** Made when first asked for, by when all is known. */
  #text: string | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#nodeCount = snapshot.nodeCount;
    this.#statusOfRow = new Int32Array(snapshot.capacity);
  }

  /** PreFilter rejected the pod before any node was looked at. */
  rejectedByPreFilter(status: Status): void {
    this.absentNodes = status;
    this.preFilterMessage = status.message;
    this.addPlugin(status);
  }

  /** Only the nodes that these plugins' PreFilter names are looked at. */
  narrow(narrowedBy: readonly string[]): void {
    if (narrowedBy.length === 0) return;
    for (const name of narrowedBy) this.unschedulablePlugins.add(name);
    this.absentNodes = passedOver(narrowedBy);
  }

  /** Nodes with a status of their own. */
  get evaluated(): number {
    return this.#evaluated;
  }

  set(row: number, status: Status): void {
    let index = this.#indexOf.get(status);
    if (index === undefined) {
      index = this.#statuses.push(status) - 1;
      this.#counts.push(0);
      this.#indexOf.set(status, index);
    }
    const before = this.#statusOfRow[row]!;
    if (before === 0) this.#evaluated++;
    else this.#counts[before - 1]!--;
    this.#statusOfRow[row] = index + 1;
    this.#counts[index]!++;
    this.addPlugin(status);
  }

  /** Remembers who rejected (AddPluginStatus). */
  addPlugin(status: Status): void {
    if (status.plugin === '') return;
    if (status.code === 'Pending') this.pendingPlugins.add(status.plugin);
    else if (status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable')
      this.unschedulablePlugins.add(status.plugin);
  }

  statusOf(row: number): Status | undefined {
    const index = this.#statusOfRow[row]!;
    return index === 0 ? this.absentNodes : this.#statuses[index - 1];
  }

  /** Rows of nodes with this code, in the order in which nodes are tried. */
  rowsWith(code: Code): number[] {
    const rows: number[] = [];
    const { order } = this.#snapshot;
    for (let i = 0; i < this.#nodeCount; i++)
      if (this.statusOf(order[i]!)?.code === code) rows.push(order[i]!);
    return rows;
  }

  /** How many nodes have this code. */
  countOf(code: Code): number {
    let count = this.absentNodes?.code === code ? this.#nodeCount - this.#evaluated : 0;
    for (const [i, status] of this.#statuses.entries()) if (status.code === code) count += this.#counts[i]!;
    return count;
  }

  /** The text of a FitError: what `kubectl describe pod` shows. */
  message(postFilterMessage = ''): string {
    this.#text ??= this.#describe();
    return postFilterMessage === '' ? this.#text : `${this.#text} ${postFilterMessage}`;
  }

  #describe(): string {
    if (this.preFilterMessage !== '') return `${noneAvailable(this.#nodeCount)}: ${this.preFilterMessage}.`;
    const counts = new ReasonCounts();
    for (const [i, status] of this.#statuses.entries()) counts.add(status, this.#counts[i]!);
    counts.add(this.absentNodes, this.#nodeCount - this.#evaluated);
    return counts.message(this.#nodeCount);
  }
}

/** What a pod is told when one plugin refuses the node that had been chosen for it: a FitError over that node. */
export function refusedOnNode(status: Status): Status {
  const counts = new ReasonCounts();
  counts.add(status, 1);
  return new Status(status.code, [counts.message(1)], status.plugin);
}

/** The status of nodes that PreFilter left out. */
export const passedOver = (narrowedBy: readonly string[]): Status =>
  new Status('UnschedulableAndUnresolvable', [
    `node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`,
  ]);
