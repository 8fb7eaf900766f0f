/**
 * Backfill: first come, first served, with EASY backfilling (Lifka, JSSPP 1995; Mu'alem & Feitelson, IEEE TPDS 12(6), 2001). The
 * oldest pod that fits nowhere is the head: it is promised the node on which it could start first, going by what users said
 * their pods run (`kubedes.io/run-time-estimate`, else `kubedes.io/run-time`, else for ever). On that node a younger pod may
 * start only if it ends before, or takes what the head leaves over. Mode `none`: nobody overtakes the head. Assumed: pods that
 * wait are not deleted; the promise to one that was is kept until it could have started.
 */
import { type Pod, readAnnotation } from '../sim/api/index.ts';
import { type SimTime, seconds } from '../sim/engine/index.ts';
import {
  Action,
  ArgsReader,
  CPU_ID,
  EPHEMERAL_ID,
  type Handle,
  interest,
  MEMORY_ID,
  type Memory,
  type Plugin,
  type PodShape,
  SKIP,
  type Snapshot,
  type SortablePod,
  stateKey,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const NAME = 'Backfill';
/** A head that fits and has not been tried for longer than the longest back-off of the queue is gone. */
const LONGEST_BACKOFF = seconds(10);
const HEAD_FIRST = unschedulable('node(s) are promised to a pod that came before');

export const estimateOf = (pod: Pod): number => {
  const told = readAnnotation(pod, 'runTimeEstimate') ?? readAnnotation(pod, 'runTime');
  return typeof told === 'number' ? told : Number.POSITIVE_INFINITY;
};

/** First come, first served; creation is known to the second, as the API has it. */
function isOlder(a: Pod, b: Pod): boolean {
  const [first, second] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return first === second ? a.metadata.name < b.metadata.name : first < second;
}

type Amounts = readonly number[];

/** By resource id. */
function requestsOf(shape: PodShape): number[] {
  const amounts: number[] = [];
  amounts[CPU_ID] = shape.cpuMilli;
  amounts[MEMORY_ID] = shape.memoryBytes;
  amounts[EPHEMERAL_ID] = shape.ephemeralBytes;
  for (const [i, id] of shape.scalarIds.entries()) amounts[id] = shape.scalarUnits[i]!;
  return amounts;
}

const fitsIn = (wanted: Amounts, free: Amounts): boolean =>
  wanted.every((amount, id) => amount === 0 || amount <= (free[id] ?? 0));

interface Head {
  readonly pod: Pod;
  readonly requests: Amounts;
  /** Its last attempt. */
  readonly tried: SimTime;
}

/** What the head is promised: a node from an instant on, and what it leaves of it. */
interface Promised {
  readonly row: number;
  readonly at: number;
  readonly spare: Amounts;
}

/** When the head could start on a node if its pods ran as long as is expected; undefined if it were too small even empty. */
function startOn(
  snapshot: Snapshot,
  row: number,
  head: Head,
  endOf: (pod: Pod) => number,
  now: SimTime,
): Promised | undefined {
  const free = snapshot.allocatable.map((column, id) => column[row]! - snapshot.requested[id]![row]!);
  const ending = snapshot.pods[row]!.map(({ pod, shape }) => ({ at: Math.max(now, endOf(pod)), shape })).sort(
    (a, b) => a.at - b.at,
  );
  let at: number = now;
  for (let next = 0; !fitsIn(head.requests, free); next++) {
    const pod = ending[next];
    if (pod === undefined) return undefined;
    at = pod.at;
    for (const [id, amount] of requestsOf(pod.shape).entries()) free[id] = (free[id] ?? 0) + (amount ?? 0);
  }
  return { row, at, spare: free.map((amount, id) => amount - (head.requests[id] ?? 0)) };
}

/** By node and uid, when the pods that this scheduler placed are expected to end. */
type Ends = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The promise to the head, reckoned anew when the cluster has changed. */
class HeadPromise {
  readonly #handle: Handle;
  readonly #ends: Memory<Ends>;
  readonly #promises = new WeakMap<
    Head,
    { readonly version: number; readonly promised: Promised | undefined }
  >();

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#ends = handle.memory<Ends>(new Map());
  }

  /** Undefined if the head fits on no node, however long it waits. */
  to(head: Head): Promised | undefined {
    const { snapshot } = this.#handle;
    const known = this.#promises.get(head);
    if (known?.version === snapshot.version) return known.promised;
    let promised: Promised | undefined;
    for (let i = 0; i < snapshot.nodeCount; i++) {
      const row = snapshot.order[i]!;
      const endOf = this.#endsOn(snapshot.nameOf(row));
      const offer = startOn(snapshot, row, head, endOf, this.#handle.now());
      if (offer !== undefined && (promised === undefined || offer.at < promised.at)) promised = offer;
    }
    this.#promises.set(head, { version: snapshot.version, promised });
    return promised;
  }

  /** The pod has got the node. Only pods that are still there are kept. */
  placed(pod: Pod, node: string): void {
    const { snapshot } = this.#handle;
    const endOf = this.#endsOn(node);
    const kept = snapshot.pods[snapshot.rowOf(node)]!.map(
      ({ pod: other }) => [other.metadata.uid, endOf(other)] as const,
    );
    const end = this.#handle.now() + estimateOf(pod);
    this.#ends.set(new Map(this.#ends.value).set(node, new Map([...kept, [pod.metadata.uid, end]])));
  }

  #endsOn(node: string): (pod: Pod) => number {
    const ends = this.#ends.value.get(node);
    return ({ metadata: { uid } }) => ends?.get(uid) ?? Number.POSITIVE_INFINITY;
  }
}

const PROMISE = stateKey<Promised>(NAME);

export const backfill = (raw: unknown, handle: Handle): Plugin => {
  const easy = readMode(raw);
  const head = handle.memory<Head | undefined>(undefined);
  const promise = new HeadPromise(handle);
  return {
    name: NAME,
    less: (a: SortablePod, b: SortablePod) => {
      const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
      return byPriority < 0 || (byPriority === 0 && isOlder(a.pod, b.pod));
    },
    preFilter: (state, pod) => {
      const first = head.value;
      if (first === undefined || !isOlder(first.pod, pod)) return SKIP;
      const promised = promise.to(first);
      if (promised === undefined) return SKIP;
      const gone = promised.at <= handle.now() && handle.now() - first.tried > LONGEST_BACKOFF;
      if (gone) return SKIP;
      if (!easy) return HEAD_FIRST;
      state.write(PROMISE, promised);
      return undefined;
    },
    filterRows: (state, rows, count, verdicts) => {
      const { row, at, spare } = state.read(PROMISE)!;
      const harmless = handle.now() + estimateOf(state.pod) <= at || fitsIn(requestsOf(state.shape), spare);
      for (let i = 0; i < count; i++) verdicts[i] = harmless || rows[i] !== row ? 0 : 1;
    },
    refusal: () => HEAD_FIRST,
    postFilter: ({ shape }, pod) => {
      const first = head.value;
      if (first === undefined || !isOlder(first.pod, pod))
        head.set({ pod, requests: requestsOf(shape), tried: handle.now() });
      return { status: unschedulable() };
    },
    reserve: (_state, pod, node) => {
      if (head.value?.pod.metadata.uid === pod.metadata.uid) head.set(undefined);
      promise.placed(pod, node);
      return undefined;
    },
    events: () => [
      interest('Pod', Action.add | Action.delete),
      interest('Node', Action.add | Action.updateNodeAllocatable),
    ],
  };
};

/** True for EASY. */
function readMode(raw: unknown): boolean {
  const args = new ArgsReader(raw, '');
  const mode = args.oneOf('mode', 'easy', ['easy', 'none']);
  args.finish();
  return mode === 'easy';
}
