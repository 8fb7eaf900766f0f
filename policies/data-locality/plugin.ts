/**
 * DataLocality: pods go to nodes that hold the data they read, and wait a little for one: delay scheduling (Zaharia et al.,
 * EuroSys'10, in its form with times). Where the blocks named in `kubedes.io/input` lie is told by a catalogue, or follows
 * HDFS' rule: one replica on any node, the others together in another rack (Shvachko et al., MSST'10). Assumed: the rule
 * knows no load, and a replica on a node that is gone is made again at once.
 */
import { annotations, type Pod, readAnnotation } from '../../sim/api/index.ts';
import type { Duration, SimTime } from '../../sim/engine/index.ts';
import {
  Action,
  boundWith,
  type CycleState,
  type Handle,
  interest,
  type Plugin,
  SKIP,
  stateKey,
  unresolvable,
  unschedulable,
} from '../../sim/scheduler/contract.ts';
import { readArgs } from './args.ts';
import { type Block, Catalogue, levelOf } from './catalogue.ts';
import { type Level, levelAfter, type Patience, REMOTE } from './delay.ts';

const NAME = 'DataLocality';
/** Score of an input at each level. */
const SCORES = [0, 50, 100] as const;
/** As `kubedes.io/input-locality` tells them. */
const LEVEL_NAMES = ['remote', 'rack', 'node'] as const;

const WAITING = unschedulable("node(s) don't hold the pod's data");
const WAITING_FOR_DATA = unresolvable("waiting for a node that holds the pod's data");

/** What the pod reads, and how near that has to be now. */
interface Wish {
  readonly blocks: readonly Block[];
  readonly level: Level;
  readonly waitedUs: number;
}

const WISH = stateKey<Wish>(NAME);
/** When a pod of a job was last placed on a node with its data. */
type LastLocal = ReadonlyMap<string, SimTime>;

/** Pods of one controller are a job; any other pod is one of its own. */
const jobOf = ({ metadata }: Pod): string =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? metadata.uid;

export const dataLocality = (raw: unknown, handle: Handle): Plugin => {
  const { listed, replicas, patience } = readArgs(raw);
  const catalogue = new Catalogue(handle, listed, replicas);
  const lastLocal = handle.memory<LastLocal>(new Map());
  const { snapshot } = handle;
  const wishOf = (state: CycleState): Wish => {
    const since = Math.max(state.readySince, lastLocal.value.get(jobOf(state.pod)) ?? 0);
    const waitedUs = handle.now() - since;
    const blocks = (readAnnotation(state.pod, 'input') ?? []).map((name) => catalogue.block(name));
    return { blocks, level: levelAfter(waitedUs, patience), waitedUs };
  };
  return {
    name: NAME,
    preFilter: (state) => {
      const wish = wishOf(state);
      state.write(WISH, wish);
      return wish.blocks.some(({ rows }) => rows.size > 0) && wish.level > REMOTE ? undefined : SKIP;
    },
    filterRows: (state, rows, count, verdicts) => {
      const { blocks, level } = state.read(WISH)!;
      for (let i = 0; i < count; i++)
        verdicts[i] = blocks.some((block) => levelOf(block, snapshot, rows[i]!) >= level) ? 0 : 1;
    },
    refusal: () => WAITING,
    postFilter: (state, _pod, diagnosis) => {
      const { waitedUs } = state.read(WISH)!;
      if (!diagnosis.unschedulablePlugins.has(NAME)) return { status: unschedulable() };
      const until = waitedUs < patience.node ? patience.node : patience.node + patience.rack;
      // Nobody is evicted while waiting will do.
      return { status: WAITING_FOR_DATA, retryAfter: (until - waitedUs) as Duration };
    },
    scoreRows: (state, rows, count, scores) => {
      const { blocks } = state.read(WISH)!;
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (const block of blocks) sum += SCORES[levelOf(block, snapshot, rows[i]!)];
        scores[i] = blocks.length === 0 ? 0 : Math.trunc(sum / blocks.length);
      }
    },
    reserve: (state, pod, node) => {
      const row = snapshot.rowOf(node);
      const { blocks } = state.read(WISH)!;
      if (blocks.some(({ rows }) => rows.has(row)))
        lastLocal.set(withLaunch(lastLocal.value, jobOf(pod), handle.now(), patience));
      return undefined;
    },
    bind: (state, pod, node, turn) => {
      const blocks = state.read(WISH)?.blocks ?? [];
      if (blocks.length === 0) return SKIP;
      const row = snapshot.rowOf(node);
      const level = Math.max(...blocks.map((block) => levelOf(block, snapshot, row))) as Level;
      return boundWith({ [annotations.inputLocality.name]: LEVEL_NAMES[level] }, pod, node, turn);
    },
    events: () => [interest('Pod', Action.delete), interest('Node', Action.add)],
  };
};

/** Entries older than anybody's patience change nothing: they are dropped. */
function withLaunch(before: LastLocal, job: string, now: SimTime, { node, rack }: Patience): LastLocal {
  const kept = [...before].filter(([, time]) => time > now - node - rack);
  return new Map([...kept, [job, now]]);
}
