/** For policies that name one node instead of scoring all: the chosen one scores 100, every other 0. */
import type { Pod } from '../../api/index.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { type CycleState, stateKey } from '../framework/cycle-state.ts';
import { type ExtensionPoints, MAX_NODE_SCORE, type NodeRows, type Plugin } from '../framework/interface.ts';

/** One of the feasible rows. */
export type Choose = (state: CycleState, pod: Pod, nodes: NodeRows) => number;

/** The scoring half of such a policy. Needs `preScore` and `score` enabled. */
export function singleChoice(
  name: string,
  choose: Choose,
): Pick<ExtensionPoints, 'preScore'> & Required<Pick<Plugin, 'scoreRows'>> {
  const chosen = stateKey<number>(name);
  return {
    preScore: (state, pod, nodes) => {
      state.write(chosen, choose(state, pod, nodes));
      return undefined;
    },
    scoreRows: (state, rows, count, scores) => {
      const row = state.read(chosen);
      for (let i = 0; i < count; i++) scores[i] = rows[i] === row ? MAX_NODE_SCORE : 0;
    },
  };
}

/** The feasible row that comes first in the cluster's order of nodes, from a position on, cyclically. O(nodes). */
export function firstInOrder(snapshot: Snapshot, { rows, count }: NodeRows, from: number): number {
  const feasible = new Uint8Array(snapshot.capacity);
  for (let i = 0; i < count; i++) feasible[rows[i]!] = 1;
  const { order, nodeCount } = snapshot;
  for (let i = 0; i < nodeCount; i++) {
    const row = order[(from + i) % nodeCount]!;
    if (feasible[row] === 1) return row;
  }
  return rows[0] ?? 0;
}
