/**
 * DRF, dominant resource fairness: the next pod comes from the tenant whose dominant share, the largest of its shares of any
 * resource, is least (Ghodsi et al., NSDI'11; weighted as in its section 4.3). A tenant whose pod fits nowhere waits for room
 * while others go on. Tenants are named by `kubedes.io/tenant`, or are namespaces. Shares count what is on the nodes.
 */
import { type Pod, readAnnotation } from '../sim/api/index.ts';
import {
  ArgsReader,
  CPU_ID,
  EPHEMERAL_ID,
  type Handle,
  MEMORY_ID,
  type Plugin,
  type PodShape,
  type Snapshot,
  type SortablePod,
} from '../sim/scheduler/contract.ts';

export const tenantOf = (pod: Pod): string => readAnnotation(pod, 'tenant') ?? pod.metadata.namespace ?? '';

/** The largest share of any resource that there is. Both by resource id. */
export function dominantShare(used: readonly number[], capacity: readonly number[]): number {
  let share = 0;
  for (let id = 0; id < used.length; id++)
    if ((capacity[id] ?? 0) > 0) share = Math.max(share, used[id]! / capacity[id]!);
  return share;
}

/** What a pod with this shape uses, by resource id, times `sign`. */
function add(shape: PodShape, sign: 1 | -1, used: number[]): void {
  const count = (id: number, amount: number): void => {
    used[id] = (used[id] ?? 0) + sign * amount;
  };
  count(CPU_ID, shape.cpuMilli);
  count(MEMORY_ID, shape.memoryBytes);
  count(EPHEMERAL_ID, shape.ephemeralBytes);
  for (let i = 0; i < shape.scalarIds.length; i++) {
    for (let id = used.length; id < shape.scalarIds[i]!; id++) used[id] = 0;
    count(shape.scalarIds[i]!, shape.scalarUnits[i]!);
  }
}

interface Counted {
  readonly tenant: string;
  readonly shape: PodShape;
}

/** What each tenant has, kept up with the snapshot: rows whose generation changed are counted anew. */
class TenantUsage {
  readonly #snapshot: Snapshot;
  readonly #used = new Map<string, number[]>();
  readonly #rows: (readonly Counted[])[] = [];
  readonly #stamps: number[] = [];
  readonly #capacity: number[] = [];
  /** What each row adds to the capacity. */
  readonly #offered: (readonly number[])[] = [];
  #version = -1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** O(1) unless the snapshot changed; else O(nodes + pods on changed nodes). */
  shareOf(tenant: string): number {
    if (this.#version !== this.#snapshot.version) this.#catchUp();
    return dominantShare(this.#used.get(tenant) ?? [], this.#capacity);
  }

  #catchUp(): void {
    const { generation, nodes, version } = this.#snapshot;
    this.#version = version;
    for (let row = 1; row < nodes.length; row++) {
      if (this.#stamps[row] === generation[row]) continue;
      this.#stamps[row] = generation[row]!;
      this.#recount(row);
    }
  }

  #recount(row: number): void {
    for (const { tenant, shape } of this.#rows[row] ?? []) add(shape, -1, this.#usedBy(tenant));
    const counted = this.#snapshot.pods[row]!.map(({ pod, shape }) => ({ tenant: tenantOf(pod), shape }));
    for (const { tenant, shape } of counted) add(shape, 1, this.#usedBy(tenant));
    this.#rows[row] = counted;
    const offered = this.#snapshot.allocatable.map((column) => column[row]!);
    for (const [id, amount] of offered.entries())
      this.#capacity[id] = (this.#capacity[id] ?? 0) + amount - (this.#offered[row]?.[id] ?? 0);
    this.#offered[row] = offered;
  }

  #usedBy(tenant: string): number[] {
    let used = this.#used.get(tenant);
    if (used === undefined) this.#used.set(tenant, (used = []));
    return used;
  }
}

export const drf = (raw: unknown, handle: Handle): Plugin => {
  const weights = readWeights(raw);
  const usage = new TenantUsage(handle.snapshot);
  const share = (tenant: string): number => usage.shareOf(tenant) / (weights.get(tenant) ?? 1);
  return {
    name: 'DRF',
    queueGroup: tenantOf,
    less: (a: SortablePod, b: SortablePod) => {
      const [first, second] = [tenantOf(a.pod), tenantOf(b.pod)];
      if (first !== second) {
        const difference = share(first) - share(second);
        if (difference !== 0) return difference < 0;
      }
      const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
      return byPriority < 0 || (byPriority === 0 && a.timestamp < b.timestamp);
    },
  };
};

/** `weights: [{tenant, weight}]`; 1 for those not listed. */
function readWeights(raw: unknown): ReadonlyMap<string, number> {
  const args = new ArgsReader(raw, '');
  const weights = args.objects('weights').map((entry): readonly [string, number] => {
    const read = [entry.text('tenant', ''), entry.integer('weight', 1, 1, 1_000_000)] as const;
    if (read[0] === '') entry.report('tenant', 'Required value');
    entry.unknownFields();
    return read;
  });
  args.finish();
  return new Map(weights);
}
