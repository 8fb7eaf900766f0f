/** Arguments of DataLocality: the catalogue of blocks, and how long to wait. */
import { parseDuration } from '../../sim/api/index.ts';
import { type Duration, seconds } from '../../sim/engine/index.ts';
import { ArgsReader } from '../../sim/scheduler/contract.ts';
import { type Patience, skipsPerNode } from './delay.ts';

export interface LocalityArgs {
  readonly listed: ReadonlyMap<string, readonly string[]>;
  readonly replicas: number;
  readonly patience: Patience;
}

/** Assumed: a few heartbeats of a busy cluster; the paper's clusters waited 5 s to 15 s. */
const DEFAULT_WAIT = seconds(5);

export function readArgs(raw: unknown): LocalityArgs {
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
