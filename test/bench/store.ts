/**
 * What the store costs: 150,000 live keys, a watcher per resource, pods that are created, updated three times and
 * deleted, and a compaction after a million revisions. Updates are measured twice: of the pods just created, as in a
 * run, and of keys all over the store, where the processor's caches help least.
 */
import { Store } from '../../sim/store/store.ts';

export interface StoreBenchResult {
  readonly liveKeys: number;
  readonly revisions: number;
  /** CPU time by operation, ns; `compact` per revision dropped, `list` per key found, the first time and again. */
  readonly nsPer: Readonly<Record<Operation, number>>;
}

const operations = [
  'create',
  'update',
  'scattered',
  'get',
  'delete',
  'compact',
  'list',
  'listAgain',
] as const;
type Operation = (typeof operations)[number];

const resources = [
  'configmaps',
  'endpointslices',
  'events',
  'jobs',
  'leases',
  'nodes',
  'pods',
  'replicasets',
  'services',
];

const UPDATES = 3;
/** Pods in flight at a time. */
const BATCH = 1000;
/** Coprime to the number of keys: visits each once, none near the one before. */
const STRIDE = 7919;

interface Value {
  readonly phase: string;
}
const value: Value = { phase: 'Running' };

const podKey = (i: number): string =>
  `/registry/pods/default/web-${(i % 977).toString(36)}-${i.toString(36)}`;

/** CPU time of the body, ns. */
function cpuNs(body: () => void): number {
  const before = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
}

export function run(liveKeys = 150_000, revisions = 1_000_000): StoreBenchResult {
  const store = new Store<Value>();
  let received = 0;
  for (const resource of resources) {
    const stream = store.watchStream({ receive: () => received++ });
    stream.create({ key: `/registry/${resource}/`, rangeEnd: `/registry/${resource}0`, prevKv: true });
  }
  const live = Array.from({ length: liveKeys }, (_, i) => podKey(i));
  for (const key of live) store.put(key, value);

  const total = lifecycles(store, liveKeys, revisions - 2 * liveKeys);
  const scattered = cpuNs(() => {
    for (let i = 0; i < liveKeys; i++) store.put(live[(i * STRIDE) % liveKeys]!, value);
  });
  const get = cpuNs(() => {
    for (let i = 0; i < liveKeys; i++) store.get(live[(i * STRIDE) % liveKeys]!);
  });
  const made = store.revision;
  const compact = cpuNs(() => store.compact({ revision: made }));
  const list = cpuNs(() => store.list('/registry/pods/'));
  const listAgain = cpuNs(() => store.list('/registry/pods/'));
  if (received !== made - 1) throw new Error(`${made - 1} changes, ${received} messages`);
  const per = { scattered, get, list, listAgain };
  const nsPer = {
    create: total.create / total.pods,
    update: total.update / (total.pods * UPDATES),
    delete: total.delete / total.pods,
    compact: compact / made,
    ...Object.fromEntries(Object.entries(per).map(([name, ns]) => [name, ns / liveKeys])),
  };
  return { liveKeys, revisions: made, nsPer: rounded(nsPer) };
}

function lifecycles(store: Store<Value>, first: number, revisions: number) {
  const total = { pods: 0, create: 0, update: 0, delete: 0 };
  for (let i = first; total.pods * (UPDATES + 2) < revisions; i += BATCH) {
    const keys = Array.from({ length: BATCH }, (_, j) => podKey(i + j));
    total.create += cpuNs(() => {
      for (const key of keys) store.put(key, value);
    });
    total.update += cpuNs(() => {
      for (let update = 0; update < UPDATES; update++) for (const key of keys) store.put(key, value);
    });
    total.delete += cpuNs(() => {
      for (const key of keys) store.delete(key);
    });
    total.pods += BATCH;
  }
  return total;
}

function rounded(ns: Partial<Record<Operation, number>>): Record<Operation, number> {
  const entry = (name: Operation): [Operation, number] => [name, Math.round(ns[name] ?? Number.NaN)];
  return Object.fromEntries(operations.map(entry)) as Record<Operation, number>;
}
