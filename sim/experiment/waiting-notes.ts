/** What a mean over pods that got a node does not say: some got none before the run was over. */

interface Summed {
  readonly metrics: readonly { readonly metric: string; readonly value?: number | undefined }[];
}

/** Waits that are not over are in no mean, and they are the longest. */
export function waitingNotes(runs: Iterable<Summed>): string[] {
  const waiting = [...runs].map(
    ({ metrics }) => metrics.find(({ metric }) => metric === 'pods_pending')?.value ?? 0,
  );
  const ended = waiting.filter((pods) => pods > 0);
  if (ended.length === 0) return [];
  const runsOf = waiting.length === 1 ? 'The run' : `${ended.length} of ${waiting.length} runs`;
  const most = Math.max(...ended);
  return [
    `${runsOf} ended with pods waiting for a node (${waiting.length === 1 ? '' : 'up to '}${most}): figures of pending, start-up and slowdown leave them out.`,
  ];
}
