/**
 * The store against recorded answers of etcd 3.6.8: sequences of operations on one member (`etcd.jsonl`), and fault
 * scenarios of three (`cluster.jsonl`).
 */
import type { CaseResult, ConformanceSuite, GoldenFile } from '../suite.ts';
import { replay } from './etcd/comparison.ts';
import type { Sequence } from './etcd/recorded.ts';
import { isClusterScenario, isSequence } from './etcd/recorded.ts';

function categoryOf({ tags }: Sequence): string {
  const profile = tags.find((tag) => tag.startsWith('profile:'));
  return profile === undefined ? (tags[0] ?? 'untagged') : `${tags[0]} ${profile.slice('profile:'.length)}`;
}

function sequenceResult(sequence: Sequence): CaseResult {
  const { id } = sequence;
  const category = categoryOf(sequence);
  try {
    const difference = replay(sequence);
    return difference === undefined
      ? { id, category, passed: true }
      : { id, category, passed: false, difference };
  } catch (error) {
    return { id, category, passed: false, difference: `broke off: ${error}` };
  }
}

function result(line: unknown, place: string): CaseResult {
  if (isSequence(line)) return sequenceResult(line);
  if (isClusterScenario(line)) {
    return {
      id: line.id,
      category: 'cluster',
      passed: false,
      difference: 'facts: Raft members are not modelled',
    };
  }
  return {
    id: place,
    category: 'unknown form',
    passed: false,
    difference: 'neither a sequence nor a scenario',
  };
}

function* run(files: readonly GoldenFile[]): Generator<CaseResult> {
  for (const file of files) {
    if (!file.path.endsWith('.jsonl')) continue;
    const lines = file.read();
    for (const [i, line] of (Array.isArray(lines) ? lines : []).entries())
      yield result(line, `${file.path}:${i + 1}`);
  }
}

export const suite: ConformanceSuite = { name: 'etcd', run };
