/** Delay scheduling: how near its data a pod still has to be after it has waited so long (Zaharia et al., EuroSys'10). */
import { type Duration, log } from '../../sim/engine/index.ts';

export const REMOTE = 0;
export const RACK_LOCAL = 1;
export const NODE_LOCAL = 2;
export type Level = typeof REMOTE | typeof RACK_LOCAL | typeof NODE_LOCAL;

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
