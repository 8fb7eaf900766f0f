/**
 * Scale-down victims of a recording that lists what the ranking saw: victims among equals are chosen by UID, so what counts is the
 * class of each victim (README, "How to compare", 3). An independent reading of the rules in the recording's own terms.
 */
import type { RankInput, Recording, Step } from './recording.ts';

/** Pods of one class are interchangeable at that moment. */
export type ClassOf = (pod: string) => string;

/** The classes of pods when the step's scaling happens; undefined for a recording without ranking. */
export function classesAt({ expected, t0 }: Recording, step: Step): ClassOf | undefined {
  const { rankInputs } = expected;
  // Which node of a zone is evicted first is arbitrary.
  if (expected.unreachableNoExecuteAt !== undefined) return (pod) => pod.replace(/^on-.*$/, 'on-*');
  if (rankInputs === undefined) return undefined;
  const inputs = new Map(rankInputs.map((input) => [input.name, input]));
  const now = Date.parse(t0) + step.t * 1000;
  return (pod) => {
    const input = inputs.get(pod);
    return input === undefined ? pod : classOf(input, now);
  };
}

function classOf(input: RankInput, now: number): string {
  const { node, phase, ready, readySince, restarts = 0, creationTimestamp, cost } = input;
  const since = ready === true ? bucket(readySince, now) : '-';
  return [
    node === null ? 'unassigned' : '',
    phase,
    ready,
    cost ?? 0,
    since,
    restarts,
    bucket(creationTimestamp, now),
  ].join(' ');
}

const bucket = (time: string | null | undefined, now: number): string =>
  time === null || time === undefined
    ? 'never'
    : `2^${Math.floor(Math.log2(Math.max(1, now - Date.parse(time)) * 1e6))}`;
