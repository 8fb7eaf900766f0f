/**
 * DataLocality: pods go to nodes that hold the data they read, and wait a little for one: delay scheduling (Zaharia et al.,
 * EuroSys'10, in its form with times). Where the blocks named in `kubedes.io/input` lie is told by a catalogue, or follows
 * HDFS' rule: one replica on any node, the others together in another rack (Shvachko et al., MSST'10). Assumed: the rule
 * knows no load, and a replica on a node that is gone is made again at once.
 */
import { annotations, type Pod, parseDuration, RACK_LABEL, readAnnotation } from '../sim/api/index.ts';
import { type Duration, log, type SimTime, seconds } from '../sim/engine/index.ts';
import {
  Action,
  ArgsReader,
  boundWith,
  type CycleState,
  type Handle,
  interest,
  type Plugin,
  SKIP,
  type Snapshot,
  stateKey,
  unresolvable,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const NAME = 'DataLocality';
const REMOTE = 0;
const RACK_LOCAL = 1;
const NODE_LOCAL = 2;
type Level = typeof REMOTE | typeof RACK_LOCAL | typeof NODE_LOCAL;
/** Score of an input at each level. */
const SCORES = [0, 50, 100] as const;
/** As `kubedes.io/input-locality` tells them. */
const LEVEL_NAMES = ['remote', 'rack', 'node'] as const;

const WAITING = unschedulable("node(s) don't hold the pod's data");
const WAITING_FOR_DATA = unresolvable("waiting for a node that holds the pod's data");

/** How long a pod waits for a node with its data, and then for one in a rack with its data. */
export interface Patience {
  readonly node: Duration;
  readonly rack: Duration;
}

/** The farthest level that will do after so long. */
export function levelAfter(waitedUs: number, { node, rack }: Patience): Level {
  if (waitedUs < node) return NODE_LOCAL;
  return waitedUs < node + rack ? RACK_LOCAL : REMOTE;
}

/**
 * Free slots to let pass, as a multiple of the number of nodes, so that a job of `tasks` tasks has this share of them on a node
 * with one of `replicas` replicas (section 4 of the paper).
 */
export const skipsPerNode = (locality: number, tasks: number, replicas: number): number =>
  -log(((1 - locality) * tasks) / (1 + (1 - locality) * tasks)) / replicas;

/** Where a block lies: rows of its replicas, and their racks. */
interface Block {
  readonly rows: ReadonlySet<number>;
  readonly racks: ReadonlySet<string>;
}

const NO_RACK = '';

class Catalogue {
  readonly #handle: Handle;
  readonly #listed: ReadonlyMap<string, readonly string[]>;
  readonly #replicas: number;
  readonly #blocks = new Map<string, Block>();
  #nodeSetVersion = -1;

  constructor(handle: Handle, listed: ReadonlyMap<string, readonly string[]>, replicas: number) {
    this.#handle = handle;
    this.#listed = listed;
    this.#replicas = replicas;
  }

  /** O(1) for a block asked for before, while nodes stay; O(nodes) if not. */
  block(name: string): Block {
    const { snapshot } = this.#handle;
    if (this.#nodeSetVersion !== snapshot.nodeSetVersion) this.#blocks.clear();
    this.#nodeSetVersion = snapshot.nodeSetVersion;
    let block = this.#blocks.get(name);
    if (block === undefined) {
      const rows = this.#listed.get(name)?.map((node) => snapshot.rowOf(node)) ?? this.#placed(name);
      const held = rows.filter((row) => snapshot.holdsNode(row));
      const racks = new Set(held.map((row) => rackOf(snapshot, row)).filter((rack) => rack !== NO_RACK));
      this.#blocks.set(name, (block = { rows: new Set(held), racks }));
    }
    return block;
  }

  /** By rendezvous hashing, so that nodes that come and go move no other replicas. */
  #placed(name: string): number[] {
    const { snapshot } = this.#handle;
    const drawn = new Map<number, number>();
    for (let i = 0; i < snapshot.nodeCount; i++) {
      const row = snapshot.order[i]!;
      drawn.set(row, this.#handle.draw(`replica of ${name}`, snapshot.nameOf(row), 0));
    }
    const ranked = [...drawn.keys()].sort((a, b) => drawn.get(b)! - drawn.get(a)! || a - b);
    const [first] = ranked;
    if (first === undefined) return [];
    const rack = rackOf(snapshot, first);
    const second = ranked.find((row) => rackOf(snapshot, row) !== rack) ?? ranked[1];
    if (second === undefined) return [first];
    const chosen = new Set([first, second]);
    const beside = rackOf(snapshot, second);
    const preferred = ranked.filter((row) => rackOf(snapshot, row) === beside);
    for (const row of [...preferred, ...ranked]) if (chosen.size < this.#replicas) chosen.add(row);
    return [...chosen].slice(0, this.#replicas);
  }
}

const rackOf = (snapshot: Snapshot, row: number): string =>
  snapshot.nodes[row]?.metadata.labels?.[RACK_LABEL] ?? NO_RACK;

function levelOf({ rows, racks }: Block, snapshot: Snapshot, row: number): Level {
  if (rows.has(row)) return NODE_LOCAL;
  return racks.has(rackOf(snapshot, row)) ? RACK_LOCAL : REMOTE;
}

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

interface LocalityArgs {
  readonly listed: ReadonlyMap<string, readonly string[]>;
  readonly replicas: number;
  readonly patience: Patience;
}

/** Assumed: a few heartbeats of a busy cluster; the paper's clusters waited 5 s to 15 s. */
const DEFAULT_WAIT = seconds(5);

function readArgs(raw: unknown): LocalityArgs {
  const args = new ArgsReader(raw, '');
  const listed = new Map(
    args.objects('blocks').map((block): readonly [string, readonly string[]] => {
      const entry = [block.text('name', ''), block.texts('nodes')] as const;
      block.unknownFields();
      return entry;
    }),
  );
  const replicas = args.integer('replicas', 3, 1, 100);
  const node = readDuration(args, 'nodeWait') ?? derivedWait(args.object('target'), replicas) ?? DEFAULT_WAIT;
  const rack = readDuration(args, 'rackWait') ?? DEFAULT_WAIT;
  args.finish();
  return { listed, replicas, patience: { node, rack } };
}

function readDuration(args: ArgsReader, field: string): Duration | undefined {
  const text = args.text(field, '');
  if (text === '') return undefined;
  const duration = parseDuration(text);
  if (duration === undefined) args.report(field, `expected a duration such as 5s, found "${text}"`);
  return duration;
}

/** The wait that gives a share of node-local tasks: slots come free every `taskTime` / `slotsPerNode` on each node. */
function derivedWait(target: ArgsReader | undefined, replicas: number): Duration | undefined {
  if (target === undefined) return undefined;
  const percent = target.integer('localityPercent', 95, 1, 99);
  const tasks = target.integer('tasksPerJob', 20, 1, 1_000_000);
  const slots = target.integer('slotsPerNode', 8, 1, 10_000);
  const taskTime = readDuration(target, 'taskTime') ?? seconds(60);
  target.unknownFields();
  return Math.round((skipsPerNode(percent / 100, tasks, replicas) * taskTime) / slots) as Duration;
}
