/** Recordings of a real control plane, played step by step. One case per file. */
import { NotPlayable, play } from '../controlplane/player.ts';
import type { Recording } from '../controlplane/recording.ts';
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';

const NO_RECORDING: ReadonlySet<string> = new Set(['index.json', 'perf.json']);

function verdict(file: GoldenFile): CaseResult {
  const recording = file.read() as Recording;
  const { id, group: category } = recording;
  try {
    if (recording.steps === undefined) throw new NotPlayable('not a stepped recording');
    const difference = play(recording);
    return difference === undefined
      ? { id, category, passed: true }
      : { id, category, passed: false, difference };
  } catch (error) {
    return {
      id,
      category,
      passed: false,
      difference: error instanceof NotPlayable ? error.message : String(error),
    };
  }
}

export const suite: ConformanceSuite = {
  name: 'controlplane',
  *run(files) {
    for (const file of files)
      if (file.path.endsWith('.json') && !NO_RECORDING.has(file.path)) yield verdict(file);
  },
};
