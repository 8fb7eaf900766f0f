/** Bringing raw scores to 0..100: `plugins/helper/normalize_score.go`, Kubernetes v1.36. */
import { MAX_NODE_SCORE } from '../framework/interface.ts';

/** In place: 100 · score / highest score, truncated; `reverse` subtracts that from 100. All 0 gives 0, or 100 if reversed. */
export function defaultNormalize(scores: Float64Array, count: number, reverse: boolean): void {
  let max = 0;
  for (let i = 0; i < count; i++) if (scores[i]! > max) max = scores[i]!;
  if (max === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE, 0, count);
    return;
  }
  for (let i = 0; i < count; i++) {
    const score = Math.trunc((MAX_NODE_SCORE * scores[i]!) / max);
    scores[i] = reverse ? MAX_NODE_SCORE - score : score;
  }
}
