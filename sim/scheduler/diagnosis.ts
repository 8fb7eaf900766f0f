/** Why no node takes a pod: `framework.Diagnosis`, `NodeToStatus` and `FitError`, Kubernetes v1.36. */
import type { Snapshot } from './snapshot.ts';
import { type Code, Status } from './status.ts';

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

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#nodeCount = snapshot.nodeCount;
    this.#statusOfRow = new Int32Array(snapshot.capacity);
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

  /** The text of a FitError: what `kubectl describe pod` shows. */
  message(postFilterMessage = ''): string {
    let text = `0/${this.#nodeCount} nodes are available`;
    if (this.preFilterMessage !== '') text += `: ${this.preFilterMessage}.`;
    else {
      const reasons = this.#histogram();
      if (reasons.length > 0) text += `: ${reasons.join(', ')}.`;
    }
    return postFilterMessage === '' ? text : `${text} ${postFilterMessage}`;
  }

  #histogram(): string[] {
    const counts = new Map<string, number>();
    const add = (status: Status | undefined, nodes: number): void => {
      if (nodes > 0 && status !== undefined)
        for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
    };
    for (let i = 0; i < this.#statuses.length; i++) add(this.#statuses[i], this.#counts[i]!);
    add(this.absentNodes, this.#nodeCount - this.#evaluated);
    return [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort();
  }
}

/** The status of nodes that PreFilter left out. */
export const passedOver = (narrowedBy: readonly string[]): Status =>
  new Status('UnschedulableAndUnresolvable', [
    `node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`,
  ]);
