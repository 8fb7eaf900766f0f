/** ImageLocality: nodes that have the pod's images already score higher. `plugins/imagelocality`, Kubernetes v1.36. */
import { type Handle, MAX_NODE_SCORE, type Plugin } from '../sim/scheduler/contract.ts';

const MEBIBYTE = 1024 * 1024;
/** Images smaller than this, all together, are not worth it. */
const MIN_BYTES = 23 * MEBIBYTE;
const MAX_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

/** An image counts for less the fewer nodes have it, so that one node does not draw all pods. */
const spreadBytes = (bytes: number, nodesWithIt: number, allNodes: number): number =>
  Math.trunc(bytes * (nodesWithIt / allNodes));

function scoreOf(sumBytes: number, containers: number): number {
  const max = MAX_BYTES_PER_CONTAINER * containers;
  const sum = Math.min(Math.max(sumBytes, MIN_BYTES), max);
  return Math.trunc((MAX_NODE_SCORE * (sum - MIN_BYTES)) / (max - MIN_BYTES));
}

export const imageLocality = (_args: unknown, { snapshot }: Handle): Plugin => ({
  name: 'ImageLocality',
  // An image's worth changes with the nodes that have it.
  nodeLocal: false,
  uniformScore: ({ shape }) => {
    let most = 0;
    let everywhere = true;
    for (const name of shape.images) {
      const image = snapshot.images.stateOf(name);
      if (image === undefined) continue;
      most += spreadBytes(image.bytes, image.nodeCount, snapshot.nodeCount);
      everywhere &&= image.nodeCount === snapshot.nodeCount;
    }
    const score = scoreOf(most, shape.containerCount);
    return everywhere || score === 0 ? score : undefined;
  },
  scoreRows: ({ shape }, rows, count, scores) => {
    scores.fill(0, 0, count);
    for (const name of shape.images) {
      const image = snapshot.images.stateOf(name);
      if (image === undefined) continue;
      const bytes = spreadBytes(image.bytes, image.nodeCount, snapshot.nodeCount);
      for (let i = 0; i < count; i++) if (image.rows[rows[i]!] === 1) scores[i]! += bytes;
    }
    for (let i = 0; i < count; i++) scores[i] = scoreOf(scores[i]!, shape.containerCount);
  },
});
