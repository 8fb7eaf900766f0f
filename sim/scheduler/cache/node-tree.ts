/**
 * The order in which nodes are tried: zones take turns, so that a search that stops early has seen all of them.
 * `k8s.io/kubernetes/pkg/scheduler/backend/cache/node_tree.go`, v1.36.
 */
import { type Node, REGION_LABEL, ZONE_LABEL } from '../../api/index.ts';

const LEGACY_REGION = 'failure-domain.beta.kubernetes.io/region';
const LEGACY_ZONE = 'failure-domain.beta.kubernetes.io/zone';

/** Region and zone of a node as one key; empty if it has neither. */
export function zoneKey(node: Node): string {
  const labels = node.metadata.labels;
  if (labels === undefined) return '';
  const region = labels[REGION_LABEL] ?? labels[LEGACY_REGION] ?? '';
  const zone = labels[ZONE_LABEL] ?? labels[LEGACY_ZONE] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

export class NodeTree {
  /** Zone → rows in order of arrival; zones in order of arrival. */
  readonly #zones = new Map<string, Set<number>>();
  size = 0;

  add(row: number, zone: string): void {
    let rows = this.#zones.get(zone);
    if (rows === undefined) {
      rows = new Set();
      this.#zones.set(zone, rows);
    }
    if (rows.has(row)) return;
    rows.add(row);
    this.size++;
  }

  remove(row: number, zone: string): void {
    const rows = this.#zones.get(zone);
    if (rows === undefined || !rows.delete(row)) return;
    this.size--;
    if (rows.size === 0) this.#zones.delete(zone);
  }

  /** Writes all rows into `order`, one of each zone in turn. O(nodes). */
  list(order: Int32Array): void {
    const zones = [...this.#zones.values()].map((rows) => [...rows]);
    let written = 0;
    for (let turn = 0; written < this.size; turn++)
      for (const rows of zones) if (turn < rows.length) order[written++] = rows[turn]!;
  }
}
