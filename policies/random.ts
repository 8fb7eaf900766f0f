/** Random: any node that takes the pod, all equally likely; the baseline that every policy has to beat. */
import { ArgsReader, type Handle, type Plugin, singleChoice } from '../sim/scheduler/contract.ts';

export const random = (raw: unknown, handle: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  return {
    name: 'Random',
    ...singleChoice('Random', (state, pod, { rows, count }) => {
      const drawn = handle.draw('random-node', pod.metadata.uid, state.attempt);
      return rows[Math.floor(drawn * count)]!;
    }),
  };
};
